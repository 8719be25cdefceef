using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// What the truth was at any sequence of the recent past: what checks judge answers by that were given on an older
/// state. It keeps every change for <see cref="Kept"/>, which is longer than any answer may be on its way.
/// </summary>
internal sealed class History
{
    /// <summary>A snapshot of a paged list is served for 5 minutes; a frozen process and a stalled commit come on
    /// top.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    /// <summary>Old changes are dropped when so many have gathered: dropping shifts what is kept.</summary>
    private const int DroppedAtOnce = 512;

    private readonly Truth _truth;
    private readonly SimulationLoop _loop;
    private readonly Queue<(DateTimeOffset At, ObjectChange Change)> _all = new();
    private readonly Dictionary<EntityKey, List<ObjectChange>> _byKey = [];
    private readonly Dictionary<string, List<ObjectChange>> _byResource = new(StringComparer.Ordinal);
    private readonly Dictionary<long, (ObjectChange Change, DateTimeOffset At)> _bySequence = [];
    private int _expired;

    public History(Truth truth, SimulationLoop loop)
    {
        (_truth, _loop) = (truth, loop);
        truth.Changed += (change, _) => Record(change);
    }

    /// <summary>States after this sequence (and at it) are known.</summary>
    public long Oldest { get; private set; }

    public bool Knows(long sequence) => sequence >= Oldest;

    /// <summary>The change that has this sequence.</summary>
    public ObjectChange? ChangeAt(long sequence) => _bySequence.GetValueOrDefault(sequence).Change;

    /// <summary>When it became durable; the least time for what is not known any more.</summary>
    public DateTimeOffset WhenAt(long sequence) => _bySequence.GetValueOrDefault(sequence).At;

    /// <summary>The object with this resourceVersion, if it had it within the time kept.</summary>
    public KubeObject? Version(EntityKey key, long version)
    {
        if (ChangeAt(version) is { } change)
        {
            return change.Key == key ? change.New : null;
        }

        var text = version.ToString();
        return _truth.Find(key) is { } now && now.Metadata.ResourceVersion == text
            ? now
            : Of(key).Select(later => later.Old).FirstOrDefault(old => old?.Metadata.ResourceVersion == text);
    }

    /// <summary>Changes of one object, oldest first.</summary>
    public IReadOnlyList<ObjectChange> Of(EntityKey key)
    {
        if (!_byKey.TryGetValue(key, out var changes))
        {
            return [];
        }

        if (changes.Count > 0 && changes[0].Sequence <= Oldest)
        {
            changes.RemoveRange(0, FirstAfter(changes, Oldest));
        }

        return changes;
    }

    /// <summary>The object as of a sequence that is known.</summary>
    public KubeObject? At(EntityKey key, long sequence)
    {
        var changes = Of(key);
        var next = FirstAfter(changes, sequence);
        return next < changes.Count ? changes[next].Old : _truth.Find(key);
    }

    /// <summary>When the object stopped being what it was at a sequence; <see cref="long.MaxValue"/> if it still
    /// is.</summary>
    public long ChangedAfter(EntityKey key, long sequence)
    {
        var changes = Of(key);
        var next = FirstAfter(changes, sequence);
        return next < changes.Count ? changes[next].Sequence : long.MaxValue;
    }

    /// <summary>Whether something was true of the object at any instant from one sequence to another, both
    /// included.</summary>
    public bool WasEver(EntityKey key, long from, long to, Func<KubeObject?, bool> holds)
    {
        if (holds(At(key, from)))
        {
            return true;
        }

        var changes = Of(key);
        for (var i = FirstAfter(changes, from); i < changes.Count && changes[i].Sequence <= to; i++)
        {
            if (holds(changes[i].New))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Changes of a resource after a sequence, in order.</summary>
    public IEnumerable<ObjectChange> Since(string resource, long sequence)
    {
        var changes = _byResource.GetValueOrDefault(resource) ?? [];
        for (var i = FirstAfter(changes, sequence); i < changes.Count; i++)
        {
            yield return changes[i];
        }
    }

    /// <summary>All objects of a resource (in one namespace, or in all when null) as of a sequence, by key.</summary>
    public SortedDictionary<string, KubeObject> All(string resource, string? @namespace, long sequence)
    {
        var prefix = @namespace is null ? $"{resource}/" : $"{resource}/{@namespace}/";
        var found = new SortedDictionary<string, KubeObject>(StringComparer.Ordinal);
        foreach (var (id, value) in _truth.Objects)
        {
            if (id.StartsWith(prefix, StringComparison.Ordinal))
            {
                found.Add(id, value);
            }
        }

        foreach (var change in Since(resource, sequence).Reverse())
        {
            var id = change.Key.ToString();
            if (!id.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            if (change.Old is { } old)
            {
                found[id] = old;
            }
            else
            {
                found.Remove(id);
            }
        }

        return found;
    }

    private void Record(ObjectChange change)
    {
        _all.Enqueue((_loop.Now, change));
        ListOf(_byKey, change.Key).Add(change);
        ListOf(_byResource, change.Key.Resource).Add(change);
        _bySequence.Add(change.Sequence, (change, _loop.Now));
        while (_all.TryPeek(out var oldest) && oldest.At + Kept < _loop.Now)
        {
            _all.Dequeue();
            _bySequence.Remove(oldest.Change.Sequence);
            Oldest = oldest.Change.Sequence;
            if (++_expired % DroppedAtOnce == 0)
            {
                Drop(_byKey);
                Drop(_byResource);
            }
        }
    }

    private void Drop<TKey>(Dictionary<TKey, List<ObjectChange>> lists) where TKey : notnull
    {
        foreach (var (key, changes) in lists)
        {
            var old = FirstAfter(changes, Oldest);
            if (old == changes.Count)
            {
                lists.Remove(key);
            }
            else
            {
                changes.RemoveRange(0, old);
            }
        }
    }

    private static List<ObjectChange> ListOf<TKey>(Dictionary<TKey, List<ObjectChange>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }

    /// <summary>The index of the first change behind a sequence.</summary>
    private static int FirstAfter(IReadOnlyList<ObjectChange> changes, long sequence)
    {
        int low = 0, high = changes.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = changes[middle].Sequence > sequence ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
