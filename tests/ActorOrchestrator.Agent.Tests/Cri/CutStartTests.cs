using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Tests.Containerd;
using Started = ActorOrchestrator.Agent.Cri.Protocol.ContainerStatus;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>The caller of a start goes away before it is answered: containerd then gives the start up.</summary>
public sealed class CutStartTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private static readonly TimeSpan GivesUpWithin = TimeSpan.FromSeconds(2);

    private const string Making = "failed to create containerd task: ";

    private IContainerRuntime Runtime => Fixture.Runtime;

    /// <summary>The caller leaves at ever other moments, until it has left some before the command ran.</summary>
    [Fact(Timeout = 180_000)]
    public async Task What_is_left_tells_whether_the_command_may_have_run_and_can_be_removed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var pod = await PodOnContainerd.RunAsync(Runtime, Fixture.Sandbox("left"), cancellation);
        var marks = Directory.CreateDirectory($"{Fixture.Directory}/left-{Guid.NewGuid():N}").FullName;
        var neverRan = new List<int>();
        for (var step = 0; neverRan.Count < 3; step++)
        {
            var config = ContainerdFixture.Container($"c{step}", "touch", $"/marks/{step}") with
            {
                Mounts = [new MountConfig("/marks", marks, ReadOnly: false)],
            };
            Directory.CreateDirectory(Path.GetDirectoryName(pod.LogOf(config))!);
            var id = await Runtime.CreateContainerAsync(pod.Id, config, pod.Config, cancellation);
            await LeaveAsync(id, TimeSpan.FromMilliseconds(step * 17 % 150));
            if ((await RemovedAsync(id, cancellation)).NeverRan)
            {
                neverRan.Add(step);
            }
        }

        Assert.DoesNotContain(neverRan, step => File.Exists($"{marks}/{step}"));
    }

    [Theory]
    [InlineData("StartError", Making + "failed to create shim task: context canceled: unknown", 0, true)]
    [InlineData("StartError", Making + "failed to start shim: start failed: : signal: killed: unknown", 0, true)]
    [InlineData("StartError", Making + "failed to get task pid: context canceled: unknown", 0, true)]
    [InlineData("StartError", "failed to get container info: context canceled", 0, true)]
    [InlineData("StartError", "failed to start containerd task \"c\": context canceled: unknown", 0, false)]
    [InlineData("StartError", Making + "context canceled", 7, false)]
    [InlineData("Error", Making + "context canceled", 0, false)]
    public void The_step_that_failed_decides(string reason, string message, long startedAt, bool neverRan)
    {
        var told = new Started
        {
            State = ContainerState.ContainerExited, ExitCode = 128, Reason = reason, Message = message,
            StartedAt = startedAt,
        };

        Assert.Equal(neverRan, told.ToRecord("s").NeverRan);
    }

    private async Task LeaveAsync(string id, TimeSpan patience)
    {
        using var gone = new CancellationTokenSource(patience);
        try
        {
            await Runtime.StartContainerAsync(id, gone.Token);
        }
        catch (Exception cut) when (cut is OperationCanceledException or ContainerRuntimeException)
        {
            // How it ended is asked for.
        }
    }

    /// <returns>What was told of it when its start was over, or had not come to containerd.</returns>
    private async Task<ContainerRuntimeStatus> RemovedAsync(string id, CancellationToken cancellation)
    {
        var left = Stopwatch.GetTimestamp();
        ContainerRuntimeStatus? status;
        do
        {
            await Task.Delay(20, cancellation);
            status = await Runtime.ContainerStatusAsync(id, cancellation);
        }
        while (status is { State: ContainerRuntimeState.Created } && Stopwatch.GetElapsedTime(left) < GivesUpWithin);
        Assert.NotNull(status);
        await Runtime.RemoveContainerAsync(id, cancellation);
        return status;
    }
}
