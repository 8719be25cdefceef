using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class EventTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    [Fact(Timeout = 60_000)]
    public async Task Starts_exits_and_deletions_are_told_in_order_and_an_exit_only_once_its_status_says_so()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var runtime = Fixture.NewRuntime("events");
        await using var events = runtime.EventsAsync(cancellation).GetAsyncEnumerator(cancellation);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventKind.Reconnected, events.Current.Kind);

        await using var pod = await PodOnContainerd.RunAsync(runtime, Fixture.Sandbox("told"), cancellation);
        for (var round = 0; round < 5; round++)
        {
            var id = await pod.StartAsync(ContainerdFixture.Container("c", "sh", "-c", "exit 5") with
            {
                Attempt = (uint)round,
            });
            await ExpectAsync(new(RuntimeEventKind.ContainerStarted, id, pod.Id, default, 0));
            await ExpectAsync(new(RuntimeEventKind.ContainerExited, id, pod.Id, default, 5));
            var status = await runtime.ContainerStatusAsync(id, cancellation);
            Assert.Equal((ContainerRuntimeState.Exited, 5), (status!.State, status.ExitCode));
            // The end of an exec is not the end of its container; so the next event is the deletion.
            await runtime.RemoveContainerAsync(id, cancellation);
        }

        async Task ExpectAsync(RuntimeEvent expected)
        {
            do
            {
                Assert.True(await events.MoveNextAsync());
            }
            while (events.Current.Kind == RuntimeEventKind.ContainerDeleted);
            Assert.Equal(expected, events.Current with { At = default });
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_oom_kill_and_the_death_of_a_sandbox_are_told_and_an_exec_is_not_an_exit()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var runtime = Fixture.NewRuntime("events-2");
        await using var events = runtime.EventsAsync(cancellation).GetAsyncEnumerator(cancellation);
        Assert.True(await events.MoveNextAsync());
        await using var pod = await PodOnContainerd.RunAsync(runtime, Fixture.Sandbox("dies"), cancellation);
        var hungry = await pod.StartAsync(ContainerdFixture.Container("c", "sleep", "1000") with
        {
            Resources = new ResourceConfig { MemoryLimitBytes = 24 << 20 },
        });
        await runtime.ExecAsync(hungry, ["true"], TimeSpan.FromSeconds(10), cancellation);
        await runtime.ExecAsync(hungry, ["tail", "-c", "128m", "/dev/zero"], TimeSpan.FromSeconds(10), cancellation);
        await runtime.StopSandboxAsync(pod.Id, cancellation);

        // A kill of the whole pod is told in the order in which the runtime gets to know of it.
        var kinds = new HashSet<(RuntimeEventKind, string)>();
        while (kinds.Count < 4)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(pod.Id, events.Current.SandboxId);
            kinds.Add((events.Current.Kind, events.Current.ContainerId));
        }
        Assert.Equal(
            [
                (RuntimeEventKind.ContainerStarted, hungry), (RuntimeEventKind.ContainerExited, hungry),
                (RuntimeEventKind.ContainerOutOfMemory, hungry), (RuntimeEventKind.SandboxExited, ""),
            ],
            kinds.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelling_ends_the_stream()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var events = Fixture.Runtime.EventsAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await events.MoveNextAsync());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await events.MoveNextAsync())
            {
            }
        });
    }
}
