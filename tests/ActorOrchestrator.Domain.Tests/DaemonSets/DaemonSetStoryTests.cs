using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Deployments;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.DaemonSets;

public sealed class DaemonSetStoryTests
{
    private static readonly EntityKey Key = DaemonSetBuilder.Key;

    private readonly World _world = new(seed: 21, new Unkindness());

    private DaemonSet Logs => _world.Find<DaemonSet>(Key)!;

    private List<Pod> Pods => [.. _world.All<Pod>()];

    private List<ControllerRevision> Revisions =>
        [.. _world.All<ControllerRevision>().OrderBy(revision => revision.Revision)];

    [Fact]
    public void It_has_a_pod_on_each_node_pinned_and_tolerant()
    {
        Start(3, DaemonSetBuilder.Make());

        Assert.Equal(["n1", "n2", "n3"], Pods.Select(pod => pod.Spec.NodeName).Order());
        var revision = Assert.Single(Revisions);
        var hash = revision.Metadata.Labels["controller-revision-hash"];
        Assert.Equal($"logs-{hash}", revision.Metadata.Name);
        Assert.All(Pods, pod =>
        {
            Assert.Equal((hash, "logs"), (pod.Metadata.Labels["controller-revision-hash"], pod.Metadata.Labels["app"]));
            var term = Assert.Single(
                pod.Spec.Affinity!.NodeAffinity!.RequiredDuringSchedulingIgnoredDuringExecution!.NodeSelectorTerms);
            Assert.Equal(pod.Spec.NodeName, Assert.Single(Assert.Single(term.MatchFields).Values));
            Assert.Equal(6, pod.Spec.Tolerations.Count);
        });
        Assert.Equal(
            new DaemonSetStatus
            {
                DesiredNumberScheduled = 3, CurrentNumberScheduled = 3, NumberReady = 3, NumberAvailable = 3,
                UpdatedNumberScheduled = 3, ObservedGeneration = 1,
            },
            Logs.Status);
        Assert.DoesNotContain(Key.ToString(), _world.Restless());
        Assert.Equal(3, Told("SuccessfulCreate"));
    }

    [Fact]
    public void Why_a_node_does_not_take_its_pod_is_told()
    {
        Start(1, DaemonSetBuilder.Make());
        var pod = Assert.Single(Pods);
        var refused = pod with { Status = new NodeRejection("AppArmor", "is not enabled").StatusOf(pod, since: null) };
        _world.Ask(EntityKey.Of(pod), new Replace(refused) { Subresource = Subresources.Status });
        _world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Contains(
            $"FailedDaemonPod: Found failed daemon pod default/{pod.Metadata.Name} on node n1, will try to kill it: "
                + "AppArmor: is not enabled",
            _world.RecordedEvents);
    }

    [Fact]
    public void Nodes_come_go_and_change()
    {
        Start(2, DaemonSetBuilder.Make().WithPod(spec => spec with { NodeSelector = Map(("role", "web")) }));
        Assert.Empty(Pods);
        Assert.Equal((0, 1), (Logs.Status.DesiredNumberScheduled, (int)Logs.Status.ObservedGeneration));

        SetNode(Node("n1").Labelled("role", "web"));
        Assert.Equal("n1", Assert.Single(Pods).Spec.NodeName);
        SetNode(Node("n1").Labelled("role", "web").Tainted("maintenance", null, "NoSchedule"));
        Assert.Single(Pods);
        Assert.Equal((0, 1), (Logs.Status.DesiredNumberScheduled, Logs.Status.NumberMisscheduled));
        SetNode(Node("n1"));
        Assert.Empty(Pods);
        Assert.Equal((0, 0), (Logs.Status.DesiredNumberScheduled, Logs.Status.NumberMisscheduled));
    }

    [Fact]
    public void A_deleted_pod_is_replaced_when_it_is_gone_not_before()
    {
        Start(1, DaemonSetBuilder.Make());
        var gone = Pods[0];
        var most = 0;
        _world.Committed += (_, _, _) => most = Math.Max(most, Pods.Count);
        _world.Ask(EntityKey.Of(gone), Delete.Background);
        _world.RunUntilQuiet();

        Assert.NotEqual(gone.Metadata.Uid, Assert.Single(Pods).Metadata.Uid);
        Assert.Equal(1, most);
    }

    [Fact]
    public void A_new_template_rolls_node_by_node_and_undo_gives_the_old_revision_a_new_number()
    {
        Start(3, DaemonSetBuilder.Make());
        Replace(set => set.WithImage("v2"));
        Assert.All(Pods, pod => Assert.Equal("v2", pod.Spec.Containers[0].Image));
        Assert.Equal([1L, 2L], Revisions.Select(revision => revision.Revision));
        var first = Revisions[0].Metadata.Name;

        Replace(set => set.WithImage("v1"));
        Assert.All(Pods, pod => Assert.Equal("v1", pod.Spec.Containers[0].Image));
        Assert.Equal([2L, 3L], Revisions.Select(revision => revision.Revision));
        Assert.Equal(first, Revisions[1].Metadata.Name);
        Assert.Equal((3, 3), (Logs.Status.UpdatedNumberScheduled, Logs.Status.NumberAvailable));
    }

    [Fact]
    public void A_broken_template_stops_at_the_bound()
    {
        Start(4, DaemonSetBuilder.Make(unavailable: 2));
        Replace(set => set.WithImage("broken"));
        _world.RunFor(TimeSpan.FromMinutes(5));

        Assert.Equal(2, Pods.Count(World.IsBroken));
        Assert.Equal((2, 2), (Logs.Status.NumberAvailable, Logs.Status.UpdatedNumberScheduled));
        Replace(set => set.WithImage("v3"));
        Assert.Equal((4, 4), (Logs.Status.NumberAvailable, Logs.Status.UpdatedNumberScheduled));
    }

    [Fact]
    public void With_a_surge_the_old_pod_stays_until_the_new_one_is_available()
    {
        Start(3, DaemonSetBuilder.Make(surge: 1));
        var least = int.MaxValue;
        _world.Committed += (_, _, _) => least = Math.Min(least, Pods.Count(pod => World.IsReady(pod)
            && pod.Metadata.DeletionTimestamp is null));
        Replace(set => set.WithImage("v2"));

        Assert.Equal(3, least);
        Assert.All(Pods, pod => Assert.Equal("v2", pod.Spec.Containers[0].Image));
        Assert.Equal(3, Pods.Count);
    }

    [Fact]
    public void On_delete_waits_for_the_user()
    {
        Start(2, DaemonSetBuilder.Make().WithSpec(spec => spec with
        {
            UpdateStrategy = new DaemonSetUpdateStrategy { Type = "OnDelete" },
        }));
        Replace(set => set.WithImage("v2"));
        Assert.All(Pods, pod => Assert.Equal("v1", pod.Spec.Containers[0].Image));
        Assert.Equal((0, 2), (Logs.Status.UpdatedNumberScheduled, (int)Logs.Status.ObservedGeneration));
        Assert.DoesNotContain(Key.ToString(), _world.Restless());

        _world.Ask(EntityKey.Of(Pods[0]), Delete.Background);
        _world.RunUntilQuiet();
        Assert.Equal(["v1", "v2"], Pods.Select(pod => pod.Spec.Containers[0].Image).Order());
        Assert.Equal(1, Logs.Status.UpdatedNumberScheduled);
    }

    [Fact]
    public void Old_revisions_beyond_the_limit_go_but_not_those_that_pods_are_of()
    {
        Start(1, DaemonSetBuilder.Make().WithSpec(spec => spec with { RevisionHistoryLimit = 1 }));
        foreach (var image in (string[])["v2", "v3", "v4"])
        {
            Replace(set => set.WithImage(image));
        }

        Assert.Equal([3L, 4L], Revisions.Select(revision => revision.Revision));
    }

    [Fact]
    public void Pods_become_available_after_a_time()
    {
        Start(1, DaemonSetBuilder.Make().WithSpec(spec => spec with { MinReadySeconds = 30 }));
        Assert.Equal((1, 0, 1), (Logs.Status.NumberReady, Logs.Status.NumberAvailable, Logs.Status.NumberUnavailable));
        _world.RunFor(TimeSpan.FromSeconds(31));
        Assert.Equal((1, 0), (Logs.Status.NumberAvailable, Logs.Status.NumberUnavailable));
        Assert.DoesNotContain(Key.ToString(), _world.Restless());
    }

    [Fact]
    public void Orphaned_pods_and_revisions_are_taken_over_without_a_restart()
    {
        Start(2, DaemonSetBuilder.Make());
        Replace(set => set.WithImage("v2"));
        var before = Pods.Select(pod => pod.Metadata.Uid).Order().ToList();
        foreach (var child in Pods.Concat<KubeObject>(Revisions))
        {
            _world.Ask(EntityKey.Of(child), new Release(child.Metadata.Uid!, Logs.Metadata.Uid!));
        }

        _world.Ask(Key, Delete.Exactly(Logs.Metadata.Uid!));
        _world.LoseAllMessages();
        Apply(DaemonSetBuilder.Make("v2"));

        Assert.Equal(before, Pods.Select(pod => pod.Metadata.Uid).Order());
        Assert.All(Pods, pod => Assert.Equal(Logs.Metadata.Uid, ObjectLifecycle.ControllerOf(pod)!.Uid));
        Assert.Equal([1L, 2L], Revisions.Select(revision => revision.Revision));
        Assert.Equal((2, 2), (Logs.Status.NumberAvailable, Logs.Status.UpdatedNumberScheduled));
    }

    [Fact]
    public void A_revision_whose_name_is_taken_gets_another_hash()
    {
        Start(1, DaemonSetBuilder.Make());
        var first = Assert.Single(Revisions);
        _world.Ask(Key, Delete.Exactly(Logs.Metadata.Uid!));
        _world.LoseAllMessages();
        Apply(DaemonSetBuilder.Make());

        Assert.Equal(1, Logs.Status.CollisionCount);
        Assert.Equal(2, Revisions.Count);
        Assert.Contains(Revisions, revision => revision.Metadata.Name != first.Metadata.Name
            && ObjectLifecycle.ControllerOf(revision)!.Uid == Logs.Metadata.Uid);
    }

    [Fact]
    public void Refused_pods_are_told_and_tried_again()
    {
        _world.Refusals["pods"] = Statuses.Forbidden("pods", "logs-x", "exceeded quota: small");
        Start(1, DaemonSetBuilder.Make());
        Assert.True(Told("FailedCreate: Error creating: ") > 0);
        _world.Refusals.Clear();
        _world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Single(Pods);
    }

    private int Told(string text) =>
        _world.RecordedEvents.Count(told => told.StartsWith(text, StringComparison.Ordinal));

    private void Start(int nodes, DaemonSet set)
    {
        for (var i = 1; i <= nodes; i++)
        {
            _world.SetNode(Node($"n{i}"));
        }

        Apply(set);
    }

    private void Apply(DaemonSet set)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Create(set)));
        _world.RunUntilQuiet();
    }

    private void SetNode(Node node)
    {
        _world.SetNode(node);
        _world.RunUntilQuiet();
    }

    private void Replace(Func<DaemonSet, DaemonSet> change)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Replace(change(Logs))));
        _world.RunUntilQuiet();
    }
}
