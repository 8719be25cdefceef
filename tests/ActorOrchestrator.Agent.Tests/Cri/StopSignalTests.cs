using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Tests.Containerd;
using ActorOrchestrator.Api.Core;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Proto = ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>Containers with a stop signal of their own, at a containerd that does not know of it, and at
/// others.</summary>
public sealed class StopSignalTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private IContainerRuntime Runtime => Fixture.Runtime;

    [Fact(Timeout = 120_000)]
    public async Task It_is_sent_once_and_sigkill_after_the_grace()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("signalled"), cancellation);
        var polite = await StartAsync(pod, "polite", "SIGINT", "trap 'exit 7' INT; trap '' TERM");
        var real = await StartAsync(pod, "real", "SIGRTMIN+3", "trap 'exit 8' 37; trap '' TERM");
        var slow = await StartAsync(
            pod, "slow", "SIGUSR1", "n=0; trap 'n=$((n+1))' USR1; trap '' TERM",
            "while [ $n = 0 ]; do sleep 0.05; done; sleep 2; exit $n");
        var stubborn = await StartAsync(pod, "stubborn", "SIGHUP", "trap '' HUP TERM");
        var first = Runtime.StopContainerAsync(slow, TimeSpan.FromSeconds(60), cancellation);
        await Task.WhenAll(
            Runtime.StopContainerAsync(polite, TimeSpan.FromSeconds(60), cancellation),
            Runtime.StopContainerAsync(real, TimeSpan.FromSeconds(60), cancellation),
            Runtime.StopContainerAsync(slow, TimeSpan.FromSeconds(60), cancellation),
            Runtime.StopContainerAsync(stubborn, TimeSpan.FromSeconds(1), cancellation),
            first);
        Assert.Equal(7, (await pod.ExitedAsync(polite)).ExitCode);
        Assert.Equal(8, (await pod.ExitedAsync(real)).ExitCode);
        Assert.Equal(1, (await pod.ExitedAsync(slow)).ExitCode);
        Assert.Equal(137, (await pod.ExitedAsync(stubborn)).ExitCode);
        await Runtime.StopContainerAsync(polite, TimeSpan.FromSeconds(1), cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_shortened_grace_ends_a_wait_that_is_under_way()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("hastened"), cancellation);
        var stubborn = await StartAsync(pod, "stubborn", "SIGHUP", "trap '' HUP TERM");
        var first = Runtime.StopContainerAsync(stubborn, TimeSpan.FromHours(1), cancellation);
        await Runtime.StopContainerAsync(stubborn, TimeSpan.FromSeconds(1), cancellation);
        await first;
        Assert.Equal(137, (await pod.ExitedAsync(stubborn)).ExitCode);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("containerd", true, "StopContainer 30")]
    [InlineData("cri-o", false, "StopContainer 30")]
    [InlineData("containerd", false, "Kill 2, Wait, StopContainer 0")]
    public async Task A_runtime_that_knows_of_it_sends_it_by_itself(string name, bool knows, string expected)
    {
        var calls = new List<string>();
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            IMessage answer;
            switch (context.Request.Path.Value!.Split('/')[^1])
            {
                case "Version":
                    answer = new VersionResponse { RuntimeName = name };
                    break;
                case "ListContainers":
                    answer = new ListContainersResponse
                    {
                        Containers = { new Proto.Container { Id = "c", PodSandboxId = "s" } },
                    };
                    break;
                case "ContainerStatus":
                    var status = new Proto.ContainerStatus
                    {
                        Id = "c", State = Proto.ContainerState.ContainerRunning,
                        StopSignal = knows ? Signal.Sigint : Signal.RuntimeDefault,
                    };
                    status.Annotations[RuntimeLabels.StopSignal] = "SIGINT";
                    answer = new ContainerStatusResponse { Status = status };
                    break;
                case "Kill":
                    var kill = await GrpcServer.ReadAsync(context, Proto.Containerd.KillRequest.Parser);
                    calls.Add($"Kill {kill.Signal}");
                    answer = new Google.Protobuf.WellKnownTypes.Empty();
                    break;
                case "Wait":
                    calls.Add("Wait");
                    answer = new Proto.Containerd.WaitResponse();
                    break;
                default:
                    var stop = await GrpcServer.ReadAsync(context, StopContainerRequest.Parser);
                    calls.Add($"StopContainer {stop.Timeout}");
                    answer = new StopContainerResponse();
                    break;
            }

            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, answer);
            GrpcServer.End(context, 0);
        });
        using var runtime = new CriRuntime(
            new CriRuntimeOptions(server.SocketPath, "me"), TimeProvider.System, NullLogger<CriRuntime>.Instance);
        await runtime.StopContainerAsync("c", TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join(", ", calls));
    }

    [Fact]
    public void Each_signal_has_a_name_in_CRI()
    {
        foreach (var name in ContainerSignals.Names)
        {
            var config = (ContainerdFixture.Container("c") with { StopSignal = name })
                .ToProto(Fixture.Sandbox("s"), "me");
            Assert.NotEqual(Signal.RuntimeDefault, config.StopSignal);
            Assert.Equal(name, config.Annotations[RuntimeLabels.StopSignal]);
            var status = new Proto.ContainerStatus { StopSignal = config.StopSignal };
            Assert.Equal(name, status.ToRecord("s").StopSignal);
        }

        Assert.Equal(Enum.GetValues<Signal>().Length - 1, ContainerSignals.Names.Length);
    }

    private static Task<string> StartAsync(
        PodOnContainerd pod, string name, string signal, string traps,
        string then = "while true; do sleep 0.05; done")
    {
        var container = ContainerdFixture.Container(name, "sh", "-c", $"{traps}; echo ready; {then}");
        return pod.UntilSaidAsync(container with { StopSignal = signal }, "ready");
    }
}
