using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>
/// Answers lists, and keeps the snapshots whose next pages clients still have to fetch. A snapshot shares its objects
/// with the view, so keeping one costs only what was changed since.
/// </summary>
internal sealed class ListPages(IClusterView view, VersionGate gate, TimeProvider time)
{
    private const int SnapshotsMax = 64;

    /// <summary>As long as etcd keeps old versions for kube-apiserver.</summary>
    private static readonly TimeSpan SnapshotKept = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly LinkedList<Kept> _kept = [];

    public async ValueTask<ListPage> FindAsync(
        ResourceKind kind, string? scope, ListQuery query, CancellationToken cancellation)
    {
        if (query.Continue is { } token)
        {
            return Page(kind, scope, query, Continued(kind, scope, token), token);
        }

        if (query.Version is { } version and > 0)
        {
            await gate.WaitAsync(version, cancellation);
            if (query.Match == VersionMatch.Exact)
            {
                return Page(kind, scope, query, AsOf(kind, scope, version), null);
            }
        }

        return Page(kind, scope, query, view.List(kind, scope), null);
    }

    private ObjectSnapshot Continued(ResourceKind kind, string? scope, ContinueToken token)
    {
        if (token.Sequence == ContinueToken.AnySequence)
        {
            return view.List(kind, scope);
        }

        if (Find(kind, scope, token.Sequence) is { } snapshot)
        {
            return snapshot;
        }

        var current = view.List(kind, scope);
        if (current.Sequence == token.Sequence)
        {
            return current;
        }

        var fresh = token with { Sequence = ContinueToken.AnySequence };
        throw Failure.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
            + "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
            + "the results. Continuing with the provided token results in an inconsistent list - objects that were "
            + "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
            + "list.",
            fresh.Encode());
    }

    private ObjectSnapshot AsOf(ResourceKind kind, string? scope, long version)
    {
        var current = view.List(kind, scope);
        return current.Sequence == version
            ? current
            : Find(kind, scope, version)
              ?? throw Failure.Expired("The resourceVersion for the provided list is too old.");
    }

    private ListPage Page(
        ResourceKind kind, string? scope, ListQuery query, ObjectSnapshot snapshot, ContinueToken? after)
    {
        if (query.Limit == 0)
        {
            return new ListPage(Matching(snapshot, query.Filter, after), snapshot.Sequence, null, null);
        }

        var items = new List<KubeObject>();
        var passed = 0;
        foreach (var candidate in snapshot.Objects)
        {
            if (after is { } token && !token.IsAfter(candidate))
            {
                passed++;
                continue;
            }

            if (!query.Filter.Matches(candidate))
            {
                continue;
            }

            if (items.Count == query.Limit)
            {
                var next = ContinueToken.After(items[^1], snapshot.Sequence, time.GetUtcNow() + SnapshotKept);
                Keep(kind, scope, snapshot, next.Until);
                long? remaining = query.Filter.IsEverything ? snapshot.Objects.Count - passed - items.Count : null;
                return new ListPage(items, snapshot.Sequence, next.Encode(), remaining);
            }

            items.Add(candidate);
        }

        return new ListPage(items, snapshot.Sequence, null, null);
    }

    private static IEnumerable<KubeObject> Matching(ObjectSnapshot snapshot, ObjectFilter filter, ContinueToken? after)
    {
        foreach (var candidate in snapshot.Objects)
        {
            if ((after is not { } token || token.IsAfter(candidate)) && filter.Matches(candidate))
            {
                yield return candidate;
            }
        }
    }

    private void Keep(ResourceKind kind, string? scope, ObjectSnapshot snapshot, DateTimeOffset until)
    {
        lock (_lock)
        {
            DropExpired();
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Is(kind, scope, snapshot.Sequence))
                {
                    _kept.Remove(node);
                    break;
                }
            }

            _kept.AddLast(new Kept(kind, scope, snapshot, until));
            if (_kept.Count > SnapshotsMax)
            {
                _kept.RemoveFirst();
            }
        }
    }

    private ObjectSnapshot? Find(ResourceKind kind, string? scope, long sequence)
    {
        lock (_lock)
        {
            DropExpired();
            return _kept.FirstOrDefault(kept => kept.Is(kind, scope, sequence))?.Snapshot;
        }
    }

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        while (_kept.First is { } oldest && oldest.Value.Until <= now)
        {
            _kept.RemoveFirst();
        }
    }

    private sealed record Kept(ResourceKind Kind, string? Scope, ObjectSnapshot Snapshot, DateTimeOffset Until)
    {
        public bool Is(ResourceKind kind, string? scope, long sequence) =>
            Snapshot.Sequence == sequence && Kind.Equals(kind) && Scope == scope;
    }
}

/// <summary>What one list request gets. <paramref name="Items"/> is read once, while it is written.</summary>
internal sealed record ListPage(IEnumerable<KubeObject> Items, long Sequence, string? Continue, long? Remaining);
