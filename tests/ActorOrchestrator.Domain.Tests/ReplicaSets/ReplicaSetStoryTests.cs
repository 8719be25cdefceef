using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.ReplicaSets;
using ActorOrchestrator.Domain.Tests.Deployments;
using ActorOrchestrator.Domain.Tests.Priorities;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.ReplicaSets;

/// <summary>What a user of kubectl sees of a ReplicaSet, told as stories in a kind world.</summary>
public sealed class ReplicaSetStoryTests
{
    private static readonly EntityKey Key = new("replicasets.apps", "default", "web");

    private readonly World _world = new(seed: 11, new Unkindness());

    private ReplicaSet Web => _world.Find<ReplicaSet>(Key)!;

    [Fact]
    public void Pods_are_made_of_the_template_and_owned()
    {
        Apply(2);

        Assert.Equal(2, Pods().Count);
        Assert.All(Pods(), pod =>
        {
            Assert.Matches("^web-[bcdfghjklmnpqrstvwxz2456789]{5}$", pod.Metadata.Name);
            Assert.Equal("web-", pod.Metadata.GenerateName);
            Assert.Equal(("web", "kept"), (pod.Metadata.Labels["app"], pod.Metadata.Annotations["note"]));
            Assert.Equal(["example.org/guard"], pod.Metadata.Finalizers);
            var owner = Assert.Single(pod.Metadata.OwnerReferences);
            Assert.Equal(
                ("apps/v1", "ReplicaSet", "web", Web.Metadata.Uid),
                (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid));
            Assert.Equal((true, true), (owner.Controller, owner.BlockOwnerDeletion));
        });
        Assert.Equal(
            new ReplicaSetStatus
            {
                Replicas = 2, FullyLabeledReplicas = 2, ReadyReplicas = 2, AvailableReplicas = 2,
                ObservedGeneration = 1,
                TerminatingReplicas = 0,
            },
            Web.Status);
    }

    [Fact]
    public void Scaled_to_nothing_all_pods_go_and_each_is_an_event()
    {
        Apply(2, guarded: false);
        Scale(0);

        Assert.Empty(Pods());
        Assert.Equal((0, 0), (Web.Status.Replicas, Web.Status.TerminatingReplicas));
        Assert.Equal(2, _world.RecordedEvents.Count(text => text.StartsWith("SuccessfulDelete: Deleted pod: web-")));
    }

    /// <summary>Whatever is lost on the way.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void A_pod_that_is_to_be_replaced_goes_when_another_one_is_available(int replicas, int evicted)
    {
        Apply(replicas, guarded: false);
        var leaving = Pods().Take(evicted).ToList();
        foreach (var pod in leaving)
        {
            _world.Ask(EntityKey.Of(pod), new Replace(Replacement.AsMarked(pod)));
        }

        var fewest = int.MaxValue;
        _world.Committed += (_, _, _) => fewest = Math.Min(
            fewest, Pods().Count(pod => World.IsReady(pod) && pod.Metadata.DeletionTimestamp is null));
        _world.RunUntilQuiet();

        Assert.Equal((replicas, replicas), (Pods().Count, fewest));
        Assert.DoesNotContain(Pods(), pod => leaving.Any(gone => gone.Metadata.Uid == pod.Metadata.Uid));
        Assert.Equal(replicas, Web.Status.Replicas);
    }

    [Fact]
    public void A_pod_that_waits_for_a_finalizer_is_shown_as_terminating()
    {
        Apply(2);
        Scale(1);

        Assert.Equal((1, 1, 1), (Web.Status.Replicas, Web.Status.ReadyReplicas, Web.Status.TerminatingReplicas));
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Succeeded")]
    public void A_finished_pod_is_replaced_and_stays_listed(string phase)
    {
        Apply(1);
        var pod = Assert.Single(Pods());
        _world.Ask(EntityKey.Of(pod), new PodStatusReported(pod.Metadata.Uid!, pod.Status with { Phase = phase }));
        _world.RunUntilQuiet();

        Assert.Equal(2, Pods().Count);
        Assert.Equal((1, 1), (Web.Status.Replicas, Web.Status.ReadyReplicas));
    }

    [Fact]
    public void Orphans_that_match_are_taken_instead_of_new_pods_and_too_many_go()
    {
        var orphans = Enumerable.Range(0, 3).Select(i => Orphan($"left-{i}", "web")).ToList();
        var stranger = Orphan("other", "db");

        Apply(2);

        Assert.Equal(2, Pods().Count(pod => orphans.Contains(pod.Metadata.Uid!)));
        Assert.All(Pods().Where(pod => pod.Metadata.Name!.StartsWith("left")), pod =>
            Assert.Equal(Web.Metadata.Uid, Assert.Single(pod.Metadata.OwnerReferences).Uid));
        Assert.Empty(Pods().Single(pod => pod.Metadata.Uid == stranger).Metadata.OwnerReferences);
        Assert.Equal(3, Pods().Count);
    }

    [Fact]
    public void An_orphan_that_another_controller_was_faster_to_take_is_left_to_it()
    {
        Apply(1);
        var uid = Orphan("contested", "web");
        var contested = _world.All<Pod>().Single(pod => pod.Metadata.Uid == uid);
        var other = new OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "other", Uid = "o" };
        _world.Ask(EntityKey.Of(contested), new Adopt(
            Key with { Name = "other" }, uid, other with { Controller = true }));
        _world.Ask(Key, new AdoptableFound([contested]));
        _world.RunUntilQuiet();

        Assert.Equal((1, 1), (Web.Status.Replicas, Pods().Count(pod => pod.Metadata.Uid != uid)));
        Assert.Equal("o", Pods().Single(pod => pod.Metadata.Uid == uid).Metadata.OwnerReferences.Single().Uid);
    }

    /// <summary>A ReplicaSet that says that it controls itself would be told to itself as a pod of its own.</summary>
    [Fact]
    public void What_is_no_pod_is_not_taken_whatever_its_owner_references_say()
    {
        Apply(1);
        var itself = Owners.ReferenceTo(Web);
        var owned = Web with { Metadata = Web.Metadata with { OwnerReferences = [itself] } };
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Replace(owned)));
        _world.RunUntilQuiet();
        var version = Web.Metadata.ResourceVersion;
        _world.ResyncAll();
        _world.RunUntilQuiet();

        Assert.Equal((1, 1, version), (Pods().Count, Web.Status.Replicas, Web.Metadata.ResourceVersion));
    }

    [Fact]
    public void A_pod_whose_labels_no_longer_match_is_released_and_replaced()
    {
        Apply(1);
        var pod = Assert.Single(Pods());
        var relabeled = pod with
        {
            Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With("app", "debug") },
        };
        Assert.IsType<Reply.Accepted>(_world.Ask(EntityKey.Of(pod), new Replace(relabeled)));
        _world.RunUntilQuiet();

        Assert.Equal(2, Pods().Count);
        Assert.Empty(Pods().Single(other => other.Metadata.Uid == pod.Metadata.Uid).Metadata.OwnerReferences);
        Assert.Equal(1, Web.Status.Replicas);
    }

    [Fact]
    public void Refused_pods_are_a_condition_and_an_event_and_are_tried_again_after_a_pause()
    {
        _world.Refusals["pods"] = Statuses.Forbidden("pods", "web-x", "exceeded quota: small");
        Apply(2);

        var condition = Assert.Single(Web.Status.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate"), (condition.Type, condition.Status, condition.Reason));
        Assert.Contains("exceeded quota: small", condition.Message);
        Assert.Contains(_world.RecordedEvents, text =>
            text.StartsWith("FailedCreate: Error creating: pods \"web-x\" is forbidden"));
        Assert.Equal(0, Web.Status.Replicas);

        _world.Refusals.Clear();
        _world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Empty(Web.Status.Conditions);
        Assert.Equal((2, 2), (Web.Status.Replicas, Web.Status.ReadyReplicas));
    }

    [Fact]
    public void Its_pods_are_admitted_with_the_priority_of_their_class_once_it_exists()
    {
        var set = Make(1);
        var spec = set.Spec.Template.Spec with { PriorityClassName = "high" };
        _world.Ask(Key, new Create(
            set with { Spec = set.Spec with { Template = set.Spec.Template with { Spec = spec } } }));
        _world.RunUntilQuiet();
        Assert.Empty(Pods());
        Assert.Contains(_world.RecordedEvents, text => text.EndsWith("no PriorityClass with name high was found"));

        _world.Priorities = PriorityClasses.None.With(PriorityClassTests.Class("high", 1000));
        _world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(1000, Assert.Single(Pods()).Spec.Priority);
    }

    [Fact]
    public void Pods_that_their_node_refuses_are_replaced_ever_more_slowly()
    {
        var run = new EntityRun(new ReplicaSetDecider(), Key).Send(new Create(Make(2, guarded: false)));
        run.Send(new AdoptableFound([]));
        var made = new List<Pod>();
        for (var second = 0; second < 600; second++, run.Pass(TimeSpan.FromSeconds(1)))
        {
            var asked = run.Effects.OfType<Effect.Tell>().Select(tell => tell.Message).OfType<Create>()
                .Select(create => (Pod)create.Object)
                .Where(pod => made.All(other => other.Metadata.Uid != pod.Metadata.Uid))
                .DistinctBy(pod => pod.Metadata.Uid).ToList();
            foreach (var pod in asked)
            {
                var failed = pod with
                {
                    Metadata = pod.Metadata with { CreationTimestamp = run.Now },
                    Status = new NodeRejection("OutOfcpu", "no").StatusOf(pod, run.Now),
                };
                made.Add(failed);
                run.Send(new ChildReport(EntityKey.Of(pod), pod.Metadata.Uid!, failed));
            }
        }

        Assert.InRange(made.Count, 8, 20);
        Assert.False(run.IsAtRest);
        var condition = Assert.Single(((ReplicaSet)run.Object!).Status.Conditions);
        Assert.Equal(
            ("ReplicaFailure", "True", "PodsRejected", "nodes do not take the pods: OutOfcpu: no"),
            (condition.Type, condition.Status, condition.Reason, condition.Message));
        Assert.Equal(made[0].Metadata.CreationTimestamp, condition.LastTransitionTime);
    }

    [Fact]
    public void A_terminating_replica_set_makes_no_pods()
    {
        Apply(1, guarded: false);
        _world.Ask(Key, new Delete(new DeleteOptions { PropagationPolicy = "Foreground" }));
        _world.Ask(EntityKey.Of(Pods()[0]), Delete.Background);
        _world.RunUntilQuiet();

        Assert.NotNull(Web.Metadata.DeletionTimestamp);
        Assert.Empty(Pods());
        Assert.Equal(0, Web.Status.Replicas);
    }

    [Fact]
    public void After_a_crash_in_the_middle_of_creation_exactly_the_claimed_pods_are_asked_for_again()
    {
        _world.Ask(Key, new Create(Make(3, guarded: false)));
        var claimed = new List<string>();
        _world.Committed += (_, _, @event) => claimed.AddRange(
            @event is PodsClaimed claims ? claims.Pods.Select(pod => pod.Uid) : []);
        for (var i = 0; i < 1000 && claimed.Count == 0; i++)
        {
            _world.Step();
        }

        _world.LoseAllMessages();
        _world.Restart(Key.ToString());
        _world.RunUntilQuiet();

        Assert.Equal(3, claimed.Count);
        Assert.Equal(claimed.Order(StringComparer.Ordinal), Pods().Select(pod => pod.Metadata.Uid!).Order());
        Assert.Equal((3, 3), (Web.Status.Replicas, Web.Status.ReadyReplicas));
    }

    [Fact]
    public void After_a_restart_pods_that_had_gone_before_are_not_shown_again()
    {
        Apply(3);
        Scale(2);
        var shown = new List<int>();
        _world.Committed += (key, _, _) => shown.Add(key == Key ? Web.Status.Replicas : 2);

        _world.Restart(Key.ToString());
        _world.RunUntilQuiet();

        Assert.Equal(3, Pods().Count);
        Assert.All(shown, replicas => Assert.Equal(2, replicas));
        Assert.Equal((2, 2, 1), (Web.Status.Replicas, Web.Status.ReadyReplicas, Web.Status.TerminatingReplicas));
    }

    [Fact]
    public void After_a_restart_silent_pods_count_for_no_more_than_was_shown_and_new_ones_are_added()
    {
        Apply(3);
        Scale(2);
        _world.LoseAllMessages();
        _world.Restart(Key.ToString());
        _world.LoseAllMessages();
        _world.Ask(Key, new AdoptableFound([]));
        _world.Ask(Key, new SetScale(4));
        _world.Ask(Key, Reconcile.Instance);

        Assert.Equal((3, 1), (Web.Status.Replicas, Web.Status.TerminatingReplicas));
        Assert.Equal(4, Web.Spec.Replicas);
    }

    [Fact]
    public void A_resizing_for_another_generation_or_with_more_available_than_known_is_refused()
    {
        var controller = new OwnerReference
        {
            ApiVersion = "apps/v1", Kind = "Deployment", Name = "web", Uid = "d", Controller = true,
        };
        Apply(3, controller: controller);
        ResizeReplicaSet Ask(long generation, int available) => new(
            DeploymentBuilder.Key, "d", Web.Metadata.Uid!, generation, available, Replicas: 1, MinReadySeconds: 0,
            ValueMap<string>.Empty);

        _world.Ask(Key, Ask(generation: 2, available: 3));
        _world.Ask(Key, Ask(generation: 1, available: 2));
        _world.Ask(Key, Ask(generation: 1, available: 3) with { OwnerUid = "other" });
        Assert.Equal(3, Web.Spec.Replicas);

        _world.Ask(Key, Ask(generation: 1, available: 3));
        Assert.Equal((1, 2L), (Web.Spec.Replicas, Web.Metadata.Generation));
    }

    [Fact]
    public void A_short_history_makes_the_same_claims()
    {
        var behavior = new ReplicaSetDecider();
        DomainEvent[] events =
        [
            new ObjectCreated(Make(3)),
            new PodsClaimed([new("a", "web-a"), new("b", "web-b"), new("c", "web-c")], IsAdoption: false),
            new PodsClaimed([new("o", "left-o")], IsAdoption: true),
            new PodsConfirmed(["a", "b"]),
            new PodsDeletionRequested(["b"]),
            new PodsUnclaimed(["c"]),
        ];
        var state = events.Aggregate(ReplicaSetState.Absent, behavior.Apply);
        var again = behavior.History(state).Aggregate(ReplicaSetState.Absent, behavior.Apply);

        Assert.Equal(state.Claims.Values, again.Claims.Values);
        Assert.Equal(3, again.Claims.Count);
    }

    private void Apply(int replicas, bool guarded = true, OwnerReference? controller = null)
    {
        var set = Make(replicas, guarded);
        set = controller is null ? set : set with { Metadata = set.Metadata with { OwnerReferences = [controller] } };
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Create(set)));
        _world.RunUntilQuiet();
    }

    private void Scale(int replicas)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new SetScale(replicas)));
        _world.RunUntilQuiet();
    }

    private static ReplicaSet Make(int replicas, bool guarded = true) => Defaults.Apply(new ReplicaSet
    {
        Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
        Spec = new ReplicaSetSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = DeploymentBuilder.Label("app", "web") },
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta
                {
                    Labels = DeploymentBuilder.Label("app", "web"),
                    Annotations = DeploymentBuilder.Label("note", "kept"),
                    Finalizers = guarded ? ["example.org/guard"] : [],
                },
                Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "v1" }] },
            },
        },
    });

    private string Orphan(string name, string app)
    {
        var pod = Defaults.Apply(new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = name, Namespace = "default", Labels = DeploymentBuilder.Label("app", app),
            },
            Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "v1" }] },
        });
        var reply = Assert.IsType<Reply.Accepted>(_world.Ask(EntityKey.Of(pod), new Create(pod)));
        _world.RunUntilQuiet();
        return reply.Object.Metadata.Uid!;
    }

    private List<Pod> Pods() => _world.All<Pod>().ToList();
}
