using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.StatefulSets;

public sealed class StatefulSetStoryTests
{
    private readonly StatefulStage _stage = new(seed: 31);

    [Fact]
    public void Pods_are_numbered_and_come_one_after_the_other()
    {
        _stage.Apply(StatefulSetBuilder.Make());

        Assert.Equal(["web-0", "web-1", "web-2"], _stage.Made);
        var revision = Assert.Single(_stage.Revisions).Metadata.Name!;
        Assert.All(_stage.Pods, pod =>
        {
            Assert.Equal((pod.Metadata.Name, "web-hosts"), (pod.Spec.Hostname, pod.Spec.Subdomain));
            Assert.Equal(
                ("web", revision, pod.Metadata.Name, pod.Metadata.Name!["web-".Length..]),
                (pod.Metadata.Labels["app"], pod.Metadata.Labels["controller-revision-hash"],
                    pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"],
                    pod.Metadata.Labels["apps.kubernetes.io/pod-index"]));
        });
        Assert.Equal(
            new StatefulSetStatus
            {
                Replicas = 3, ReadyReplicas = 3, AvailableReplicas = 3, CurrentReplicas = 3, UpdatedReplicas = 3,
                CurrentRevision = revision, UpdateRevision = revision, CollisionCount = 0, ObservedGeneration = 1,
            },
            _stage.Set.Status);
        Assert.True(_stage.IsAtRest);
        Assert.Equal(1, _stage.Told("SuccessfulCreate: create Pod web-0 in StatefulSet web successful"));
    }

    [Fact]
    public void A_pod_that_is_not_ready_holds_up_those_after_it_and_the_set_says_so()
    {
        _stage.Apply(StatefulSetBuilder.Make(image: "broken"));

        Assert.Equal(["web-0"], _stage.Made);
        Assert.Equal(
            ("PodNotReady", "web-0 is not ready, and the other pods wait for it: "
                + "\"kubectl describe pod web-0\" says why"),
            _stage.Waiting);
        Assert.Equal(0, _stage.Told("PodNotReady"));
        _stage.World.RunFor(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _stage.Told("PodNotReady"));
        Assert.False(_stage.IsAtRest);
    }

    [Fact]
    public void In_parallel_all_come_at_once()
    {
        _stage.Apply(StatefulSetBuilder.Make(image: "broken", policy: "Parallel"));
        Assert.Equal(["web-0", "web-1", "web-2"], _stage.Made.Order());
    }

    [Fact]
    public void Surplus_pods_go_in_reverse_one_at_a_time()
    {
        _stage.Apply(StatefulSetBuilder.Make(4));
        var most = 0;
        _stage.World.Committed += (_, _, _) => most = Math.Max(most, _stage.Pods.Count(pod =>
            pod.Metadata.DeletionTimestamp is not null));
        _stage.Replace(set => set.WithReplicas(1));

        Assert.Equal(["web-3", "web-2", "web-1"], _stage.Removed);
        Assert.Equal(1, most);
        Assert.Equal((1, 1L + 1), (_stage.Set.Status.Replicas, _stage.Set.Status.ObservedGeneration));
        Assert.Equal(1, _stage.Told("SuccessfulDelete: delete Pod web-3 in StatefulSet web successful"));
    }

    [Fact]
    public void Numbers_may_start_anywhere()
    {
        _stage.Apply(StatefulSetBuilder.Make().WithSpec(spec => spec with { Ordinals = new() { Start = 5 } }));
        Assert.Equal(["web-5", "web-6", "web-7"], _stage.Made);

        _stage.Replace(set => set.WithSpec(spec => spec with { Ordinals = new() { Start = 7 } }));
        Assert.Equal(["web-7", "web-8", "web-9"], _stage.Pods.Select(pod => pod.Metadata.Name));
        Assert.Equal(["web-6", "web-5"], _stage.Removed);
    }

    [Fact]
    public void A_new_template_goes_from_the_last_to_the_first_and_undo_gives_the_old_revision_a_new_number()
    {
        _stage.Apply(StatefulSetBuilder.Make());
        _stage.Replace(set => set.WithImage("v2"));
        Assert.Equal(["web-2", "web-1", "web-0"], _stage.Removed);
        Assert.Equal([1L, 2L], _stage.Revisions.Select(revision => revision.Revision));
        var (first, second) = (_stage.Revisions[0].Metadata.Name, _stage.Revisions[1].Metadata.Name);
        Assert.Equal((second, second, 3, 3), (
            _stage.Set.Status.CurrentRevision, _stage.Set.Status.UpdateRevision, _stage.Set.Status.CurrentReplicas,
            _stage.Set.Status.UpdatedReplicas));

        _stage.Replace(set => set.WithImage("v1"));
        Assert.Equal([2L, 3L], _stage.Revisions.Select(revision => revision.Revision));
        Assert.Equal(first, _stage.Set.Status.CurrentRevision);
        Assert.All(_stage.Pods, pod => Assert.Equal("v1", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void A_partition_keeps_the_first_pods_as_they_are_also_when_they_are_lost()
    {
        _stage.Apply(StatefulSetBuilder.Make(4));
        _stage.Replace(set => set.WithImage("v2").WithRolling(partition: 2));
        Assert.Equal("v1 v1 v2 v2", _stage.Images);
        Assert.Equal((2, 2), (_stage.Set.Status.CurrentReplicas, _stage.Set.Status.UpdatedReplicas));
        Assert.NotEqual(_stage.Set.Status.CurrentRevision, _stage.Set.Status.UpdateRevision);
        Assert.True(_stage.IsAtRest);

        _stage.Delete("web-1");
        _stage.Delete("web-3");
        Assert.Equal("v1 v1 v2 v2", _stage.Images);
        _stage.Replace(set => set.WithRolling(partition: 0));
        Assert.Equal("v2 v2 v2 v2", _stage.Images);
        Assert.Equal(_stage.Set.Status.CurrentRevision, _stage.Set.Status.UpdateRevision);
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("50%", 2)]
    [InlineData("10%", 1)]
    public void Several_pods_may_be_updated_at_once(string maxUnavailable, int expected)
    {
        IntOrString bound = int.TryParse(maxUnavailable, out var number) ? number : maxUnavailable;
        _stage.Apply(StatefulSetBuilder.Make(5, policy: "Parallel").WithRolling(maxUnavailable: bound));
        var least = int.MaxValue;
        _stage.World.Committed += (_, _, _) => least = Math.Min(least, _stage.Pods.Count(pod =>
            World.IsReady(pod) && pod.Metadata.DeletionTimestamp is null));
        _stage.Replace(set => set.WithImage("v2"));

        Assert.Equal("v2 v2 v2 v2 v2", _stage.Images);
        Assert.Equal(5 - expected, least);
    }

    /// <summary>Clients may write a status.</summary>
    [Fact]
    public void What_has_been_waited_for_since_the_end_of_time_stops_nothing()
    {
        _stage.Apply(StatefulSetBuilder.Make().WithImage("broken"));
        var conditions = _stage.Set.Status.Conditions.Select(
            each => each with { LastTransitionTime = LaterTime.End }).ToValueList();
        var written = _stage.Set with { Status = _stage.Set.Status with { Conditions = conditions } };
        _stage.World.Ask(EntityKey.Of(written), new Replace(written) { Subresource = "status" });
        _stage.World.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal("PodNotReady", _stage.Waiting?.Reason);

        _stage.Replace(set => set.WithImage("v1"));
        Assert.Equal("v1 v1 v1", _stage.Images);
    }

    [Fact]
    public void A_broken_template_stops_at_the_first_pod_and_the_next_template_mends_it()
    {
        _stage.Apply(StatefulSetBuilder.Make());
        _stage.Replace(set => set.WithImage("broken"));
        _stage.World.RunFor(TimeSpan.FromMinutes(5));
        Assert.Equal("v1 v1 broken", _stage.Images);
        Assert.Equal("PodNotReady", _stage.Waiting?.Reason);

        _stage.Replace(set => set.WithImage("v1"));
        Assert.Equal("v1 v1 v1", _stage.Images);
        Assert.Equal(["web-2", "web-2"], _stage.Removed);
        Assert.Equal(1, _stage.Told("ReplacingBrokenPod"));
        Assert.Null(_stage.Waiting);
    }

    [Fact]
    public void A_set_that_never_came_up_is_mended_by_its_next_template()
    {
        _stage.Apply(StatefulSetBuilder.Make(image: "broken"));
        _stage.Replace(set => set.WithImage("v2"));
        Assert.Equal("v2 v2 v2", _stage.Images);
    }

    [Fact]
    public void A_broken_pod_of_an_update_goes_back_when_the_partition_excludes_it()
    {
        _stage.Apply(StatefulSetBuilder.Make());
        _stage.Replace(set => set.WithImage("broken"));
        _stage.Replace(set => set.WithRolling(partition: 3));
        Assert.Equal("v1 v1 v1", _stage.Images);
    }

    [Fact]
    public void On_delete_waits_for_the_user_and_says_so()
    {
        _stage.Apply(StatefulSetBuilder.Make(2).WithSpec(spec => spec with
        {
            UpdateStrategy = new StatefulSetUpdateStrategy { Type = "OnDelete" },
        }));
        _stage.Replace(set => set.WithImage("v2"));
        Assert.Equal("v1 v1", _stage.Images);
        Assert.Equal(
            ("OnDelete", "2 pods are of an older revision until somebody deletes them (updateStrategy OnDelete)"),
            _stage.Waiting);
        Assert.True(_stage.IsAtRest);

        _stage.Delete("web-0");
        Assert.Equal("v2 v1", _stage.Images);
        Assert.Equal(1, _stage.Set.Status.UpdatedReplicas);
    }

    [Fact]
    public void A_lost_pod_comes_back_under_its_name_when_it_is_gone_not_before()
    {
        _stage.Apply(StatefulSetBuilder.Make());
        var before = _stage.Pods[1].Metadata.Uid;
        _stage.Delete("web-1");
        Assert.Equal("web-1", _stage.Pods[1].Metadata.Name);
        Assert.NotEqual(before, _stage.Pods[1].Metadata.Uid);
    }

    [Fact]
    public void A_pod_whose_node_is_lost_is_not_made_again_before_it_is_gone()
    {
        _stage.Apply(StatefulSetBuilder.Make());
        _stage.World.Stops = _ => false;
        _stage.Delete("web-1");
        _stage.World.RunFor(TimeSpan.FromHours(1));

        Assert.Equal("PodTerminating", _stage.Waiting?.Reason);
        Assert.Equal(1, _stage.Told("PodTerminating"));
        Assert.Equal((3, 2), (_stage.Pods.Count, _stage.Set.Status.ReadyReplicas));
        _stage.World.Stops = _ => true;
        _stage.World.RunUntilQuiet();
        Assert.Equal(3, _stage.Set.Status.ReadyReplicas);
    }

    [Fact]
    public void Pods_that_have_ended_are_made_again_after_longer_and_longer_pauses()
    {
        _stage.Apply(StatefulSetBuilder.Make(1));
        foreach (var end in (string[])["Failed", "Succeeded"])
        {
            _stage.World.EndOf = _ => end;
            _stage.World.RunUntilQuiet();
            _stage.World.EndOf = _ => null;
            _stage.World.RunFor(TimeSpan.FromMinutes(1));
            Assert.Equal(1, _stage.Set.Status.ReadyReplicas);
        }

        Assert.InRange(
            _stage.Told("RecreatingTerminatedPod: StatefulSet default/web is recreating terminated Pod web-0"), 1, 2);
        var before = _stage.Removed.Count;
        _stage.World.EndOf = _ => "Failed";
        _stage.World.RunFor(TimeSpan.FromMinutes(10));
        Assert.InRange(_stage.Removed.Count - before, 3, 12);
    }

    [Fact]
    public void Pods_become_available_after_a_time_and_the_next_waits_for_it()
    {
        _stage.Apply(StatefulSetBuilder.Make(2).WithSpec(spec => spec with { MinReadySeconds = 30 }));
        Assert.Equal(["web-0"], _stage.Made);
        Assert.Equal((1, 0), (_stage.Set.Status.ReadyReplicas, _stage.Set.Status.AvailableReplicas));
        Assert.Equal("PodNotAvailable", _stage.Waiting?.Reason);
        _stage.World.RunFor(TimeSpan.FromSeconds(65));
        Assert.Equal((2, 2), (_stage.Set.Status.ReadyReplicas, _stage.Set.Status.AvailableReplicas));
        Assert.True(_stage.IsAtRest);
    }

    [Fact]
    public void Old_revisions_beyond_the_limit_go_but_not_those_that_pods_are_of()
    {
        _stage.Apply(StatefulSetBuilder.Make(1).WithSpec(spec => spec with { RevisionHistoryLimit = 1 }));
        foreach (var image in (string[])["v2", "v3", "v4"])
        {
            _stage.Replace(set => set.WithImage(image));
        }

        Assert.Equal([3L, 4L], _stage.Revisions.Select(revision => revision.Revision));
    }

    [Fact]
    public void Orphaned_pods_and_revisions_are_taken_over_without_a_restart()
    {
        _stage.Apply(StatefulSetBuilder.Make(2));
        _stage.Replace(set => set.WithImage("v2"));
        var before = _stage.Pods.Select(pod => pod.Metadata.Uid).ToList();
        _stage.Orphan();
        _stage.Apply(StatefulSetBuilder.Make(2, "v2"));

        Assert.Equal(before, _stage.Pods.Select(pod => pod.Metadata.Uid));
        Assert.All(_stage.Pods, pod =>
            Assert.Equal(_stage.Set.Metadata.Uid, ObjectLifecycle.ControllerOf(pod)!.Uid));
        Assert.Equal([1L, 2L], _stage.Revisions.Select(revision => revision.Revision));
        Assert.Equal((2, 2), (_stage.Set.Status.ReadyReplicas, _stage.Set.Status.UpdatedReplicas));
    }

    [Fact]
    public void A_pod_without_a_number_is_not_taken_and_one_of_a_strangers_stands_in_the_way()
    {
        var stranger = new Pod
        {
            Metadata = new ObjectMeta { Name = "web-0", Namespace = "default" },
            Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "v1" }] },
        };
        _stage.World.Ask(EntityKey.Of(stranger), new Create(stranger));
        var extra = stranger with
        {
            Metadata = new ObjectMeta
            {
                Name = "web-a", Namespace = "default", Labels = DeploymentBuilder.Label("app", "web"),
            },
        };
        _stage.World.Ask(EntityKey.Of(extra), new Create(extra));
        _stage.Apply(StatefulSetBuilder.Make(1));
        _stage.World.RunFor(TimeSpan.FromSeconds(10));

        Assert.All(_stage.World.All<Pod>(), pod => Assert.Null(ObjectLifecycle.ControllerOf(pod)));
        Assert.Equal("FailedCreate", _stage.Waiting?.Reason);
        Assert.InRange(_stage.Told("FailedCreate: create Pod web-0 in StatefulSet web failed error: pods"), 2, 6);
        _stage.Delete("web-0");
        _stage.World.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _stage.Set.Status.ReadyReplicas);
    }

    [Fact]
    public void Refused_pods_are_told_and_tried_again()
    {
        _stage.World.Refusals["pods"] = Statuses.Forbidden("pods", "web-0", "exceeded quota: small");
        _stage.Apply(StatefulSetBuilder.Make());
        Assert.True(_stage.Told("FailedCreate: create Pod web-0 in StatefulSet web failed error: ") > 0);
        _stage.World.Refusals.Clear();
        _stage.World.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(3, _stage.Set.Status.ReadyReplicas);
    }
}
