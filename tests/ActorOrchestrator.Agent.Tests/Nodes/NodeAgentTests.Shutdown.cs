using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>The machine is about to be shut down.</summary>
public sealed partial class NodeAgentTests
{
    private static readonly string[] Nobody = [];

    private Task<ShutdownEnded>? _shutdown;

    [Fact]
    public void Before_the_machine_is_shut_down_ordinary_pods_end_first_and_then_critical_ones()
    {
        StartAgent(Ordinary("web"), Critical("dns"));
        AskForShutdown();

        var ready = _cluster.Heartbeats[^1].Conditions[^1];
        Assert.Equal(("Ready", "False", "KubeletNotReady", "node is shutting down"),
            (ready.Type, ready.Status, ready.Reason, ready.Message));
        Assert.Equal((ContainerRuntimeState.Exited, ContainerRuntimeState.Running), (StateOf("web"), StateOf("dns")));
        Assert.Equal(
            ("Failed", "Terminated", "Pod was terminated in response to imminent node shutdown."),
            EndOf("web"));
        var disruption = _cluster.StatusOf("web").Conditions.Single(each => each.Type == "DisruptionTarget");
        Assert.Equal(("True", "TerminationByKubelet"), (disruption.Status, disruption.Reason));

        Echo(Ordinary("web"));
        Assert.Equal(ContainerRuntimeState.Exited, StateOf("dns"));
        Assert.False(_shutdown!.IsCompleted);
        Echo(Critical("dns"));
        Assert.Equal(Nobody, Answer());
    }

    [Fact]
    public void Each_part_of_a_shutdown_has_its_time_and_no_more()
    {
        _runtime.Deaf.Add("app");
        StartAgent(Ordinary("web"), Critical("dns"));
        AskForShutdown();
        Assert.Contains("stop app/0 19s", _runtime.Calls);
        _loop.Advance(19.5);
        Assert.Equal("Failed", _cluster.StatusOf("web").Phase);
        Assert.Equal(ContainerRuntimeState.Running, StateOf("dns"));

        // Nobody hears that it has ended.
        _loop.Advance(1);
        Assert.Contains("stop app/0 9s", _runtime.Calls);
        _loop.Advance(10);
        Assert.Equal(["shop/dns", "shop/web"], Answer());
    }

    [Fact]
    public void A_pod_that_asks_for_less_time_or_is_being_deleted_gets_no_more_than_the_shutdown_has()
    {
        _runtime.Deaf.Add("app");
        var brief = Ordinary("brief").With(spec => spec with { TerminationGracePeriodSeconds = 5 });
        var going = Ordinary("going").With(spec => spec with { TerminationGracePeriodSeconds = 1000 });
        StartAgent(brief, going);
        _cluster.Assign(new Assignment.Changed(going with
        {
            Metadata = going.Metadata with
            {
                DeletionTimestamp = _loop.Time.GetUtcNow(), DeletionGracePeriodSeconds = 1000,
            },
        }));
        _loop.Settle();
        Assert.Contains("stop app/0 1000s", _runtime.Calls);

        AskForShutdown();
        Assert.Contains("stop app/0 5s", _runtime.Calls);
        Assert.Contains("stop app/0 19s", _runtime.Calls);
    }

    [Fact]
    public void What_has_ended_by_itself_stays_as_it_ended()
    {
        StartAgent(Ordinary("done").Policy("Never"), Ordinary("web"));
        _runtime.Exit("app", 0, podName: "done");
        _loop.Settle();
        Echo(Ordinary("done").Policy("Never"));
        AskForShutdown();
        Assert.Equal(("Succeeded", null, null), EndOf("done"));
        Echo(Ordinary("web"));
        Assert.Equal(Nobody, Answer());
    }

    /// <summary>Its sidecar takes its time; or it ends well because it is told to.</summary>
    [Theory]
    [InlineData(true, "Succeeded")]
    [InlineData(false, "Failed")]
    public void What_has_succeeded_before_it_was_to_end_has_succeeded(bool isBefore, string phase)
    {
        _runtime.Deaf.Add("side");
        _runtime.StopsWith["app"] = 0;
        var pod = Ordinary("web").Policy("Never").Inits(PodSpecs.Sidecar("side"));
        StartAgent(pod);
        if (isBefore)
        {
            _runtime.Exit("app", 0);
            _loop.Advance(1);
        }

        AskForShutdown();
        _loop.Advance(20);
        Assert.Equal((phase, "Terminated"), (_cluster.StatusOf("web").Phase, _cluster.StatusOf("web").Reason));
    }

    [Fact]
    public void New_pods_are_refused_until_another_agent_runs()
    {
        StartAgent();
        AskForShutdown();
        Assert.Equal(Nobody, Answer());
        _cluster.Assign(new Assignment.Changed(Critical("late")));
        _loop.Settle();
        Assert.Equal(
            ("Failed", "NodeShutdown", "Pod was rejected: Pod was rejected as the node is shutting down."),
            EndOf("late"));
        _loop.Advance(100);
        Assert.Equal("False", _cluster.Heartbeats[^1].Conditions[^1].Status);

        StopAgent();
        StartAgent(Ordinary("web"));
        Assert.Equal("True", _cluster.Nodes[^1].Status.Conditions[^1].Status);
        Assert.Equal("Running", _cluster.StatusOf("web").Phase);
    }

    [Fact]
    public void What_runs_is_ended_also_if_the_shutdown_is_asked_for_before_it_is_known()
    {
        StartAgent(Ordinary("web"));
        var running = _cluster.StatusOf("web");
        StopAgent();
        _runtime.IsDown = true;
        StartAgent(Ordinary("web") with { Status = running });
        AskForShutdown();
        Assert.False(_shutdown!.IsCompleted);

        _runtime.IsDown = false;
        _loop.Advance(15);
        Assert.Equal("Terminated", _cluster.StatusOf("web").Reason);
        Echo(Ordinary("web"));
        Assert.Equal(Nobody, Answer());
    }

    /// <summary>It would not count, when it fails later by its own fault.</summary>
    [Fact]
    public void A_pod_that_runs_on_after_a_shutdown_that_was_cut_short_is_disrupted_no_more()
    {
        _runtime.Deaf.Add("app");
        StartAgent(Ordinary("web"));
        AskForShutdown();
        _loop.Advance(1);
        var told = _cluster.StatusOf("web");
        Assert.Contains(told.Conditions, each => each.Type == "DisruptionTarget");
        StopAgent();

        StartAgent(Ordinary("web") with { Status = told });
        Assert.Equal("Running", _cluster.StatusOf("web").Phase);
        Assert.DoesNotContain(_cluster.StatusOf("web").Conditions, each => each.Type == "DisruptionTarget");
    }

    private static Pod Ordinary(string name) => Named(name, name, spec => spec);

    private static Pod Critical(string name) => Named(name, name, spec => spec with { Priority = 2_000_000_000 });

    private void AskForShutdown()
    {
        _shutdown = _loop.Run(() => _agent!.Ask<ShutdownEnded>(new ShutdownAsked(), TimeSpan.FromHours(1)));
        _loop.Settle();
    }

    private IReadOnlyList<string> Answer()
    {
        Assert.True(_shutdown!.IsCompleted);
        return _shutdown.Result.Left;
    }

    private ContainerRuntimeState StateOf(string pod)
    {
        var sandbox = _runtime.Sandboxes.Single(each => each.Name == pod).Id;
        return _runtime.Containers.Single(each => each.SandboxId == sandbox).State;
    }

    private (string? Phase, string? Reason, string? Message) EndOf(string pod) =>
        (_cluster.StatusOf(pod).Phase, _cluster.StatusOf(pod).Reason, _cluster.StatusOf(pod).Message);

    /// <summary>The cluster has taken in what was reported of the pod.</summary>
    private void Echo(Pod pod)
    {
        _cluster.Assign(new Assignment.Changed(pod with { Status = _cluster.StatusOf(pod.Metadata.Name!) }));
        _loop.Settle();
    }
}
