using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ObjectTree = System.Collections.Immutable.ImmutableSortedDictionary<
    string, System.Collections.Immutable.ImmutableSortedDictionary<string, ActorOrchestrator.Api.KubeObject>>;

namespace ActorOrchestrator.Actors.Views;

/// <summary>One kind's objects as an immutable tree by namespace and name, and its latest changes for watches.
/// Written under the view's lock; <see cref="Objects"/> is read by anyone.</summary>
/// <param name="ringSize">Changes that are kept.</param>
/// <param name="ringBytes">Of their rows together. The last change is kept however large it is.</param>
internal sealed class KindStore(int ringSize, long ringBytes)
{
    private static readonly ImmutableSortedDictionary<string, KubeObject> NoNames =
        ImmutableSortedDictionary.Create<string, KubeObject>(StringComparer.Ordinal);

    private readonly Queue<WatchRecord> _ring = new();
    private readonly List<WatchSubscription> _subscriptions = [];

    public ObjectTree Objects { get; private set; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, KubeObject>>(StringComparer.Ordinal);

    /// <summary>A watch can start after this sequence or any later one.</summary>
    public long Oldest { get; set; }

    /// <summary>Bytes of the rows of all changes so far.</summary>
    public long Position { get; private set; }

    public int SubscriptionCount => _subscriptions.Count;

    public KubeObject? Find(string @namespace, string name) =>
        Objects.TryGetValue(@namespace, out var names) && names.TryGetValue(name, out var found) ? found : null;

    public void Put(string @namespace, string name, KubeObject? value)
    {
        var names = Objects.GetValueOrDefault(@namespace) ?? NoNames;
        names = value is null ? names.Remove(name) : names.SetItem(name, value);
        Objects = names.IsEmpty ? Objects.Remove(@namespace) : Objects.SetItem(@namespace, names);
    }

    /// <param name="bytes">Of the change's row.</param>
    public void Offer(long sequence, KubeObject? old, KubeObject? now, int bytes)
    {
        Position += bytes;
        var record = new WatchRecord(sequence, old, now) { Position = Position };
        _ring.Enqueue(record);
        while (_ring.Count > ringSize || Position - _ring.Peek().Position >= ringBytes)
        {
            Oldest = _ring.Dequeue().Sequence;
        }

        for (var i = _subscriptions.Count - 1; i >= 0; i--)
        {
            if (!_subscriptions[i].Offer(record))
            {
                _subscriptions.RemoveAt(i);
            }
        }
    }

    public void Subscribe(WatchSubscription subscription, long afterSequence)
    {
        foreach (var record in _ring)
        {
            if (record.Sequence > afterSequence && !subscription.Offer(record))
            {
                return;
            }
        }

        _subscriptions.Add(subscription);
    }

    public void Unsubscribe(WatchSubscription subscription) => _subscriptions.Remove(subscription);
}
