using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Adoption;

/// <summary>
/// Brings owners and children together that only their labels connect: tells the owners whose selector matches when an
/// object without a controller appears, loses its controller or is relabelled, and answers an owner that asks. Whether
/// to adopt is the owner's decision, and the child's.
/// </summary>
public sealed class AdoptionMatcher : IAnsweringProjection
{
    private static readonly string[] Pods = [KindRegistry.Of<Pod>().Resource];

    private static readonly string[] PodsAndRevisions = [.. Pods, KindRegistry.Of<ControllerRevision>().Resource];

    private static readonly Dictionary<string, string[]> ChildrenByOwner = new(StringComparer.Ordinal)
    {
        [KindRegistry.Of<ReplicaSet>().Resource] = Pods,
        [KindRegistry.Of<ReplicationController>().Resource] = Pods,
        [KindRegistry.Of<DaemonSet>().Resource] = PodsAndRevisions,
        [KindRegistry.Of<StatefulSet>().Resource] = PodsAndRevisions,
        [KindRegistry.Of<Job>().Resource] = Pods,
        [KindRegistry.Of<Deployment>().Resource] = [KindRegistry.Of<ReplicaSet>().Resource],
    };

    private static readonly HashSet<string> ChildResources = [.. ChildrenByOwner.Values.SelectMany(all => all)];

    private readonly Dictionary<(string Resource, string Namespace), Dictionary<EntityKey, KubeObject>> _orphans = [];
    private readonly Dictionary<(string Resource, string Namespace), SelectorIndex> _selectors = [];
    private readonly SortedDictionary<EntityKey, SortedDictionary<EntityKey, KubeObject>> _toTell =
        new(KeyOrder.Instance);

    private bool _started;

    public string Name => "adoption-matcher";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (ChildResources.Contains(change.Key.Resource))
        {
            OnChild(change);
        }

        foreach (var child in ChildrenOf(change.Key.Resource))
        {
            OnOwner(change, child);
        }
    }

    /// <summary>The resources that a kind of owner finds by its selector; none for kinds that own nothing so.</summary>
    public static IReadOnlyList<string> ChildrenOf(string ownerResource) =>
        ChildrenByOwner.GetValueOrDefault(ownerResource) ?? [];

    public void Started(ProjectionContext context)
    {
        _started = true;
        foreach (var (place, orphans) in _orphans)
        {
            if (!_selectors.TryGetValue(place, out var selectors))
            {
                continue;
            }

            foreach (var (key, orphan) in orphans)
            {
                foreach (var owner in selectors.Matching(orphan.Metadata.Labels))
                {
                    Announce(owner, key, orphan);
                }
            }
        }
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        foreach (var (owner, orphans) in _toTell)
        {
            context.Tell(owner, new AdoptableFound([.. orphans.Values]));
        }

        _toTell.Clear();
    }

    /// <summary>The objects of the owner's namespace, of the kinds that its kind owns, that have no controller, are not
    /// being deleted and match; in a fixed order. The answer to <see cref="Effect.FindAdoptable"/>.</summary>
    public IReadOnlyList<KubeObject> Find(EntityKey owner, LabelSelector selector) =>
        [.. ChildrenOf(owner.Resource).SelectMany(child => Find(child, owner.Namespace, selector))];

    public void Answer(EntityKey asker, Effect question, ProjectionContext context) =>
        context.Tell(asker, new AdoptableFound(Find(asker, ((Effect.FindAdoptable)question).Selector)));

    private IReadOnlyList<KubeObject> Find(string resource, string ns, LabelSelector selector)
    {
        if (!_orphans.TryGetValue((resource, ns), out var orphans))
        {
            return [];
        }

        return [.. orphans
            .Where(entry => selector.Selects(entry.Value.Metadata.Labels))
            .OrderBy(entry => entry.Key, KeyOrder.Instance)
            .Select(entry => entry.Value)];
    }

    private void OnChild(ObjectChange change)
    {
        var place = (change.Key.Resource, change.Key.Namespace);
        if (!IsOrphan(change.New))
        {
            if (_orphans.TryGetValue(place, out var others) && others.Remove(change.Key) && others.Count == 0)
            {
                _orphans.Remove(place);
            }

            return;
        }

        if (!_orphans.TryGetValue(place, out var orphans))
        {
            _orphans.Add(place, orphans = []);
        }

        orphans[change.Key] = change.New!;
        var isNews = !IsOrphan(change.Old) || change.Old!.Metadata.Uid != change.New!.Metadata.Uid
            || !change.Old.Metadata.Labels.Equals(change.New.Metadata.Labels);
        if (_started && isNews && _selectors.TryGetValue(place, out var selectors))
        {
            foreach (var owner in selectors.Matching(change.New!.Metadata.Labels))
            {
                Announce(owner, change.Key, change.New);
            }
        }
    }

    private void Announce(EntityKey owner, EntityKey orphan, KubeObject value)
    {
        if (!_toTell.TryGetValue(owner, out var orphans))
        {
            _toTell.Add(owner, orphans = new SortedDictionary<EntityKey, KubeObject>(KeyOrder.Instance));
        }

        orphans[orphan] = value;
    }

    private void OnOwner(ObjectChange change, string childResource)
    {
        var place = (childResource, change.Key.Namespace);
        var isLooking = change.New is { Metadata.DeletionTimestamp: null };
        if (_selectors.TryGetValue(place, out var selectors) && !isLooking)
        {
            selectors.Remove(change.Key);
            if (selectors.IsEmpty)
            {
                _selectors.Remove(place);
            }
        }

        if (!isLooking || Owners.SelectorOf(change.New) is not { } selector)
        {
            return;
        }

        if (selectors is null)
        {
            _selectors.Add(place, selectors = new SelectorIndex());
        }

        if (Owners.SelectorOf(change.Old) != selector)
        {
            selectors.Set(change.Key, selector);
            AnnounceAll(place, change.Key, selector);
        }
    }

    /// <summary>A new owner asks by itself, but its question may be answered before an orphan that is older than it has
    /// been taken in; here both are seen in the order of the log.</summary>
    private void AnnounceAll((string Resource, string Namespace) place, EntityKey owner, LabelSelector selector)
    {
        if (!_started)
        {
            return;
        }

        foreach (var orphan in Find(place.Resource, place.Namespace, selector))
        {
            Announce(owner, EntityKey.Of(orphan), orphan);
        }
    }

    private static bool IsOrphan(KubeObject? value) =>
        value is { Metadata.DeletionTimestamp: null } && ObjectLifecycle.ControllerOf(value) is null;
}
