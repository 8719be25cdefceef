using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>
/// The pure decision as tables. A container's state is written <c>name:state</c>: <c>-</c> never made, <c>run</c>,
/// <c>=N</c> ended with that code, <c>made</c> created only.
/// </summary>
public sealed class PodPlanTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly NodeView s_node = new("n1", ["192.168.0.1"], "containerd");

    [Theory]
    //           policy       inits        mains             phase         what is done
    [InlineData("Always", "", "a:-", "Pending", "EnsureImage a")]
    [InlineData("Always", "", "a:run", "Running", "")]
    [InlineData("Always", "", "a:run b:-", "Pending", "EnsureImage b")]
    [InlineData("Always", "", "a:run b:=1", "Running", "EnsureImage b")]
    [InlineData("Always", "", "a:made", "Pending", "RemoveContainer a")]
    [InlineData("Always", "", "a:=0 b:=0", "Running", "EnsureImage a, EnsureImage b")]
    [InlineData("OnFailure", "", "a:=0 b:run", "Running", "")]
    [InlineData("OnFailure", "", "a:=0 b:=1", "Running", "EnsureImage b")]
    [InlineData("OnFailure", "", "a:=0 b:=0", "Succeeded", "StopSandbox, TearDownVolumes")]
    [InlineData("Never", "", "a:=0 b:run", "Running", "")]
    [InlineData("Never", "", "a:=0 b:=1", "Failed", "StopSandbox, TearDownVolumes")]
    [InlineData("Never", "", "a:=0 b:=0", "Succeeded", "StopSandbox, TearDownVolumes")]
    [InlineData("Always", "i:-", "a:-", "Pending", "EnsureImage i")]
    [InlineData("Always", "i:run", "a:-", "Pending", "")]
    [InlineData("Always", "i:=1", "a:-", "Pending", "EnsureImage i")]
    [InlineData("Always", "i:=0", "a:-", "Pending", "EnsureImage a")]
    [InlineData("Always", "i:=0 j:-", "a:-", "Pending", "EnsureImage j")]
    [InlineData("Always", "i:=0", "a:run", "Running", "")]
    [InlineData("Always", "i:-", "a:run", "Running", "")]
    [InlineData("Never", "i:=1", "a:-", "Failed", "StopSandbox, TearDownVolumes")]
    [InlineData("OnFailure", "i:=1", "a:-", "Pending", "EnsureImage i")]
    public void The_state_of_the_containers_decides(
        string policy, string inits, string mains, string phase, string actions)
    {
        var pod = PodSpecs.Of(Specs(mains)).Policy(policy).Inits(Specs(inits));
        var step = PodPlan.Next(pod, StateOf(inits, mains), s_node, s_now);

        Assert.Equal(phase, step.Status.Phase);
        Assert.Equal(actions, string.Join(", ", step.Actions.Select(Text)));
    }

    [Theory]
    [InlineData("", "a:run b:run", "KillContainer a, KillContainer b")]
    [InlineData("", "a:run b:=0", "KillContainer a")]
    [InlineData("", "a:=0 b:=0", "StopSandbox, TearDownVolumes")]
    [InlineData("", "a:-", "StopSandbox, TearDownVolumes")]
    [InlineData("i:run", "a:-", "KillContainer i")]
    public void A_deleted_pod_is_ended_step_by_step(string inits, string mains, string actions)
    {
        var pod = PodSpecs.Of(Specs(mains)).Inits(Specs(inits));
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = s_now, DeletionGracePeriodSeconds = 5 } };

        var step = PodPlan.Next(pod, StateOf(inits, mains), s_node, s_now);

        Assert.Equal(actions, string.Join(", ", step.Actions.Select(Text)));
        Assert.All(step.Actions.OfType<PodAction.KillContainer>(), k => Assert.Equal(5, k.Grace.TotalSeconds));
    }

    [Fact]
    public void Everything_that_can_be_done_at_once_is_begun_at_once()
    {
        var step = PodPlan.Next(PodSpecs.Of(), PodState.Empty, s_node, s_now);

        Assert.Equal(
            "PrepareVolumes, RunSandbox, EnsureImage app", string.Join(", ", step.Actions.Select(Text)));
        Assert.Equal(new PodReason.AwaitingOperations("volumes"), step.Reason);
    }

    [Fact]
    public void What_is_under_way_is_not_begun_twice()
    {
        var pod = PodSpecs.Of();
        var state = PodState.Empty;
        foreach (var action in PodPlan.Next(pod, state, s_node, s_now).Actions)
        {
            state = PodFacts.Begin(state, pod, action, s_now);
        }

        Assert.Empty(PodPlan.Next(pod, state, s_node, s_now).Actions);
    }

    [Fact]
    public void The_same_knowledge_gives_the_same_step()
    {
        var pod = PodSpecs.Of(Specs("a:run b:=1"));
        var state = StateOf("", "a:run b:=1");

        var (one, other) = (PodPlan.Next(pod, state, s_node, s_now), PodPlan.Next(pod, state, s_node, s_now));

        Assert.Equal(one.Actions, other.Actions);
        Assert.Equal(one.Status, other.Status);
        Assert.Equal((one.WakeAt, one.Reason), (other.WakeAt, other.Reason));
    }

    [Fact]
    public void A_clock_that_is_set_back_stops_nothing()
    {
        var pod = PodSpecs.Of(PodSpecs.App("app") with { LivenessProbe = PodSpecs.Http() });
        var running = StateOf("", "app:run");
        var track = running.Track("app");
        running = running.WithTrack(track with { Liveness = track.Liveness.Sent(PodSpecs.Http(), s_now) });
        var crashed = StateOf("", "app:=1");
        crashed = crashed.WithTrack(crashed.Track("app") with
        {
            BackOff = new BackOff(BackOff.Longest, s_now),
            BackOffHash = ContainerHash.Of(pod.Spec.Containers[0]),
        });
        var before = s_now - TimeSpan.FromHours(1);

        Assert.Empty(PodPlan.Next(pod, running, s_node, s_now).Actions);
        Assert.Single(PodPlan.Next(pod, running, s_node, before).Actions.OfType<PodAction.SendProbe>());
        Assert.Empty(PodPlan.Next(pod, crashed, s_node, s_now).Actions);
        Assert.Single(PodPlan.Next(pod, crashed, s_node, before).Actions.OfType<PodAction.EnsureImage>());
    }

    [Fact]
    public void Late_news_of_a_dead_container_are_ignored()
    {
        var pod = PodSpecs.Of();
        var state = StateOf("", "app:=1");
        var late = Status("app", "run");

        Assert.Equal(state, PodFacts.Apply(state, pod, new PodFact.ContainerSeen(late), s_now));
    }

    private static Container[] Specs(string text) =>
        [.. Words(text).Select(word => PodSpecs.App(word.Name))];

    private static PodState StateOf(string inits, string mains)
    {
        var state = PodState.Empty with
        {
            Sandbox = new SandboxView("s1", 0, true, s_now, ["10.0.0.1"]),
            Volumes = VolumePhase.Ready,
        };
        foreach (var (name, told) in Words(inits).Concat(Words(mains)).Where(w => w.State != "-"))
        {
            state = state.WithTrack(new ContainerTrack(name).Observed(Status(name, told)));
        }

        return state;
    }

    private static ContainerRuntimeStatus Status(string name, string state) => new()
    {
        Id = $"id-{name}",
        SandboxId = "s1",
        Name = name,
        CreatedAt = s_now,
        StartedAt = state == "made" ? null : s_now,
        FinishedAt = state[0] == '=' ? s_now : null,
        ExitCode = state[0] == '=' ? int.Parse(state[1..]) : 0,
        State = state switch
        {
            "run" => ContainerRuntimeState.Running,
            "made" => ContainerRuntimeState.Created,
            _ => ContainerRuntimeState.Exited,
        },
    };

    private static IEnumerable<(string Name, string State)> Words(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split(':') is [var name, var state]
            ? (name, state)
            : throw new ArgumentException($"\"{word}\" is not name:state"));

    private static string Text(PodAction action) => action switch
    {
        PodAction.EnsureImage ensure => $"EnsureImage {ensure.Container.Name}",
        PodAction.KillContainer kill => $"KillContainer {kill.Name}",
        PodAction.RemoveContainer remove => $"RemoveContainer {remove.Name}",
        _ => action.GetType().Name,
    };
}
