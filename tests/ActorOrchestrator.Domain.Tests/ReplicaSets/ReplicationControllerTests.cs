using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.ReplicaSets;

/// <summary>A ReplicationController is decided as a ReplicaSet is; what is its own: its form, its name as an owner and
/// in Events, and that its selector may change.</summary>
public sealed class ReplicationControllerTests
{
    private static readonly EntityKey Key = new("replicationcontrollers", "default", "web");

    private readonly World _world = new(seed: 12, new Unkindness());

    private ReplicationController Web => _world.Find<ReplicationController>(Key)!;

    private List<Pod> Pods => [.. _world.All<Pod>()];

    [Fact]
    public void Its_pods_name_it_and_its_status_counts_them()
    {
        Apply(2);

        Assert.Equal(2, Pods.Count);
        Assert.All(Pods, pod =>
        {
            var owner = Assert.Single(pod.Metadata.OwnerReferences);
            Assert.Equal(
                ("v1", "ReplicationController", "web", Web.Metadata.Uid),
                (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid));
        });
        Assert.Equal(
            new ReplicationControllerStatus
            {
                Replicas = 2, FullyLabeledReplicas = 2, ReadyReplicas = 2, AvailableReplicas = 2,
                ObservedGeneration = 1,
            },
            Web.Status);
        Assert.DoesNotContain(Key.ToString(), _world.Restless());
    }

    [Fact]
    public void It_is_scaled_and_a_lost_pod_is_replaced()
    {
        Apply(2);
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new SetScale(3)));
        _world.RunUntilQuiet();
        var gone = Pods[0];
        _world.Ask(EntityKey.Of(gone), Delete.Background);
        _world.RunUntilQuiet();

        Assert.Equal((3, 3), (Pods.Count, Web.Status.ReadyReplicas));
        Assert.DoesNotContain(Pods, pod => pod.Metadata.Uid == gone.Metadata.Uid);
    }

    [Fact]
    public void Another_selector_lets_the_old_pods_go_and_takes_what_it_matches()
    {
        Apply(2);
        var old = Pods.Select(pod => pod.Metadata.Uid!).ToList();
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Replace(Make(2, "shop"))));
        _world.RunUntilQuiet();

        Assert.Equal(4, Pods.Count);
        Assert.All(Pods, pod => Assert.Equal(
            old.Contains(pod.Metadata.Uid!), ObjectLifecycle.ControllerOf(pod) is null));
        Assert.Equal((2, 2), (Web.Status.Replicas, Web.Status.ReadyReplicas));
    }

    [Fact]
    public void Refused_pods_are_a_condition_of_it()
    {
        _world.Refusals["pods"] = Statuses.Forbidden("pods", "web-x", "exceeded quota: small");
        Apply(1);

        var condition = Assert.Single(Web.Status.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate"), (condition.Type, condition.Status, condition.Reason));
        _world.Refusals.Clear();
        _world.RunFor(TimeSpan.FromSeconds(3));
        Assert.Empty(Web.Status.Conditions);
    }

    [Fact]
    public void After_a_restart_it_has_the_pods_that_it_had()
    {
        Apply(2);
        var before = Pods.Select(pod => pod.Metadata.Uid).Order().ToList();
        _world.Restart(Key.ToString());
        _world.RunUntilQuiet();

        Assert.Equal(before, Pods.Select(pod => pod.Metadata.Uid).Order());
        Assert.Equal((2, 2), (Web.Status.Replicas, Web.Status.ReadyReplicas));
    }

    private void Apply(int replicas)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(Key, new Create(Make(replicas, "web"))));
        _world.RunUntilQuiet();
    }

    private static ReplicationController Make(int replicas, string app) => Defaults.Apply(new ReplicationController
    {
        Metadata = new ObjectMeta { Name = Key.Name, Namespace = Key.Namespace },
        Spec = new ReplicationControllerSpec
        {
            Replicas = replicas,
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = DeploymentBuilder.Label("app", app) },
                Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "v1" }] },
            },
        },
    });
}
