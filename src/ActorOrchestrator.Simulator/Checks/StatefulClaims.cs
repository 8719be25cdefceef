using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What holds of PersistentVolumeClaims; each rule says what is wrong, or null.</summary>
internal sealed class StatefulClaims
{
    private readonly OpenWrites _deleted = new();

    /// <summary>When one that is not there was last; so long a set may believe that it is.</summary>
    private readonly Dictionary<EntityKey, DateTimeOffset> _gone = [];

    public void Begin(Exchange exchange)
    {
        if (TargetOf(exchange) is { } target)
        {
            _deleted.Begin(target);
        }
    }

    public void End(Exchange exchange)
    {
        if (TargetOf(exchange) is { } target)
        {
            _deleted.End(target, exchange);
        }
    }

    /// <summary>A claim goes when somebody has deleted it, its namespace, or an owner of it.</summary>
    public string? Take(ObjectChange change, World world)
    {
        if (change.New is null)
        {
            _gone[change.Key] = world.Loop.Now;
        }

        if (change.Old is not { Metadata: { DeletionTimestamp: null } metadata }
            || change.New is { Metadata.DeletionTimestamp: null }
            || _deleted.MayChange(change.Key, world.Loop.Now)
            || world.Truth.Find<Namespace>(null, metadata.Namespace!) is not { Metadata.DeletionTimestamp: null }
            || metadata.OwnerReferences.Any(owner => !IsThere(owner, world)))
        {
            return null;
        }

        return $"{change.Key} goes at {change.Sequence}; nobody has asked for that, and what it belongs to is there: ["
            + $"{string.Join(", ", metadata.OwnerReferences.Select(owner => $"{owner.Kind} {owner.Name}"))}]";
    }

    /// <summary>A claim of the pod's that was not there of late.</summary>
    public EntityKey? Missing(StatefulSet set, string pod, World world)
    {
        foreach (var key in KeysOf(set, pod))
        {
            var wasThere = _gone.TryGetValue(key, out var gone) && gone + RecentValues<int>.Kept > world.Loop.Now;
            if (world.Truth.Find(key) is null && !wasThere)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>A claim of a surplus pod that has not the owner whose end is to be its own. One that goes already, or
    /// belongs to somebody who is gone, is past that.</summary>
    public string? Unkept(StatefulSet set, string pod, string? keeper, World world)
    {
        foreach (var key in KeysOf(set, pod))
        {
            if (world.Truth.Find(key) is { Metadata: { DeletionTimestamp: null } metadata }
                && metadata.OwnerReferences.All(owner => IsThere(owner, world))
                && metadata.OwnerReferences.Select(owner => owner.Uid).FirstOrDefault() != keeper)
            {
                return $"{key} belongs to [{string.Join(", ", metadata.OwnerReferences.Select(owner => owner.Kind))}]; "
                    + $"it is to be of {keeper ?? "nobody"}";
            }
        }

        return null;
    }

    private static bool IsThere(OwnerReference owner, World world) => world.Truth.Objects.Values.Any(
        value => value.Metadata.Uid == owner.Uid && value.Metadata.DeletionTimestamp is null);

    private static IEnumerable<EntityKey> KeysOf(StatefulSet set, string pod) =>
        set.Spec.VolumeClaimTemplates.Select(template => EntityKey.Of(
            KindRegistry.Of<PersistentVolumeClaim>(), set.Metadata.Namespace, $"{template.Metadata.Name}-{pod}"));

    private static RequestTarget? TargetOf(Exchange exchange) => exchange.Call.Method == "DELETE"
        && RequestTarget.Of(exchange.Call) is { Kind.Kind: nameof(PersistentVolumeClaim) } target
            ? target
            : null;
}
