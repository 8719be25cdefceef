using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Admission.Quotas;
using ActorOrchestrator.Domain.ApiServers;
using ActorOrchestrator.Domain.Bootstrap;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.GarbageCollection;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Actors;

/// <summary>What this product's cluster consists of besides the engine.</summary>
public static class ClusterParts
{
    public static IReadOnlyList<Func<IProjection>> Projections(
        string authorityPem, int schedulerSeed, DampingSettings damping, SubnetSettings subnets) =>
    [
        () => new Scheduler(schedulerSeed),
        () => new GarbageCollector(),
        () => new NamespaceFinalizer(),
        () => new NamespaceDefaults(authorityPem),
        () => new ApiServerObjects(authorityPem),
        () => new TaintEviction(damping),
        () => new UnreachablePods(),
        () => new StrandedPods(),
        () => new BudgetCounter(),
        () => new QuotaCounter(),
        () => new ConfigRoller(),
        () => new ReportReminder(),
        () => new TokenCleaner(),
        () => new PodSubnetAllocator(subnets),
    ];

    public static IReadOnlyList<KubeObject> InitialObjects() =>
        [.. DefaultNamespaces.Creations.Concat(SystemPriorityClasses.Creations).Select(create => create.Object)];

    public static Behaviors Behaviors(NodeSettings nodes) => Entities.Behaviors.Standard(nodes);
}
