using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A Deployment of 2, surge 1, unavailable 0: at most 3 pods, at least 2 of them available.</summary>
public sealed class RolloutCheckTests : IDisposable
{
    private const string SetPath = "/apis/apps/v1/namespaces/default/replicasets/old";

    private readonly CheckWorld _world = new(new RolloutCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_rollout_within_its_bounds_is_fine()
    {
        BeginRollout();
        _world.Replace(Set("old", size: 1, available: 1));
        _world.Replace(Set("new", size: 2, available: 1));
        _world.Create(Pod("n2", "new"));
    }

    [Fact]
    public void The_surge_is_a_bound()
    {
        Begin();
        _world.Refuses(_ => _world.Create(Set("new", size: 2)), "replicasets.apps/default/new", "from 2 to 4", "3 are");
    }

    [Fact]
    public void Pods_that_may_still_come_count()
    {
        Begin();
        _world.Replace(Set("old", size: 2, available: 0));
        _world.Replace(Set("old", size: 0, available: 0, shown: 2));
        _world.Refuses(_ => _world.Create(Set("new", size: 2)), "to 4");
    }

    [Fact]
    public void Pods_that_a_set_finds_and_adopts_do_not_count()
    {
        Begin();
        _world.Create(Set("found", size: 0));
        _world.Replace(Set("found", size: 0, available: 0, shown: 4));
        _world.Create(Set("new", size: 1));
    }

    [Fact]
    public void Former_bounds_hold_for_what_is_on_its_way()
    {
        Begin();
        _world.Replace(Deployment() with { Spec = Deployment().Spec with { Replicas = 0 } });
        _world.Create(Set("new", size: 1));
        _world.Pass(3600);
        _world.Refuses(_ => _world.Replace(Set("new", size: 2)), "3 to 4", "1 are allowed");
    }

    [Fact]
    public void What_users_do_to_a_set_is_not_the_deployments()
    {
        Begin();
        var patch = _world.Send("PATCH", SetPath);
        _world.Replace(Set("old", size: 9, available: 2));
        _world.Answer(patch, 200, "");
        _world.Create(Pod("o3", "old"));
        _world.Create(Set("unaware", size: 1));
        _world.Pass(70);
        _world.Refuses(_ => _world.Replace(Set("old", size: 10, available: 2)), "from 10 to 11");
    }

    [Fact]
    public void Available_pods_stay_until_there_are_others()
    {
        Begin();
        _world.Create(Set("new", size: 1));
        _world.Pass(120);
        _world.Refuses(
            _ => _world.Replace(Set("old", size: 1, available: 2)),
            "replicasets.apps/default/old", "from 2 to 1", "1 of deployments.apps/default/web stay", "2 have to");
    }

    [Fact]
    public void Broken_pods_may_go()
    {
        Begin();
        _world.Replace(Set("old", size: 2, available: 1));
        _world.Create(Set("new", size: 1));
        _world.Pass(120);
        _world.Replace(Set("old", size: 1, available: 1));
    }

    [Fact]
    public void A_set_has_no_more_pods_than_it_was_to_have()
    {
        Begin();
        _world.Refuses(_ => _world.Create(Pod("o3", "old")), "pods/default/o3", "one too many");
    }

    [Fact]
    public void Adopted_pods_and_those_that_were_released_do_not_count()
    {
        Begin();
        _world.Create(Pod("stray", null));
        _world.Replace(Pod("stray", "old"));
        _world.Replace(Pod("o1", "old") with
        {
            Metadata = Pod("o1", "old").Metadata with { Labels = ValueMap<string>.Empty },
        });
        _world.Create(Pod("o3", "old"));
    }

    [Fact]
    public void Recreate_starts_nothing_beside_old_pods()
    {
        _world.Create(Recreated());
        _world.Create(Set("old", size: 1));
        _world.Create(Pod("o1", "old"));
        _world.Pass(3600);
        _world.Replace(Set("old", size: 0));
        _world.Commit(EntityKey.Of(Pod("o1", "old")), new DeletionRequested(_world.World.Loop.Now, 30, []));
        _world.Create(Set("new", size: 1));
        _world.Refuses(_ => _world.Create(Pod("n1", "new")), "pods/default/n1", "1 pods of old", "recreated");
    }

    /// <summary>What was made while the strategy was another one is kept up to its number.</summary>
    [Fact]
    public void Recreate_leaves_a_set_its_pods_even_beside_old_ones_that_never_go()
    {
        BeginRollout();
        _world.Replace(Recreated());
        _world.Pass(3600);

        _world.Delete(Pod("n1", "new"));
        _world.Create(Pod("n2", "new"));
    }

    private void Begin()
    {
        _world.Create(Deployment());
        _world.Create(Set("old", size: 2));
        _world.Create(Pod("o1", "old"));
        _world.Create(Pod("o2", "old"));
        _world.Replace(Set("old", size: 2, available: 2));
        _world.Pass(3600);
    }

    /// <summary>Up to where the first new pod is available and the first old one is to go.</summary>
    private void BeginRollout()
    {
        Begin();
        _world.Create(Set("new", size: 1));
        _world.Create(Pod("n1", "new"));
        _world.Replace(Set("new", size: 1, available: 1));
        _world.Replace(Set("old", size: 1, available: 2));
        _world.Commit(EntityKey.Of(Pod("o1", "old")), new DeletionRequested(_world.World.Loop.Now, 30, []));
    }

    private static Deployment Recreated() => Deployment() with
    {
        Spec = Deployment().Spec with { Strategy = new DeploymentStrategy { Type = "Recreate" } },
    };

    private static Deployment Deployment() => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "web" },
        Spec = new DeploymentSpec
        {
            Replicas = 2,
            Strategy = new DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateDeployment { MaxSurge = 1, MaxUnavailable = 0 },
            },
        },
    };

    private static ReplicaSet Set(string name, int size, int available = 0, int shown = 0) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name,
            OwnerReferences = [new OwnerReference { Uid = "web", Name = "web", Controller = true }],
        },
        Spec = new ReplicaSetSpec
        {
            Replicas = size, Selector = new LabelSelector { MatchLabels = Labels(name) },
        },
        Status = new ReplicaSetStatus { Replicas = shown, AvailableReplicas = available },
    };

    private static Pod Pod(string name, string? owner) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name, Labels = Labels(owner ?? "old"),
            OwnerReferences = owner is null
                ? []
                : [new OwnerReference { Uid = owner, Name = owner, Controller = true }],
        },
        Status = new PodStatus { Phase = "Running" },
    };

    private static ValueMap<string> Labels(string set) => ValueMap<string>.From([KeyValuePair.Create("set", set)]);
}
