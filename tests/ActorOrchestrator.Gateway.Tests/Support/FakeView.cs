using System.Threading.Channels;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>A view in memory, written by <see cref="FakeCluster"/> under one lock.</summary>
internal sealed class FakeView : IClusterView
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Resource, string Namespace, string Name), KubeObject> _objects =
        new(Comparer<(string, string, string)>.Create((one, other) =>
        {
            var byResource = string.CompareOrdinal(one.Item1, other.Item1);
            var byNamespace = string.CompareOrdinal(one.Item2, other.Item2);
            return byResource != 0 ? byResource
                : byNamespace != 0 ? byNamespace
                : string.CompareOrdinal(one.Item3, other.Item3);
        }));

    private readonly List<(ResourceKind Kind, string Namespace, WatchRecord Record)> _log = [];
    private readonly List<Subscription> _open = [];
    private readonly List<(long Sequence, TaskCompletionSource Reached)> _waiters = [];

    public long Sequence { get; private set; }

    public long OldestWatchable { get; private set; }

    public int OpenWatches
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    public int WatchersOf(ResourceKind kind)
    {
        lock (_lock)
        {
            return _open.Count;
        }
    }

    public KubeObject? Get(ResourceKind kind, string? @namespace, string name)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault((kind.Resource, kind.Namespaced ? @namespace ?? "" : "", name));
        }
    }

    public ObjectSnapshot List(ResourceKind kind, string? @namespace)
    {
        lock (_lock)
        {
            return new(
                [
                    .. _objects.Where(entry => entry.Key.Resource == kind.Resource
                            && (@namespace is null || entry.Key.Namespace == @namespace))
                        .Select(entry => entry.Value),
                ],
                Sequence);
        }
    }

    public IWatchSubscription? Watch(ResourceKind kind, string? @namespace, long afterSequence)
    {
        lock (_lock)
        {
            return afterSequence < OldestWatchable || afterSequence > Sequence
                ? null
                : Open(kind, @namespace, afterSequence);
        }
    }

    public (ObjectSnapshot Snapshot, IWatchSubscription Changes) ListAndWatch(ResourceKind kind, string? @namespace)
    {
        lock (_lock)
        {
            return (List(kind, @namespace), Open(kind, @namespace, Sequence));
        }
    }

    public Task WaitForAsync(long sequence, CancellationToken cancellation)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (Sequence >= sequence)
            {
                return Task.CompletedTask;
            }

            _waiters.Add((sequence, reached));
        }

        cancellation.UnsafeRegister((_, token) => reached.TrySetCanceled(token), null);
        return reached.Task;
    }

    /// <summary>Folds one change in; the new object gets its sequence as resourceVersion.</summary>
    public KubeObject? Commit(ResourceKind kind, string @namespace, string name, KubeObject? now)
    {
        lock (_lock)
        {
            var key = (kind.Resource, @namespace, name);
            Sequence++;
            var stamped = now is null ? null : now with
            {
                Metadata = now.Metadata with { ResourceVersion = Sequence.ToString() },
            };
            var record = new WatchRecord(Sequence, _objects.GetValueOrDefault(key), stamped);
            if (stamped is null)
            {
                _objects.Remove(key);
            }
            else
            {
                _objects[key] = stamped;
            }

            _log.Add((kind, @namespace, record));
            foreach (var subscription in _open)
            {
                subscription.Offer(kind, @namespace, record);
            }

            foreach (var (_, reached) in _waiters.Where(waiter => waiter.Sequence <= Sequence))
            {
                reached.TrySetResult();
            }

            return stamped;
        }
    }

    /// <summary>Forgets the history: watches from before now get 410.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            OldestWatchable = Sequence;
        }
    }

    public void OverrunAll()
    {
        lock (_lock)
        {
            foreach (var subscription in _open)
            {
                subscription.Overrun();
            }
        }
    }

    private Subscription Open(ResourceKind kind, string? scope, long after)
    {
        var subscription = new Subscription(this, kind, scope);
        foreach (var entry in _log.Where(entry => entry.Record.Sequence > after))
        {
            subscription.Offer(entry.Kind, entry.Namespace, entry.Record);
        }

        subscription.Reach(Sequence);
        _open.Add(subscription);
        return subscription;
    }

    private sealed class Subscription(FakeView owner, ResourceKind kind, string? scope) : IWatchSubscription
    {
        private readonly Channel<WatchRecord> _channel = Channel.CreateUnbounded<WatchRecord>();

        private long _sequence;

        public ChannelReader<WatchRecord> Changes => _channel.Reader;

        public void Offer(ResourceKind changed, string @namespace, WatchRecord record)
        {
            if (changed.Equals(kind) && (scope is null || scope == @namespace))
            {
                _channel.Writer.TryWrite(record);
            }

            Reach(record.Sequence);
        }

        public void Reach(long sequence) => _sequence = sequence;

        public void Mark()
        {
            lock (owner._lock)
            {
                _channel.Writer.TryWrite(new WatchRecord(_sequence, Old: null, New: null));
            }
        }

        public void Overrun() => _channel.Writer.TryComplete(new WatchOverrunException());

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._open.Remove(this);
            }
        }
    }
}
