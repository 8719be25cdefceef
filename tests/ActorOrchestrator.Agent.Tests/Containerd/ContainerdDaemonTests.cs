using System.Diagnostics;
using System.Globalization;
using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Tests.Cri;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Containerd;

/// <summary>Each test has a containerd of its own, since it kills or reconfigures it.</summary>
public sealed class ContainerdDaemonTests(ContainerdFixture containerd) : IAsyncLifetime
{
    private readonly string _directory = $"/tmp/aod-{Guid.NewGuid():N}"[..16];
    private ContainerdSettings _settings = null!;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_directory);
        _settings = ContainerdFixture.SettingsFor(_directory);
        // The fixture's network has this process's subnet; another third byte keeps the routes apart.
        var subnet = _settings.Network.PodSubnet!.Split('.');
        _settings = _settings with
        {
            Network = _settings.Network with { PodSubnet = $"10.{int.Parse(subnet[1]) - 100}.{subnet[2]}.0/24" },
        };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        var usable = _settings with { Executable = "containerd" };
        await Daemon(usable).PurgeAsync(CancellationToken.None);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_killed_containerd_is_restarted_while_its_containers_go_on_and_events_tell_of_the_gap()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var daemon = Daemon(_settings);
        await daemon.StartAsync(cancellation);
        await ContainerdFixture.ImportImagesAsync(_settings);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var supervision = daemon.SuperviseAsync(stop.Token);
        using var runtime = Runtime();
        await using var events = runtime.EventsAsync(cancellation).GetAsyncEnumerator(cancellation);
        await NextAsync(events, RuntimeEventKind.Reconnected);
        await using var pod = await PodOnContainerd.RunAsync(runtime, containerd.Sandbox("survivor"), cancellation);
        var container = await pod.StartAsync("c", "sleep", "1000");
        var startedAt = (await runtime.ContainerStatusAsync(container, cancellation))!.StartedAt;
        var killed = daemon.Pid!.Value;
        await ContainerdFixture.RunAsync("kill", "-KILL", killed.ToString(CultureInfo.InvariantCulture));

        await NextAsync(events, RuntimeEventKind.Reconnected);
        Assert.NotEqual(killed, daemon.Pid);
        var after = await runtime.ContainerStatusAsync(container, cancellation);
        Assert.Equal((ContainerRuntimeState.Running, startedAt), (after!.State, after.StartedAt));
        Assert.Null(daemon.Problem);
        await runtime.StopContainerAsync(container, TimeSpan.Zero, cancellation);
        Assert.Equal(container, (await NextAsync(events, RuntimeEventKind.ContainerExited)).ContainerId);

        await stop.CancelAsync();
        await supervision;
        Assert.NotNull(daemon.Pid);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_agent_adopts_a_running_containerd_and_restarts_it_only_for_another_configuration()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var first = Daemon(_settings);
        await first.StartAsync(cancellation);
        var pid = first.Pid;
        var stat = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        Assert.Equal(pid.ToString(), stat[3]);

        var second = Daemon(_settings);
        await second.StartAsync(cancellation);
        Assert.Equal(pid, second.Pid);

        var third = Daemon(_settings with { SandboxImage = "test.local/other:1" });
        await third.StartAsync(cancellation);
        Assert.NotEqual(pid, third.Pid);
        Assert.Null(first.Pid);
        await third.StopAsync(cancellation);
        Assert.Null(third.Pid);
        Assert.NotNull(third.Problem);
    }

    [Fact(Timeout = 120_000)]
    public async Task Purge_leaves_no_container_mount_bridge_or_file()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var daemon = Daemon(_settings);
        await daemon.StartAsync(cancellation);
        await ContainerdFixture.ImportImagesAsync(_settings);
        using var runtime = Runtime();
        var pod = await PodOnContainerd.RunAsync(runtime, containerd.Sandbox("purged"), cancellation);
        await pod.StartAsync("c", "sleep", "1000");
        Assert.True(HostNetwork.DeviceExists(_settings.Network.BridgeName));
        Assert.Contains(_directory, await File.ReadAllTextAsync("/proc/self/mounts", cancellation));

        await Daemon(_settings).PurgeAsync(cancellation);
        Assert.False(Directory.Exists(_settings.Directory));
        Assert.False(Directory.Exists(_settings.Network.StateDirectory));
        Assert.False(HostNetwork.DeviceExists(_settings.Network.BridgeName));
        Assert.DoesNotContain(_directory, await File.ReadAllTextAsync("/proc/self/mounts", cancellation));
        Assert.DoesNotContain(_directory, CommandLines());
        await Daemon(_settings).PurgeAsync(cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_containerd_that_does_not_come_up_is_reported_with_its_last_words()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var broken = Daemon(_settings with { Snapshotter = "no-such-snapshotter" });
        var failure = await Assert.ThrowsAsync<ContainerRuntimeException>(() => broken.StartAsync(cancellation));
        Assert.Equal(RuntimeErrorKind.Unavailable, failure.Kind);
        Assert.Contains("its CRI part did not load", failure.Message);
        Assert.Contains("no-such-snapshotter", failure.Message);

        var missing = Daemon(_settings with { Executable = "no-such-containerd" });
        failure = await Assert.ThrowsAsync<ContainerRuntimeException>(() => missing.StartAsync(cancellation));
        Assert.Contains("no-such-containerd: not found", failure.Message);

        var deep = Daemon(_settings with { Directory = "/tmp/" + new string('d', 100) });
        failure = await Assert.ThrowsAsync<ContainerRuntimeException>(() => deep.StartAsync(cancellation));
        Assert.Contains("choose a shorter data directory", failure.Message);
    }

    private static string CommandLines() => string.Join('\n', Process.GetProcesses().Select(process =>
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }));

    private static async Task<RuntimeEvent> NextAsync(IAsyncEnumerator<RuntimeEvent> events, RuntimeEventKind kind)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.Kind == kind)
            {
                return events.Current;
            }
        }
        throw new InvalidOperationException($"the stream ended before {kind}");
    }

    private CriRuntime Runtime() => new(
        new CriRuntimeOptions(_settings.SocketPath, "own"), TimeProvider.System, NullLogger<CriRuntime>.Instance);

    private static ContainerdDaemon Daemon(ContainerdSettings settings) =>
        new(settings, TimeProvider.System, NullLogger<ContainerdDaemon>.Instance);
}
