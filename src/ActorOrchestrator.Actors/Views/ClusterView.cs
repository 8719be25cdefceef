using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Views;

/// <summary>
/// Folds the journal into objects. It hears of a row before the entity's effects are released, so whoever got an answer
/// reads what it wrote. One writer (the tail) under a lock that readers hold only to pick up an immutable root.
/// </summary>
public sealed class ClusterView : IClusterView, IJournalListener
{
    /// <summary>Changes kept per kind for resumed watches, and the bytes of their rows together. What is in memory of
    /// large ones is some three times that: text of 16 bits, and the row.</summary>
    private const int RingSize = 50_000;
    private const long RingBytes = 64 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KindStore> _stores;
    private readonly List<IViewListener> _listeners = [];
    private long _sequence;
    private long _floor;
    private bool _isAboveFloor;

    public ClusterView() => _stores = KindRegistry.All.Where(kind => kind.IsStored).Select(kind => kind.Resource)
        .Distinct().ToDictionary(resource => resource, _ => new KindStore(RingSize, RingBytes), StringComparer.Ordinal);

    public long Sequence => Volatile.Read(ref _sequence);

    public long OldestWatchable => Volatile.Read(ref _floor);

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

    /// <summary>No more changes for the listener.</summary>
    public void Unlisten(IViewListener listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>Whether the entity has no object.</summary>
    public bool IsGone(string persistenceId)
    {
        var key = EntityKey.Parse(persistenceId);
        lock (_lock)
        {
            return _stores[key.Resource].Find(key.Namespace, key.Name) is null;
        }
    }

    void IJournalListener.OnSnapshot(string persistenceId, EntitySnapshot snapshot)
    {
        if (Fold(null, snapshot.History) is { } value)
        {
            lock (_lock)
            {
                Put(EntityKey.Parse(persistenceId), null, Stamp.Version(value, snapshot.Version), snapshot.Version, 0);
            }
        }
    }

    void IJournalListener.OnFloor(long floor)
    {
        lock (_lock)
        {
            _isAboveFloor = true;
            _floor = floor;
            _sequence = Math.Max(_sequence, floor);
            foreach (var store in _stores.Values)
            {
                store.Oldest = floor;
            }
        }
    }

    void IJournalListener.OnEntry(string persistenceId, JournalEntry entry)
    {
        lock (_lock)
        {
            if (entry.ChangesObject)
            {
                var key = EntityKey.Parse(persistenceId);
                var old = _stores[key.Resource].Find(key.Namespace, key.Name);
                var now = Fold(old, entry.Events);
                Put(
                    key, old, now is null ? null : Stamp.Version(now, entry.Ordering), entry.Ordering,
                    entry.Encoded.Payload.Length);
            }

            _sequence = entry.Ordering;
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

    private static KubeObject? Fold(KubeObject? value, IReadOnlyList<DomainEvent> events)
    {
        foreach (var @event in events)
        {
            value = @event.Scope == EventScope.Object ? ObjectFold.Apply(value, @event) : value;
        }

        return value;
    }

    private void Put(EntityKey key, KubeObject? old, KubeObject? now, long sequence, int bytes)
    {
        if (old is null && now is null)
        {
            return;
        }

        var store = _stores[key.Resource];
        store.Put(key.Namespace, key.Name, now);
        if (_isAboveFloor)
        {
            store.Offer(sequence, old, now, bytes);
        }

        if (_listeners.Count > 0)
        {
            Tell(new ObjectChange(key, old, now, sequence));
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
