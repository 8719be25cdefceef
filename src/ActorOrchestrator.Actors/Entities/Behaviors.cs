using System.Collections.Frozen;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>Which resource has which behaviour; all others are documents.</summary>
public sealed class Behaviors
{
    private static readonly DocumentBehavior Document = new();

    private readonly FrozenDictionary<string, IBehavior> _byResource;

    public Behaviors(IReadOnlyDictionary<string, IBehavior> byResource) =>
        _byResource = byResource.ToFrozenDictionary(StringComparer.Ordinal);

    public static Behaviors Default => new(new Dictionary<string, IBehavior>
    {
        ["pods"] = new PodDecider(),
        ["replicasets.apps"] = new ReplicaSetDecider(),
    });

    public IBehavior For(string resource) => _byResource.GetValueOrDefault(resource) ?? Document;
}
