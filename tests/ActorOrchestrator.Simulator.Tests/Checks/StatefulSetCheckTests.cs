using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.StatefulSets;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A StatefulSet of 3 pods, in order; an update from revision a to b, one after the other.</summary>
public sealed class StatefulSetCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new StatefulSetCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_update_from_the_top_is_fine()
    {
        Begin();
        _world.Replace(Set(update: "b"));
        Dismiss("2a");
        End(2, "2a");
        Run(2, "2b", "b");
        _world.Pass(120);
        Dismiss("1a");
    }

    [Fact]
    public void A_pod_is_claimed_before_it_is_made()
    {
        _world.Create(Set());
        _world.Refuses(_ => _world.Create(Pod(0, "0a")), "pods/default/base-0", "had not claimed it");
    }

    [Fact]
    public void There_is_no_pod_beside_the_numbers()
    {
        Begin();
        _world.Refuses(_ => Claim(3, "3a"), "base-3", "3 from 0");
    }

    [Fact]
    public void A_number_has_one_pod()
    {
        Begin();
        _world.Refuses(_ => Claim(1, "1b"), "base-1", "knows of no end");
    }

    [Fact]
    public void The_next_waits_for_those_before_it()
    {
        _world.Create(Set());
        Claim(0, "0a");
        _world.Create(Pod(0, "0a"));
        _world.Refuses(_ => Claim(1, "1a"), "base-1 while 0 are not ready");
    }

    [Fact]
    public void In_parallel_it_does_not()
    {
        _world.Create(Set() with { Spec = Set().Spec with { PodManagementPolicy = "Parallel" } });
        Claim(0, "0a");
        Claim(1, "1a");
    }

    [Fact]
    public void Below_the_partition_it_is_of_the_former_revision()
    {
        Begin();
        _world.Replace(Set(update: "b", partition: 2));
        End(1, "1a");
        Unclaim("1a");
        _world.Refuses(_ => Claim(1, "1b", "b"), "of b, and it is to be of a");
    }

    [Fact]
    public void Below_the_partition_nothing_is_replaced()
    {
        Begin();
        _world.Replace(Set(update: "b", partition: 2));
        _world.Refuses(_ => Dismiss("1a"), "base-1 to go", "from 2 on");
    }

    [Fact]
    public void What_is_of_the_present_revision_stays()
    {
        Begin();
        _world.Refuses(_ => Dismiss("2a"), "base-2 to go", "it is of a");
    }

    [Fact]
    public void The_highest_number_goes_first()
    {
        Begin();
        _world.Replace(Set(update: "b"));
        _world.Refuses(_ => Dismiss("1a"), "base-1 to go before 2");
    }

    [Fact]
    public void No_more_are_missing_than_may_be()
    {
        Begin();
        _world.Replace(Set(update: "b"));
        Dismiss("2a");
        _world.Refuses(_ => Dismiss("1a"), "takes [1]", "2 of 3", "1 are allowed");
    }

    [Fact]
    public void Surplus_goes_from_the_top()
    {
        Begin();
        _world.Replace(Set(replicas: 1));
        _world.Refuses(_ => Dismiss("1a"), "base-1 to go before those with higher numbers");
    }

    [Fact]
    public void A_pod_is_gone_when_its_containers_are()
    {
        Begin();
        _world.Container(ContainerChangeKind.Started, "2a");
        _world.Refuses(_ => End(2, "2a"), "pods/default/base-2 is gone", "c1 of it runs");
    }

    [Fact]
    public void One_that_was_deleted_by_force_may_run_on()
    {
        Begin();
        _world.Container(ContainerChangeKind.Started, "2a");
        _world.Send("DELETE", "/api/v1/namespaces/default/pods/base-2", """{"gracePeriodSeconds":0}""");
        End(2, "2a");
    }

    [Fact]
    public void So_may_one_whose_node_is_gone()
    {
        Begin();
        _world.Container(ContainerChangeKind.Started, "2a");
        _world.Delete(Node());
        End(2, "2a");
    }

    [Fact]
    public void Claims_come_before_the_pod()
    {
        _world.Create(WithClaims());
        _world.Refuses(_ => Claim(0, "0a"), "before there is persistentvolumeclaims/default/data-base-0");
    }

    [Fact]
    public void Claims_that_go_with_a_surplus_pod_are_its_own_before_it_goes()
    {
        _world.Create(new Namespace { Metadata = new ObjectMeta { Name = "default", Uid = "default" } });
        _world.Create(WithClaims());
        _world.Create(Volume());
        Run(0, "0a");
        _world.Replace(WithClaims(replicas: 0));
        _world.Refuses(_ => Dismiss("0a"), "data-base-0", "it is to be of 0a");
    }

    [Fact]
    public void A_claim_that_belongs_to_nobody_stays()
    {
        _world.Create(new Namespace { Metadata = new ObjectMeta { Name = "default", Uid = "default" } });
        _world.Create(Volume());
        _world.Refuses(_ => _world.Delete(Volume()), "data-base-0 goes", "nobody has asked");
    }

    private void Begin()
    {
        _world.Create(Node());
        _world.Create(Set());
        for (var ordinal = 0; ordinal < 3; ordinal++)
        {
            Run(ordinal, $"{ordinal}a");
        }

        _world.Pass(3600);
    }

    private void Claim(int ordinal, string uid, string revision = "a") => _world.Commit(
        EntityKey.Of(Set()), new StatefulPodsClaimed([new ClaimedStatefulPod(uid, $"base-{ordinal}", revision)]));

    private void Unclaim(string uid) => _world.Commit(EntityKey.Of(Set()), new PodsUnclaimed([uid]));

    private void Run(int ordinal, string uid, string revision = "a")
    {
        Claim(ordinal, uid, revision);
        _world.Create(Pod(ordinal, uid, revision));
        _world.Replace(Pod(ordinal, uid, revision, isReady: true));
    }

    private void Dismiss(string uid) => _world.Commit(EntityKey.Of(Set()), new PodsDeletionRequested([uid]));

    private void End(int ordinal, string uid)
    {
        _world.Delete(Pod(ordinal, uid));
        Unclaim(uid);
    }

    private static Node Node() => new() { Metadata = new ObjectMeta { Name = "node-1", Uid = "node-1" } };

    private static StatefulSet Set(int replicas = 3, string update = "a", int partition = 0) => new()
    {
        Metadata = new ObjectMeta { Name = "base", Namespace = "default", Uid = "base" },
        Spec = new StatefulSetSpec
        {
            Replicas = replicas,
            UpdateStrategy = new StatefulSetUpdateStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new RollingUpdateStatefulSetStrategy { Partition = partition, MaxUnavailable = 1 },
            },
        },
        Status = new StatefulSetStatus { CurrentRevision = "a", UpdateRevision = update },
    };

    private static StatefulSet WithClaims(int replicas = 1) => Set(replicas) with
    {
        Spec = Set(replicas).Spec with
        {
            VolumeClaimTemplates = [new PersistentVolumeClaim { Metadata = new ObjectMeta { Name = "data" } }],
            PersistentVolumeClaimRetentionPolicy =
                new StatefulSetPersistentVolumeClaimRetentionPolicy { WhenScaled = "Delete" },
        },
    };

    private static PersistentVolumeClaim Volume() => new()
    {
        Metadata = new ObjectMeta { Name = "data-base-0", Namespace = "default", Uid = "data" },
    };

    private static Pod Pod(int ordinal, string uid, string revision = "a", bool isReady = false) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"base-{ordinal}", Namespace = "default", Uid = uid,
            Labels = ValueMap<string>.From([KeyValuePair.Create(RevisionHistory.HashLabel, revision)]),
            OwnerReferences =
                [new OwnerReference { Kind = "StatefulSet", Uid = "base", Name = "base", Controller = true }],
        },
        Spec = new PodSpec { NodeName = "node-1" },
        Status = new PodStatus
        {
            Phase = "Running",
            Conditions = isReady ? [new PodCondition { Type = "Ready", Status = "True" }] : [],
        },
    };
}
