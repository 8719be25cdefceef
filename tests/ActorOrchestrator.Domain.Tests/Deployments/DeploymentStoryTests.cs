using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Tests.Deployments;

/// <summary>What a user of kubectl sees of a Deployment, told as stories in a kind world.</summary>
public sealed class DeploymentStoryTests
{
    private static readonly EntityKey Key = DeploymentBuilder.Key;

    private readonly World _world = new(seed: 7, new Unkindness());

    private Deployment Web => _world.Find<Deployment>(Key)!;

    [Fact]
    public void A_new_deployment_makes_one_replica_set_and_is_complete_when_its_pods_are_available()
    {
        Apply(DeploymentBuilder.Make(3));

        var set = Assert.Single(_world.All<ReplicaSet>());
        Assert.Equal($"web-{set.Metadata.Labels[PodTemplateHash.Label]}", set.Metadata.Name);
        Assert.Equal(set.Metadata.Labels, set.Spec.Template.Metadata.Labels);
        Assert.Equal(set.Metadata.Labels, set.Spec.Selector!.MatchLabels);
        Assert.Equal(
            "deployment.kubernetes.io/desired-replicas=3 deployment.kubernetes.io/max-replicas=4 "
            + "deployment.kubernetes.io/revision=1",
            string.Join(' ', set.Metadata.Annotations.Select(entry => $"{entry.Key}={entry.Value}")));
        Assert.Equal("1", Web.Metadata.Annotations[Revisions.Revision]);
        Assert.Equal((3, 3, 3, 3, 0), Counts());
        Assert.Equal(
            ["Available True MinimumReplicasAvailable Deployment has minimum availability.",
                "Progressing True NewReplicaSetAvailable "
                + $"ReplicaSet \"{set.Metadata.Name}\" has successfully progressed."],
            Conditions());
        Assert.Equal($"ScalingReplicaSet: Scaled up replica set {set.Metadata.Name} from 0 to 3", Scalings().Single());
        Assert.Equal(3, _world.RecordedEvents.Count(text => text.StartsWith("SuccessfulCreate: Created pod: web-")));
    }

    [Fact]
    public void An_update_replaces_all_pods_within_the_bounds_and_says_each_step()
    {
        Apply(DeploymentBuilder.Make(2, "v1", surge: "1", unavailable: "0"));
        _world.RecordedEvents.Clear();

        Change(web => web.WithImage("v2"));

        var (old, newSet) = (Set("v1"), Set("v2"));
        Assert.Equal((2, 2, 2, 2, 0), Counts());
        Assert.Equal((0, 2), (old.Spec.Replicas, newSet.Spec.Replicas));
        Assert.Equal("2", Web.Metadata.Annotations[Revisions.Revision]);
        Assert.Equal(
            [$"ScalingReplicaSet: Scaled down replica set {old.Metadata.Name} from 1 to 0",
                $"ScalingReplicaSet: Scaled down replica set {old.Metadata.Name} from 2 to 1",
                $"ScalingReplicaSet: Scaled up replica set {newSet.Metadata.Name} from 0 to 1",
                $"ScalingReplicaSet: Scaled up replica set {newSet.Metadata.Name} from 1 to 2"],
            Scalings().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_no_replica_set_is_not_taken_whatever_its_owner_references_say()
    {
        Apply(DeploymentBuilder.Make(1));
        Change(web => web with
        {
            Metadata = web.Metadata with { OwnerReferences = [Owners.ReferenceTo(web)] },
        });
        var version = Web.Metadata.ResourceVersion;
        _world.ResyncAll();
        _world.RunUntilQuiet();

        Assert.Equal((1, version), (_world.All<ReplicaSet>().Count(), Web.Metadata.ResourceVersion));
    }

    [Fact]
    public void An_undo_finds_the_old_replica_set_again_and_gives_it_a_new_revision()
    {
        Apply(DeploymentBuilder.Make(2));
        var first = Set("v1").Metadata.Uid;
        Change(web => web.WithImage("v2"));
        Change(web => web.WithImage("v1"));

        Assert.Equal(2, _world.All<ReplicaSet>().Count());
        Assert.Equal((first, 2), (Set("v1").Metadata.Uid, Set("v1").Spec.Replicas));
        Assert.Equal("3", Web.Metadata.Annotations[Revisions.Revision]);
        Assert.Equal("3", Set("v1").Metadata.Annotations[Revisions.Revision]);
        Assert.Equal("1", Set("v1").Metadata.Annotations[Revisions.History]);
    }

    [Fact]
    public void A_bad_image_stalls_at_the_bound_misses_its_deadline_and_an_undo_recovers()
    {
        Apply(DeploymentBuilder.Make(4, "v1", surge: "1", unavailable: "1"));
        Change(web => web.WithImage("broken"));

        Assert.Equal((5, 2, 3, 3, 2), Counts());
        Assert.Equal(("True", DeploymentConditions.ReplicaSetUpdated), Progressing());

        _world.RunFor(TimeSpan.FromMinutes(9));
        Assert.Equal(("True", DeploymentConditions.ReplicaSetUpdated), Progressing());
        _world.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal(("False", DeploymentConditions.ProgressDeadlineExceeded), Progressing());
        const string why = "old pods wait for new ones to become available (3 pods are, at least 3 must be).";
        Assert.Contains(Conditions(), text => text.EndsWith($"has timed out progressing: {why}"));
        Assert.Single(_world.RecordedEvents, text =>
            text.StartsWith("ProgressDeadlineExceeded: ReplicaSet") && text.EndsWith(why));
        Assert.Equal((5, 2, 3, 3, 2), Counts());

        Change(web => web.WithImage("v1"));
        Assert.Equal((4, 4, 4, 4, 0), Counts());
        Assert.Equal(("True", DeploymentConditions.NewReplicaSetAvailable), Progressing());
    }

    [Theory]
    [InlineData("RollingUpdate", "old pods wait for new ones to become available (3 pods are, at least 3 must be)")]
    [InlineData("Recreate", "new pods wait for 1 old one to stop")]
    [InlineData("Recreate", "0 of 3 new pods are available")]
    public void What_a_rollout_waits_for_is_the_message_of_its_progressing_condition(string strategy, string reason)
    {
        Apply(DeploymentBuilder.Make(3, "v1", surge: "1", unavailable: "0").WithSpec(spec => strategy == "Recreate"
            ? spec with { Strategy = new DeploymentStrategy { Type = strategy } }
            : spec));
        var messages = new List<string>();
        _world.Committed += (key, _, _) => messages.AddRange(key == Key ? Conditions() : []);

        Change(web => web.WithImage("v2"));

        Assert.Contains(messages, text => text.EndsWith($" is progressing: {reason}."));
        Assert.EndsWith("has successfully progressed.", messages[^1]);
    }

    [Fact]
    public void A_paused_deployment_follows_its_number_but_not_its_template()
    {
        Apply(DeploymentBuilder.Make(2));
        Change(web => web.WithSpec(spec => spec with { Paused = true }));
        Assert.Equal(("Unknown", DeploymentConditions.DeploymentPaused), Progressing());

        Change(web => web.WithImage("v2"));
        Assert.Single(_world.All<ReplicaSet>());
        Assert.Equal((2, 0, 2, 2, 0), Counts());

        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new SetScale(5)));
        _world.RunUntilQuiet();
        Assert.Equal((5, 0, 5, 5, 0), Counts());

        Change(web => web.WithSpec(spec => spec with { Paused = false }));
        Assert.Equal((5, 5, 5, 5, 0), Counts());
        Assert.Equal(("True", DeploymentConditions.NewReplicaSetAvailable), Progressing());
    }

    [Fact]
    public void The_time_of_a_pause_does_not_count_for_the_deadline()
    {
        Apply(DeploymentBuilder.Make(2));
        Change(web => web.WithImage("broken"));
        Change(web => web.WithSpec(spec => spec with { Paused = true }));
        _world.RunFor(TimeSpan.FromHours(1));
        Change(web => web.WithSpec(spec => spec with { Paused = false }));

        Assert.Equal(("Unknown", DeploymentConditions.DeploymentResumed), Progressing());
        _world.RunFor(TimeSpan.FromMinutes(11));
        Assert.Equal(("False", DeploymentConditions.ProgressDeadlineExceeded), Progressing());
    }

    [Fact]
    public void Scaled_in_the_middle_of_a_rollout_both_sets_get_their_share()
    {
        Apply(DeploymentBuilder.Make(10, "v1", surge: "5", unavailable: "0"));
        Change(web => web.WithImage("broken"));
        Assert.Equal((10, 5), (Set("v1").Spec.Replicas, Set("broken").Spec.Replicas));

        Change(web => web.WithSpec(spec => spec with
        {
            Replicas = 30, Strategy = DeploymentBuilder.Rolling("15", "0"),
        }));

        Assert.Equal((30, 15), (Set("v1").Spec.Replicas, Set("broken").Spec.Replicas));
        Assert.Equal((45, 15, 30, 30, 15), Counts());
    }

    [Fact]
    public void Recreate_starts_nothing_before_the_last_old_pod_is_gone()
    {
        Apply(DeploymentBuilder.Make(3).WithSpec(
            spec => spec with { Strategy = new DeploymentStrategy { Type = "Recreate" } }));
        var mixed = false;
        _world.Committed += (_, _, _) =>
            mixed |= _world.All<Pod>().Select(pod => pod.Spec.Containers[0].Image).Distinct().Count() > 1;

        Change(web => web.WithImage("v2"));

        Assert.False(mixed, "an old and a new pod existed at the same time");
        Assert.Equal((3, 3, 3, 3, 0), Counts());
    }

    [Fact]
    public void Old_replica_sets_beyond_the_history_limit_are_deleted()
    {
        Apply(DeploymentBuilder.Make(1).WithSpec(spec => spec with { RevisionHistoryLimit = 1 }));
        foreach (var image in (string[])["v2", "v3", "v4"])
        {
            Change(web => web.WithImage(image));
        }

        Assert.Equal(["v3", "v4"], _world.All<ReplicaSet>().Select(Image).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pods_count_as_available_only_after_min_ready_seconds()
    {
        Apply(DeploymentBuilder.Make(2).WithSpec(spec => spec with { MinReadySeconds = 30 }));
        Assert.Equal((2, 2, 2, 0, 2), Counts());

        _world.RunFor(TimeSpan.FromSeconds(29));
        Assert.Equal((2, 2, 2, 0, 2), Counts());
        _world.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal((2, 2, 2, 2, 0), Counts());
        Assert.Equal(30, Set("v1").Spec.MinReadySeconds);
    }

    [Fact]
    public void A_change_of_min_ready_seconds_reaches_the_replica_set_without_a_rollout()
    {
        Apply(DeploymentBuilder.Make(2));
        Change(web => web.WithSpec(spec => spec with { MinReadySeconds = 5 }));

        Assert.Equal(5, Assert.Single(_world.All<ReplicaSet>()).Spec.MinReadySeconds);
    }

    [Fact]
    public void A_stranger_with_the_name_of_the_replica_set_makes_the_next_hash()
    {
        var name = new EntityKey("replicasets.apps", "default",
            $"web-{PodTemplateHash.Of(DeploymentBuilder.Make(1).Spec.Template, null)}");
        _world.Ask(name, new Create(new ReplicaSet
        {
            Metadata = new ObjectMeta { Name = name.Name, Namespace = "default" },
            Spec = new ReplicaSetSpec
            {
                Replicas = 0, Selector = new LabelSelector { MatchLabels = DeploymentBuilder.Label("a", "b") },
            },
        }));

        Apply(DeploymentBuilder.Make(1));

        Assert.Equal(1, Web.Status.CollisionCount);
        Assert.Equal((1, 1, 1, 1, 0), Counts());
        Assert.NotEqual(name.Name, Set("v1").Metadata.Name);
    }

    [Fact]
    public void A_refused_replica_set_is_a_condition_and_an_event_and_is_tried_again()
    {
        _world.Refusals["replicasets.apps"] = Statuses.Forbidden("replicasets.apps", "web-x", "exceeded quota");
        Apply(DeploymentBuilder.Make(1));
        Assert.Equal(("False", DeploymentConditions.ReplicaSetCreateError), Progressing());
        Assert.Contains(_world.RecordedEvents, text =>
            text.StartsWith("ReplicaSetCreateError: Failed to create new replica set \"web-")
            && text.EndsWith("quota"));

        _world.Refusals.Clear();
        _world.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal((1, 1, 1, 1, 0), Counts());
        Assert.Equal(("True", DeploymentConditions.NewReplicaSetAvailable), Progressing());
    }

    [Fact]
    public void Pods_that_cannot_be_created_are_shown_by_the_deployment_too()
    {
        _world.Refusals["pods"] = Statuses.Forbidden("pods", "web-x", "exceeded quota");
        Apply(DeploymentBuilder.Make(1));
        Assert.Contains(Conditions(), text => text.StartsWith("ReplicaFailure True FailedCreate"));

        _world.Refusals.Clear();
        _world.RunFor(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(Conditions(), text => text.StartsWith("ReplicaFailure"));
        Assert.Equal((1, 1, 1, 1, 0), Counts());
    }

    [Fact]
    public void A_deployment_made_again_takes_over_the_replica_sets_and_pods_that_were_left()
    {
        Apply(DeploymentBuilder.Make(2));
        var (set, pods) = (Set("v1").Metadata.Uid, Pods());
        _world.Ask(Key, Delete.Background);
        _world.Ask(EntityKey.Of(Set("v1")), new Release(set!, Set("v1").Metadata.OwnerReferences[0].Uid));
        _world.RunUntilQuiet();

        Apply(DeploymentBuilder.Make(2));

        Assert.Equal(set, Assert.Single(_world.All<ReplicaSet>()).Metadata.Uid);
        Assert.Equal(pods, Pods());
        Assert.Equal((2, 2, 2, 2, 0), Counts());
        Assert.Equal(Web.Metadata.Uid, Set("v1").Metadata.OwnerReferences.Single().Uid);
    }

    [Fact]
    public void A_replica_set_deleted_by_hand_is_made_again()
    {
        Apply(DeploymentBuilder.Make(1));
        var first = Set("v1").Metadata.Uid!;
        _world.Ask(EntityKey.Of(Set("v1")), Delete.Background);
        _world.RunUntilQuiet();

        Assert.NotEqual(first, Set("v1").Metadata.Uid);
        Assert.Equal((1, 1, 1, 1, 0), Counts());
    }

    [Fact]
    public void A_restart_changes_nothing_and_shows_nothing()
    {
        Apply(DeploymentBuilder.Make(3));
        var (web, set, pods, events) = (Web, Set("v1"), Pods(), _world.RecordedEvents.Count);
        foreach (var key in _world.Keys)
        {
            _world.Restart(key);
        }

        _world.RunUntilQuiet();

        Assert.Equal((web, set, events), (Web, Set("v1"), _world.RecordedEvents.Count));
        Assert.Equal(pods, Pods());
    }

    private void Apply(Deployment deployment)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Create(deployment)));
        _world.RunUntilQuiet();
    }

    private void Change(Func<Deployment, Deployment> change)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Replace(change(Web))));
        _world.RunUntilQuiet();
    }

    private ReplicaSet Set(string image) => _world.All<ReplicaSet>().Single(set => Image(set) == image);

    private static string Image(ReplicaSet set) =>
        set.Spec.Template.Spec.Containers.Count > 0 ? set.Spec.Template.Spec.Containers[0].Image ?? "" : "";

    private List<string> Pods() => _world.All<Pod>().Select(pod => pod.Metadata.Uid!).ToList();

    private (int Replicas, int Updated, int Ready, int Available, int Unavailable) Counts() => (
        Web.Status.Replicas, Web.Status.UpdatedReplicas, Web.Status.ReadyReplicas, Web.Status.AvailableReplicas,
        Web.Status.UnavailableReplicas);

    private (string?, string?) Progressing()
    {
        var condition = Web.Status.Conditions.Find(DeploymentConditions.Progressing);
        return (condition?.Status, condition?.Reason);
    }

    private IEnumerable<string> Conditions() => Web.Status.Conditions
        .Select(condition => $"{condition.Type} {condition.Status} {condition.Reason} {condition.Message}")
        .Order(StringComparer.Ordinal);

    private IEnumerable<string> Scalings() => _world.RecordedEvents.Where(text => text.StartsWith("ScalingReplicaSet"));
}
