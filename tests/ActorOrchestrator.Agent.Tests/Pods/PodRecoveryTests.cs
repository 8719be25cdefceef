using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>An agent was killed while it made or started a container; the next one finds what is left.</summary>
public sealed class PodRecoveryTests : IDisposable
{
    private readonly PodWorld _world = new();
    private readonly Pod _pod = PodSpecs.Of().Policy("Never");

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_container_left_half_made_is_made_anew()
    {
        _world.Start(_pod);
        _world.Runtime.Uncreate("app");

        _world.Start(_pod, _world.Remains());

        IsMadeAnew();
    }

    [Fact]
    public void A_container_whose_start_was_cut_short_is_made_anew()
    {
        _world.Start(_pod);
        _world.Runtime.CutStart("app");

        _world.Start(_pod, _world.Remains());

        IsMadeAnew();
    }

    [Fact]
    public void A_start_that_is_cut_short_only_after_the_new_agent_looked_is_made_anew()
    {
        _world.Start(_pod);
        _world.Runtime.Uncreate("app");
        var remains = _world.Remains();
        _world.Runtime.CutStart("app");

        _world.Start(_pod, remains);

        IsMadeAnew();
    }

    [Fact]
    public void News_of_the_removal_before_its_answer_is_no_end()
    {
        _world.Start(_pod);
        _world.Runtime.Uncreate("app");
        _world.Runtime.RemovalTakes = TimeSpan.FromSeconds(1);
        _world.Start(_pod, _world.Remains());

        _world.Runtime.Tell(RuntimeEventKind.ContainerDeleted, "c2", "s1");
        _world.Settle().Advance(2);

        IsMadeAnew();
    }

    /// <summary>The command may have run: nobody knows, so it is not run again.</summary>
    [Fact]
    public void A_container_that_may_have_run_has_ended()
    {
        _world.Start(_pod);
        _world.Runtime.CutStart("app", isBeforeRun: false);

        _world.Start(_pod, _world.Remains());

        Assert.Single(_world.Runtime.Calls, "create app/0");
        Assert.Equal("Failed", _world.Status.Phase);
        Assert.Equal("StartError", _world.Container("app").State.Terminated!.Reason);
    }

    [Theory]
    [InlineData(ContainerRuntimeState.Running, "Running")]
    [InlineData(ContainerRuntimeState.Exited, "Succeeded")]
    public void A_container_that_came_to_run_after_all_is_left_alone(ContainerRuntimeState state, string phase)
    {
        _world.Start(_pod);
        var remains = _world.Remains();
        if (state == ContainerRuntimeState.Exited)
        {
            _world.Runtime.End("c2", 0);
        }

        _world.Start(_pod, remains with
        {
            Containers =
            [
                .. remains.Containers.Select(c => c with { State = ContainerRuntimeState.Created, StartedAt = null }),
            ],
        });

        Assert.Single(_world.Runtime.Calls, "create app/0");
        Assert.DoesNotContain("remove c2", _world.Runtime.Calls);
        Assert.Equal(phase, _world.Status.Phase);
    }

    [Fact]
    public void An_attempt_whose_start_was_cut_short_unheard_is_made_anew()
    {
        _world.Start(_pod);
        _world.Runtime.CutStart("app");

        _world.Start(_pod, _world.Remains() with { Containers = [] }).Advance(11);

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(0, _world.Container("app").RestartCount);
    }

    [Fact]
    public void A_failed_start_that_was_reported_still_counts()
    {
        var pod = _pod.Policy("Always");
        _world.Runtime.StartProblems["app"] = "no such command";
        _world.Start(pod);
        Assert.Equal(1, _world.Container("app").RestartCount);

        _world.Restart(pod);

        Assert.DoesNotContain("create app/0", _world.Runtime.Calls);
        Assert.DoesNotContain("create app/1", _world.Runtime.Calls);
        Assert.Equal(2, _world.Container("app").RestartCount);
        Assert.Equal("StartError", _world.Container("app").LastState.Terminated!.Reason);
    }

    private void IsMadeAnew()
    {
        Assert.Equal(2, _world.Runtime.Calls.Count(c => c == "create app/0"));
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(0, _world.Container("app").RestartCount);
    }
}
