using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Actors.Views;

/// <summary>
/// Folds the log into objects. It hears of a commit before the entity's effects are released, so whoever got an answer
/// reads what it wrote. One writer (the log) under a lock that readers hold only to pick up an immutable root.
/// </summary>
public sealed class ClusterView : IClusterView, ILogListener
{
    /// <summary>Changes kept per kind for resumed watches.</summary>
    private const int RingSize = 50_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KindStore> _stores;
    private readonly List<IViewListener> _listeners = [];
    private long _sequence;
    private long _compactedThrough;

    public ClusterView() => _stores = KindRegistry.All.Where(kind => kind.IsStored).Select(kind => kind.Resource)
        .Distinct().ToDictionary(resource => resource, _ => new KindStore(RingSize), StringComparer.Ordinal);

    public long Sequence => Volatile.Read(ref _sequence);

    public long OldestWatchable => Volatile.Read(ref _compactedThrough);

    public KubeObject? Get(ResourceKind kind, string? @namespace, string name)
    {
        var store = StoreOf(kind);
        lock (_lock)
        {
            return store.Find(NamespaceKey(kind, @namespace), name);
        }
    }

    public ObjectSnapshot List(ResourceKind kind, string? @namespace)
    {
        var store = StoreOf(kind);
        lock (_lock)
        {
            return new ObjectSnapshot(Objects(store, kind, @namespace), _sequence);
        }
    }

    public IWatchSubscription? Watch(ResourceKind kind, string? @namespace, long afterSequence)
    {
        var store = StoreOf(kind);
        lock (_lock)
        {
            return afterSequence < store.Oldest || afterSequence > _sequence
                ? null
                : Subscribe(store, kind, @namespace, afterSequence);
        }
    }

    public (ObjectSnapshot Snapshot, IWatchSubscription Changes) ListAndWatch(ResourceKind kind, string? @namespace)
    {
        var store = StoreOf(kind);
        lock (_lock)
        {
            var snapshot = new ObjectSnapshot(Objects(store, kind, @namespace), _sequence);
            return (snapshot, Subscribe(store, kind, @namespace, _sequence));
        }
    }

    public int WatchersOf(ResourceKind kind)
    {
        var store = StoreOf(kind);
        lock (_lock)
        {
            return store.SubscriptionCount;
        }
    }

    /// <summary>Adds a listener: it is told of every object now, and then of every change in order, under the view's
    /// lock; so it must only take note and return.</summary>
    public void Listen(IViewListener listener)
    {
        lock (_lock)
        {
            foreach (var (resource, store) in _stores)
            {
                foreach (var value in store.Objects.Values.SelectMany(names => names.Values))
                {
                    listener.OnChange(new ObjectChange(KeyOf(resource, value), null, value, _sequence));
                }
            }

            listener.OnCaughtUp();
            _listeners.Add(listener);
        }
    }

    void ILogListener.OnSnapshot(string persistenceId, long version, IEntity entity)
    {
        if (((DomainEntity)entity).State.Object is { } value)
        {
            var key = EntityKey.Parse(persistenceId);
            var stamped = Stamp.Version(value, version);
            lock (_lock)
            {
                _stores[key.Resource].Put(key.Namespace, key.Name, stamped);
                Tell(new ObjectChange(key, null, stamped, version));
            }
        }
    }

    void ILogListener.OnSnapshotsEnd(long compactedThrough)
    {
        lock (_lock)
        {
            _sequence = compactedThrough;
            _compactedThrough = compactedThrough;
            foreach (var store in _stores.Values)
            {
                store.Oldest = compactedThrough;
            }
        }
    }

    void ILogListener.OnCommitted(IReadOnlyList<LogEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                if (entry.IsVersioned)
                {
                    Fold(entry);
                }

                _sequence = entry.Sequence;
            }
        }
    }

    internal void Mark(WatchSubscription subscription)
    {
        lock (_lock)
        {
            subscription.OfferMark(_sequence);
        }
    }

    internal void Unsubscribe(KindStore store, WatchSubscription subscription)
    {
        lock (_lock)
        {
            store.Unsubscribe(subscription);
        }
    }

    private void Fold(LogEntry entry)
    {
        var key = EntityKey.Parse(entry.PersistenceId);
        var store = _stores[key.Resource];
        var old = store.Find(key.Namespace, key.Name);
        var folded = ObjectFold.Apply(old, (DomainEvent)entry.Event);
        var now = folded is null ? null : Stamp.Version(folded, entry.Sequence);
        store.Put(key.Namespace, key.Name, now);
        store.Offer(new WatchRecord(entry.Sequence, old, now));
        if (_listeners.Count > 0)
        {
            Tell(new ObjectChange(key, old, now, entry.Sequence));
        }
    }

    private void Tell(ObjectChange change)
    {
        foreach (var listener in _listeners)
        {
            listener.OnChange(change);
        }
    }

    private WatchSubscription Subscribe(KindStore store, ResourceKind kind, string? @namespace, long afterSequence)
    {
        var subscription = new WatchSubscription(
            this, store, kind.Namespaced && !string.IsNullOrEmpty(@namespace) ? @namespace : null);
        store.Subscribe(subscription, afterSequence);
        return subscription;
    }

    private static IReadOnlyCollection<KubeObject> Objects(KindStore store, ResourceKind kind, string? @namespace)
    {
        if (!kind.Namespaced || !string.IsNullOrEmpty(@namespace))
        {
            return store.Objects.TryGetValue(NamespaceKey(kind, @namespace), out var names)
                ? new NamesOf(names)
                : [];
        }

        return new AllNamesOf(store.Objects);
    }

    private KindStore StoreOf(ResourceKind kind) => _stores.GetValueOrDefault(kind.Resource)
        ?? throw new ArgumentException($"{kind} is not stored", nameof(kind));

    private static string NamespaceKey(ResourceKind kind, string? @namespace) =>
        kind.Namespaced ? @namespace ?? "" : "";

    private static EntityKey KeyOf(string resource, KubeObject value) =>
        new(resource, value.Metadata.Namespace ?? "", value.Metadata.Name!);
}

/// <summary>Hears of every change, in order. Called under the view's lock.</summary>
public interface IViewListener
{
    void OnChange(ObjectChange change);

    /// <summary>Every object that existed was told.</summary>
    void OnCaughtUp();
}
