using System.Collections.Frozen;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Deployments;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.PersistentVolumeClaims;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Priorities;
using ActorOrchestrator.Domain.ReplicaSets;
using ActorOrchestrator.Domain.StatefulSets;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>Which resource has which behaviour; all others are documents.</summary>
public sealed class Behaviors
{
    /// <summary>The region of the kinds without a behaviour.</summary>
    public const string Documents = "documents";

    private static readonly DocumentBehavior Document = new();

    private readonly FrozenDictionary<string, IBehavior> _byResource;

    public Behaviors(IReadOnlyDictionary<string, IBehavior> byResource) =>
        _byResource = byResource.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every kind that has a behaviour.</summary>
    public static Behaviors Standard(NodeSettings nodes) => new(new Dictionary<string, IBehavior>
    {
        ["controllerrevisions.apps"] = new ControllerRevisionDecider(),
        ["daemonsets.apps"] = new DaemonSetDecider(),
        ["cronjobs.batch"] = new CronJobDecider(),
        ["deployments.apps"] = new DeploymentDecider(),
        ["jobs.batch"] = new JobDecider(),
        ["namespaces"] = new NamespaceDecider(),
        ["nodes"] = new NodeDecider(nodes),
        ["poddisruptionbudgets.policy"] = new PodDisruptionBudgetDecider(),
        ["persistentvolumeclaims"] = new PersistentVolumeClaimDecider(),
        ["pods"] = new PodDecider(),
        ["priorityclasses.scheduling.k8s.io"] = new PriorityClassDecider(),
        ["replicasets.apps"] = new ReplicaSetDecider(),
        ["replicationcontrollers"] = new ReplicaSetDecider(),
        ["statefulsets.apps"] = new StatefulSetDecider(),
    });

    /// <summary>The resources with a behaviour.</summary>
    public IReadOnlyCollection<string> Resources => _byResource.Keys;

    /// <summary>The name of the region that a resource's entities live in.</summary>
    public string RegionOf(string resource) => _byResource.ContainsKey(resource) ? resource : Documents;

    public IBehavior For(string resource) => _byResource.GetValueOrDefault(resource) ?? Document;
}
