using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>Probes, the disk and the facts of a machine.</summary>
public sealed class ProberAndFilesTests
{
    private static readonly PodPlace s_web = new("shop", "web", "uid-web");

    private readonly MachineWorld _world = new();
    private readonly SimulatedProber _prober;
    private readonly SimulatedFiles _files;

    public ProberAndFilesTests()
    {
        _prober = new SimulatedProber(
            _world.Agent, [_world.Runtime], _world.Dice("probes"), () => _world.Weather)
        { OnFault = _world.Faults.Add };
        _files = new SimulatedFiles(_world.Runtime, _world.Dice("files"), () => _world.Weather)
        {
            OnFault = _world.Faults.Add,
        };
    }

    [Theory]
    // image, after, path, answer
    [InlineData("app:1", 0, "/ready", "ok")]
    [InlineData("unready:1", 0, "/ready", "HTTP probe failed with statuscode: 500")]
    [InlineData("unready:1", 0, "/", "HTTP probe failed with statuscode: 500")]
    [InlineData("unready:1", 0, "/healthz", "ok")]
    [InlineData("unready:1", 0, "/startup", "ok")]
    [InlineData("unhealthy:1", 0, "/live", "ok")]
    [InlineData("unhealthy:1", 301, "/live", "HTTP probe failed with statuscode: 500")]
    [InlineData("unhealthy:1", 301, "/ready", "ok")]
    [InlineData("slow:1", 0, "/ready",
        "Get \"http://10.0.1.2/ready\": connect: connection refused")]
    [InlineData("slow:1", 61, "/ready", "ok")]
    [InlineData("job:1", 31, "/ready",
        "Get \"http://10.0.1.2/ready\": connect: connection refused")]
    public void A_probe_over_http_is_answered_as_the_image_behaves(
        string image, double after, string path, string answer)
    {
        _world.Running(image);
        _world.Advance(after);

        Assert.Equal(answer, Text(Http($"http://10.0.1.2{path}")));
    }

    [Theory]
    [InlineData("unready:1", 8080, "connection reset by peer")]
    [InlineData("unready:1", ContainerProbe.LivenessPort, "ok")]
    [InlineData("unready:1", ContainerProbe.StartupPort, "ok")]
    [InlineData("unhealthy:1", ContainerProbe.LivenessPort, "connection reset by peer")]
    public void A_probe_over_tcp_asks_by_its_port(string image, int port, string answer)
    {
        _world.Running(image);
        _world.Advance(301);

        Assert.Equal(answer, Text(_world.Do(
            () => _prober.TcpConnectAsync("10.0.1.2", port, TimeSpan.FromSeconds(1), default))));
    }

    [Fact]
    public void A_probe_over_grpc_asks_by_its_service()
    {
        _world.Running("unready:1");

        Assert.True(_world.Do(
            () => _prober.GrpcCheckAsync("10.0.1.2", 80, "liveness", TimeSpan.FromSeconds(1), default)).Succeeded);
        Assert.False(_world.Do(
            () => _prober.GrpcCheckAsync("10.0.1.2", 80, "", TimeSpan.FromSeconds(1), default)).Succeeded);
    }

    [Fact]
    public void Nobody_answers_at_an_unknown_address_on_a_frozen_machine_or_in_bad_weather()
    {
        _world.Running();
        Assert.Equal((false, 1.0), Timed("http://10.0.9.9/ready"));

        _world.Runtime.Process.Freeze();
        Assert.Equal((false, 1.0), Timed("http://10.0.1.2/ready"));
        _world.Runtime.Process.Thaw();

        _world.Weather = new RuntimeWeather { ProbeLossChance = 1 };
        Assert.Equal((false, 1.0), Timed("http://10.0.1.2/ready"));
        Assert.Equal(["probe lost"], _world.Faults);

        _world.Weather = RuntimeWeather.Fair;
        Assert.True(Timed("http://10.0.1.2/ready").Succeeded);
    }

    [Fact]
    public void Pods_on_the_hosts_network_are_probed_at_its_address()
    {
        Assert.Equal("Get \"http://192.168.0.1/\": connect: connection refused", Text(Http("http://192.168.0.1/")));
        var config = MachineWorld.SandboxOf("web", 0) with { Network = NamespaceMode.Node };
        var sandbox = _world.Do(() => _world.Client.RunSandboxAsync(config, default));
        var id = _world.Created(sandbox);
        _world.Do(() => _world.Client.StartContainerAsync(id, default));

        Assert.Equal("ok", Text(Http("http://192.168.0.1/")));
    }

    [Fact]
    public void The_disk_remembers_volumes_and_logs_until_they_are_removed()
    {
        _files.Prepare(s_web, new VolumeWork.Scratch("cache", InMemory: false, SizeLimitBytes: null), null);
        _world.Running();
        _files.Prepare(new PodPlace("shop", "late", "uid-late"), new VolumeWork.Host("h", "/data", ""), null);

        Assert.Equal(["uid-late", "uid-web"], _files.PodsWithVolumes);
        Assert.IsType<VolumeWork.Scratch>(_files.VolumesOf("uid-web")["cache"]);
        Assert.Equal([new PodPlace("", "", "uid-late"), s_web], _files.Known());

        _files.TearDownVolumes("uid-web");
        _files.TearDownVolumes("uid-web");
        Assert.Equal(["uid-late"], _files.PodsWithVolumes);
        Assert.Contains(s_web, _files.Known());

        _files.RemoveTraces(s_web);
        Assert.Equal([new PodPlace("", "", "uid-late")], _files.Known());
    }

    [Fact]
    public void A_log_that_is_written_after_the_removal_shows()
    {
        var sandbox = _world.Sandbox();
        _files.RemoveTraces(s_web);
        Assert.Empty(_files.Known());

        _world.Created(sandbox);

        Assert.Equal([s_web], _files.Known());
    }

    [Fact]
    public void Mounts_name_the_volumes_of_the_pod()
    {
        var container = new Container
        {
            Name = "app",
            VolumeMounts = [new VolumeMount { Name = "cache", MountPath = "/cache", ReadOnly = true }],
        };
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "shop", Uid = "uid-web" },
            Spec = new PodSpec { Volumes = [new Volume { Name = "cache" }], Containers = [container] },
        };

        Assert.Equal(
            [
                new MountConfig("/cache", "/pods/uid-web/volumes/cache", ReadOnly: true),
                new MountConfig("/dev/termination-log", "/pods/uid-web/containers/app/2", ReadOnly: false),
            ],
            _files.Mounts(new ContainerMounts(pod, container, 2, [], _ => null)));
        var bare = pod with { Spec = pod.Spec with { Volumes = [] } };
        Assert.Throws<VolumeException>(() => _files.Mounts(new ContainerMounts(bare, container, 2, [], _ => null)));
    }

    [Fact]
    public void A_bad_disk_fails_whatever_is_asked_of_it()
    {
        _world.Weather = new RuntimeWeather { FilesFailChance = 1 };
        Assert.Throws<VolumeException>(() => _files.Prepare(s_web, new VolumeWork.Host("h", "/data", ""), null));
        Assert.Throws<IOException>(() => _files.TearDownVolumes("uid-web"));
        Assert.Throws<IOException>(() => _files.RemoveTraces(s_web));

        Assert.Equal(["volume not prepared", "volumes not torn down", "traces not removed"], _world.Faults);
    }

    [Fact]
    public void A_reboot_shows_in_the_machines_facts()
    {
        var machine = new SimulatedMachine("node-1");
        var before = machine.Facts();
        machine.Reboot();

        Assert.Equal((8_000, 32L << 30), (before.MilliCpu, before.MemoryBytes));
        Assert.NotEqual(before.BootId, machine.Facts().BootId);
        Assert.Equal(before.MachineId, machine.Facts().MachineId);
    }

    private ProbeOutcome Http(string address) =>
        _world.Do(() => _prober.HttpGetAsync(new Uri(address), [], TimeSpan.FromSeconds(1), default));

    private (bool Succeeded, double Seconds) Timed(string address)
    {
        var began = _world.Loop.Now;
        var outcome = Http(address);
        return (outcome.Succeeded == true, Math.Round((_world.Loop.Now - began).TotalSeconds, 1));
    }

    private static string Text(ProbeOutcome outcome) => outcome.Succeeded == true ? "ok" : outcome.Output;
}
