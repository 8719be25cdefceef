using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>What keeps containers from starting, and what they are started with.</summary>
public sealed class PodStartTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_image_that_cannot_be_pulled_is_tried_again_ever_more_slowly()
    {
        _world.Start(PodSpecs.Of(PodSpecs.App("app", "gone:1")));
        Assert.Equal("ErrImagePull", Waiting.Reason);
        Assert.Contains("Normal Pulling Pulling image \"gone:1\"", _world.Cluster.Events);
        Assert.Contains("Warning Failed Error: ErrImagePull", _world.Cluster.Events);

        _world.Advance(3);
        Assert.Equal("ImagePullBackOff", Waiting.Reason);
        Assert.Contains("Normal BackOff Back-off pulling image \"gone:1\"", _world.Cluster.Events);
        Assert.Equal("Pending", _world.Status.Phase);

        _world.Advance(7.1);
        Assert.Equal(2, Pulls);
        _world.Advance(19);
        Assert.Equal(2, Pulls);
        _world.Runtime.Pullable.Add("docker.io/library/gone:1");
        _world.Advance(2);
        Assert.Equal(3, Pulls);
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Theory]
    [InlineData("app:1", "Never", "")]
    [InlineData("other:1", "Never", "ErrImageNeverPull")]
    [InlineData("Not/A:Name:", "IfNotPresent", "InvalidImageName")]
    [InlineData("other:1", "IfNotPresent", "ErrImagePull")]
    [InlineData("app:1", "Always", "ErrImagePull")]
    public void The_pull_policy_decides(string image, string policy, string waiting)
    {
        _world.Start(PodSpecs.Of(PodSpecs.App("app", image) with { ImagePullPolicy = policy }));

        Assert.Equal(waiting, _world.Container("app").State.Waiting?.Reason ?? "");
    }

    [Theory]
    [InlineData("app:1", RuntimeErrorKind.Unavailable, true)]
    [InlineData("app:1", RuntimeErrorKind.Timeout, true)]
    [InlineData("app:1", RuntimeErrorKind.Unauthorized, false)]
    [InlineData("other:1", RuntimeErrorKind.Unavailable, false)]
    public void Without_a_registry_an_image_that_is_here_needs_another_policy(
        string image, RuntimeErrorKind failure, bool isAdvised)
    {
        _world.Runtime.PullFailure = failure;
        _world.Start(PodSpecs.Of(PodSpecs.App("app", image) with { ImagePullPolicy = "Always" }));

        const string advice = " (the image is present on this machine, and is used without its registry when "
            + "imagePullPolicy is IfNotPresent)";
        var problem = $"Failed to pull image \"{image}\": docker.io/library/{image}: not found"
            + (isAdvised ? advice : "");
        Assert.Equal(problem, Waiting.Message);
        Assert.Contains($"Warning Failed {problem}", _world.Cluster.Events);
    }

    [Fact]
    public void Pull_secrets_that_fit_the_registry_are_offered_in_turn()
    {
        var auths = """{"auths":{"reg.example:5000":{"auth":"YW5uYTpzZWNyZXQ="},"other":{"auth":"eDp5"}}}""";
        _world.Store(new Secret
        {
            Metadata = new ObjectMeta { Name = "reg", Namespace = "shop" },
            Type = "kubernetes.io/dockerconfigjson",
            Data = ValueMap<string>.From([new(".dockerconfigjson", Base64(auths))]),
        });
        _world.Runtime.Pullable.Add("reg.example:5000/team/app:1");

        _world.Start(PodSpecs.Of(PodSpecs.App("app", "reg.example:5000/team/app:1")).With(
            s => s with { ImagePullSecrets = [new LocalObjectReference { Name = "reg" }] }));

        Assert.Equal([new RegistryAuth("anna", "secret", "reg.example:5000")], _world.Runtime.Passwords);
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void A_missing_ConfigMap_holds_the_container_until_it_is_there()
    {
        var app = PodSpecs.App("app") with
        {
            Env =
            [
                new EnvVar
                {
                    Name = "MODE",
                    ValueFrom = new EnvVarSource
                    {
                        ConfigMapKeyRef = new ConfigMapKeySelector { Name = "c", Key = "mode" },
                    },
                },
            ],
        };
        _world.Start(PodSpecs.Of(app));
        Assert.Equal("CreateContainerConfigError", Waiting.Reason);
        Assert.Equal("configmap \"c\" not found", Waiting.Message);
        Assert.Contains("Warning Failed Error: configmap \"c\" not found", _world.Cluster.Events);

        _world.Store(Config("c", ("mode", "fast")));

        Assert.Equal("fast", Variable("MODE"));
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void A_container_that_cannot_be_started_says_why()
    {
        _world.Runtime.StartProblems["app"] = "exec: \"nope\": executable file not found in $PATH";
        _world.Start(PodSpecs.Of());

        // As after any other end: once more at once, then after a while.
        Assert.Equal("CrashLoopBackOff", Waiting.Reason);
        Assert.Equal("back-off 10s restarting failed container=app pod=web_shop(u1)", Waiting.Message);
        Assert.Equal(1, _world.Container("app").RestartCount);
        var ended = _world.Container("app").LastState.Terminated!;
        Assert.Equal((128, "StartError"), (ended.ExitCode, ended.Reason));
        Assert.Equal(2, _world.Cluster.Events.Count(e => e.Contains("executable file not found in $PATH")));
        Assert.Contains(_world.Cluster.Reports, r => r.ContainerStatuses[0].State.Waiting is
            { Reason: "RunContainerError", Message: "exec: \"nope\": executable file not found in $PATH" });

        _world.Runtime.StartProblems.Clear();
        _world.Advance(9.9);
        Assert.Equal("CrashLoopBackOff", Waiting.Reason);
        _world.Advance(0.2);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(2, _world.Container("app").RestartCount);
    }

    [Fact]
    public void How_an_attempt_ended_that_nobody_heard_of_is_asked_for()
    {
        _world.Runtime.EndsUnheard["app"] = 3;
        _world.Start(PodSpecs.Of().Policy("Never"));
        _world.Advance(60);

        Assert.Equal("Failed", _world.Status.Phase);
        Assert.Equal(3, _world.Container("app").State.Terminated!.ExitCode);
    }

    [Fact]
    public void A_container_that_cannot_be_started_and_is_not_to_be_again_has_failed()
    {
        _world.Runtime.StartProblems["app"] = "argument list too long";
        _world.Start(PodSpecs.Of().Policy("Never"));
        Assert.Equal("Failed", _world.Status.Phase);
        var ended = _world.Container("app").State.Terminated!;
        Assert.Equal((128, "StartError"), (ended.ExitCode, ended.Reason));
        Assert.DoesNotContain(_world.Cluster.Events, e => e.Contains("BackOff"));
    }

    [Fact]
    public void Root_is_refused_where_it_is_forbidden()
    {
        var careful = new SecurityContext { RunAsNonRoot = true };
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { SecurityContext = careful }));

        Assert.Equal("CreateContainerConfigError", Waiting.Reason);
        Assert.Equal(
            "container has runAsNonRoot and image will run as root (pod: \"web_shop(u1)\", container: app)",
            Waiting.Message);
    }

    [Fact]
    public void Volumes_are_there_before_the_container_and_follow_their_ConfigMap()
    {
        var volume = new Volume { Name = "conf", ConfigMap = new ConfigMapVolumeSource { Name = "c" } };
        _world.Start(PodSpecs.Of().With(s => s with { Volumes = [volume] }));
        Assert.Equal("ContainerCreating", Waiting.Reason);
        const string Problem = "MountVolume.SetUp failed for volume \"conf\" : configmap \"c\" not found";
        Assert.Contains($"Warning FailedMount {Problem}", _world.Cluster.Events);

        _world.Store(Config("c", ("a.txt", "1")));
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal("1", Text("conf", "a.txt"));

        _world.Store(Config("c", ("a.txt", "2")));
        Assert.Equal("2", Text("conf", "a.txt"));
    }

    [Fact]
    public void A_claim_that_cannot_be_mounted_is_told_and_waited_for()
    {
        var volume = new Volume
        {
            Name = "data",
            PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "disk" },
        };
        _world.Start(PodSpecs.Of().With(s => s with { Volumes = [volume] }));

        Assert.Contains("cannot mount persistent volumes", Waiting.Message);
        Assert.Contains(_world.Cluster.Events, e => e.StartsWith("Warning FailedMount", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_is_built_in_order_and_expanded()
    {
        _world.Store(Config("base", ("A", "1"), ("B", "2")));
        var app = PodSpecs.App("app") with
        {
            EnvFrom = [new EnvFromSource { Prefix = "P_", ConfigMapRef = new ConfigMapEnvSource { Name = "base" } }],
            Env =
            [
                new EnvVar { Name = "SUM", Value = "$(P_A)+$(P_B)=$(NO) $$(P_A)" },
                new EnvVar { Name = "IP", ValueFrom = Field("status.podIP") },
                new EnvVar { Name = "NODE", ValueFrom = Field("spec.nodeName") },
            ],
            Command = ["run", "$(SUM)"],
            Args = ["--ip=$(IP)"],
        };
        _world.Start(PodSpecs.Of(app).With(s => s with { NodeName = "node-1" }));

        Assert.Equal("1+2=$(NO) $(P_A)", Variable("SUM"));
        Assert.Equal("10.0.0.1", Variable("IP"));
        Assert.Equal("node-1", Variable("NODE"));
        Assert.Equal(["run", "1+2=$(NO) $(P_A)"], _world.Runtime.Configs["app"].Command);
        Assert.Equal(["--ip=10.0.0.1"], _world.Runtime.Configs["app"].Args);
    }

    [Fact]
    public void A_postStart_hook_holds_the_containers_after_it_and_its_failure_restarts()
    {
        var hook = new LifecycleHandler { Exec = new ExecAction { Command = ["warm-up"] } };
        var codes = new Queue<int>([1, 0]);
        _world.Runtime.OnExec = (_, _) => new ExecResult(codes.Dequeue(), "cold", false);
        var first = PodSpecs.App("app") with { Lifecycle = new Lifecycle { PostStart = hook } };

        _world.Start(PodSpecs.Of(first, PodSpecs.App("next")));

        Assert.Contains("Warning FailedPostStartHook PostStartHook failed: cold", _world.Cluster.Events);
        Assert.Contains("Normal Killing FailedPostStartHook", _world.Cluster.Events);
        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.True(_world.Container("app").Ready);
        var second = _world.Runtime.Calls.LastIndexOf("exec app warm-up");
        Assert.True(_world.Runtime.Calls.IndexOf("create next/0") > _world.Runtime.Calls.IndexOf("exec app warm-up"));
        Assert.True(second > 0);
    }

    [Fact]
    public void The_status_says_how_volumes_are_mounted_and_as_whom_a_container_runs()
    {
        _world.Runtime.User = new RuntimeUser(1000, 3000, [4000]);
        var app = PodSpecs.App("app") with
        {
            VolumeMounts =
            [
                new VolumeMount { Name = "v", MountPath = "/rw" },
                new VolumeMount { Name = "v", MountPath = "/ro", ReadOnly = true, RecursiveReadOnly = "IfPossible" },
            ],
        };
        _world.Start(PodSpecs.Of(app).With(
            spec => spec with { Volumes = [new Volume { Name = "v", EmptyDir = new EmptyDirVolumeSource() }] }));

        Assert.Equal(
            ["v /rw False ", "v /ro True Disabled"],
            _world.Container("app").VolumeMounts.Select(
                each => $"{each.Name} {each.MountPath} {each.ReadOnly} {each.RecursiveReadOnly}"));
        var user = _world.Container("app").User!.Linux!;
        Assert.Equal((1000, 3000, 4000), (user.Uid, user.Gid, Assert.Single(user.SupplementalGroups)));
    }

    [Fact]
    public void The_sandbox_has_what_the_spec_asks_of_it()
    {
        var app = PodSpecs.App("app") with { Ports = [new ContainerPort { Port = 80, HostPort = 8080 }] };
        _world.Start(PodSpecs.Of(app).With(
            s => s with
            {
                Hostname = "front", Subdomain = "web", ShareProcessNamespace = true, HostIPC = true,
                DnsConfig = new PodDNSConfig { Nameservers = ["9.9.9.9"] },
                SecurityContext = new PodSecurityContext { Sysctls = [new Sysctl { Name = "net.x", Value = "1" }] },
            }));

        var sandbox = _world.Runtime.SandboxConfigs.Single();
        Assert.Equal("front", sandbox.Hostname);
        Assert.Equal(NamespaceMode.Pod, sandbox.Pid);
        Assert.Equal(NamespaceMode.Node, sandbox.Ipc);
        Assert.Equal(["9.9.9.9"], sandbox.DnsServers);
        Assert.Equal([new PortMapping("TCP", 80, 8080, null)], sandbox.Ports);
        Assert.Equal("1", sandbox.Sysctls["net.x"]);
        Assert.Equal("u1", sandbox.Labels[RuntimeLabels.PodUid]);
    }

    [Fact]
    public void Readiness_gates_of_others_hold_the_pod_back()
    {
        var gate = new PodReadinessGate { ConditionType = "x/lb" };
        var pod = PodSpecs.Of().With(s => s with { ReadinessGates = [gate] });
        _world.Start(pod);
        Assert.Equal("True", _world.Condition("ContainersReady").Status);
        Assert.Equal("ReadinessGatesNotReady", _world.Condition("Ready").Reason);

        _world.Desire(pod with
        {
            Status = _world.Status with { Conditions = [new PodCondition { Type = "x/lb", Status = "True" }] },
        });

        Assert.Equal("True", _world.Condition("Ready").Status);
        Assert.DoesNotContain(_world.Status.Conditions, c => c.Type == "x/lb");
    }

    private ContainerStateWaiting Waiting => _world.Container("app").State.Waiting!;

    private int Pulls => _world.Runtime.Calls.Count(c => c.StartsWith("pull", StringComparison.Ordinal));

    private string Variable(string name) =>
        _world.Runtime.Configs["app"].Environment.Single(e => e.Key == name).Value;

    private string Text(string volume, string path)
    {
        var files = (VolumeWork.Files)_world.Files.Volumes[volume];
        return System.Text.Encoding.UTF8.GetString(files.Content.Single(f => f.Path == path).Content.Span);
    }

    private static EnvVarSource Field(string path) => new() { FieldRef = new ObjectFieldSelector { FieldPath = path } };

    private static ConfigMap Config(string name, params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "shop" },
        Data = ValueMap<string>.From(data.Select(d => KeyValuePair.Create(d.Key, d.Value))),
    };

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
