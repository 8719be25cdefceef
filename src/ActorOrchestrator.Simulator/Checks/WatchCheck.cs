using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// A watch from a list's version sees every later change in its scope exactly once and in order, through all its cuts
/// and resumptions, or is told that the versions are gone (410), as it must be by a server that cannot know what
/// changed since. What it begins with is a state that there was. A bookmark is true: nothing up to it comes later.
/// </summary>
internal sealed class WatchCheck : Check
{
    /// <summary>How late a change may come while nothing is wrong with the network and the control plane.</summary>
    private static readonly TimeSpan DeliveryMax = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<int, Watched> _watches = [];

    public override string Guarantee => "G4";

    public override void OnWatch(WatchTold told)
    {
        var watched = WatchedBy(told.Scope);
        switch (told.Step)
        {
            case WatchStep.Listed:
                watched.StartAt(told.Version);
                break;
            case WatchStep.Opened:
                Open(watched, told);
                break;
            case WatchStep.Initial:
                BeginWith(watched, told);
                break;
            case WatchStep.InitialEnd:
                EndInitial(watched, told);
                break;
            case WatchStep.Bookmark:
                PassBookmark(watched, told);
                break;
            case WatchStep.Expired:
                Expire(watched, told);
                break;
            case WatchStep.Closed:
                watched.IsOpen = false;
                watched.Initial = null;
                watched.IsFromTheForgotten = false;
                break;
            default:
                Follow(watched, told);
                break;
        }
    }

    /// <summary>Nothing is wrong any more, so open watches have seen everything by now.</summary>
    public override void AtRest()
    {
        var since = World.Loop.Now - DeliveryMax;
        foreach (var watched in _watches.Values.Where(watched => watched is { IsOpen: true, Initial: null }))
        {
            if (NextOf(watched) is { } missed && World.History.WhenAt(missed.Sequence) < since
                && watched.OpenedAt < since)
            {
                Violate($"{watched.Scope} stands at {watched.Cursor} and has not been told of {missed.Key} at "
                    + $"{missed.Sequence}, {World.Loop.Now - World.History.WhenAt(missed.Sequence)} ago");
            }
        }
    }

    private void Open(Watched watched, WatchTold told)
    {
        watched.IsOpen = true;
        watched.OpenedAt = World.Loop.Now;
        watched.IsFromTheForgotten = told.Version > 0 && told.Version < told.ServerKnowsFrom;
        if (told.Version == 0)
        {
            watched.Initial = new SortedDictionary<string, long>(StringComparer.Ordinal);
        }
        else if (told.Version != watched.Cursor)
        {
            Violate($"{told.Scope}: the client resumed from {told.Version}, but it stood at {watched.Cursor}");
        }
    }

    private void BeginWith(Watched watched, WatchTold told)
    {
        if (watched.Initial is not { } initial)
        {
            Violate($"{told.Scope} got {told.Key} to begin with, which it did not ask for");
            return;
        }

        if (!initial.TryAdd(told.Key.ToString(), told.Version))
        {
            Violate($"{told.Scope} got {told.Key} twice to begin with");
        }
    }

    private void EndInitial(Watched watched, WatchTold told)
    {
        var initial = watched.Initial ?? [];
        var expected = World.History.All(told.Scope.Kind.Resource, told.Scope.Namespace, told.Version)
            .Where(entry => watched.Matches(entry.Value))
            .ToDictionary(entry => entry.Key, entry => long.Parse(entry.Value.Metadata.ResourceVersion!));
        foreach (var (key, version) in expected)
        {
            if (!initial.TryGetValue(key, out var shown) || shown != version)
            {
                Violate($"{told.Scope} began at {told.Version} with {key} at "
                    + $"{(shown == 0 ? "no version" : shown.ToString())}; it was at {version}");
            }
        }

        if (initial.Keys.FirstOrDefault(key => !expected.ContainsKey(key)) is { } stranger)
        {
            Violate($"{told.Scope} began at {told.Version} with {stranger}, which was not there");
        }

        watched.Initial = null;
        watched.StartAt(told.Version);
    }

    private void Follow(Watched watched, WatchTold told)
    {
        HoldRemembered(watched, told);
        if (watched.Initial is not null)
        {
            Violate($"{told.Scope} was told {told.Step} {told.Key} before the end of what it began with");
        }

        if (!World.History.Knows(watched.Cursor))
        {
            watched.StartAt(told.Version);
            return;
        }

        if (told.Version <= watched.Cursor)
        {
            Violate($"{told.Scope} was told {told.Step} {told.Key} at {told.Version} again or too late; it stood at "
                + $"{watched.Cursor}");
        }

        if (NextOf(watched) is not { } next || next.Sequence > told.Version)
        {
            Violate($"{told.Scope} was told {told.Step} {told.Key} at {told.Version}, which is no change in its scope");
            return;
        }

        if (next.Sequence < told.Version)
        {
            Violate($"{told.Scope} was told of {told.Key} at {told.Version}, but never of {next.Key} at "
                + $"{next.Sequence}; it stood at {watched.Cursor}");
        }

        if (next.Key != told.Key || StepOf(watched, next) != told.Step)
        {
            Violate($"{told.Scope} was told {told.Step} {told.Key} at {told.Version}; it is "
                + $"{StepOf(watched, next)} {next.Key}");
        }

        watched.StartAt(told.Version);
    }

    private void PassBookmark(Watched watched, WatchTold told)
    {
        HoldRemembered(watched, told);
        if (told.Version < watched.Cursor)
        {
            Violate($"{told.Scope} got bookmark {told.Version} after {watched.Cursor}");
        }

        if (World.History.Knows(watched.Cursor) && NextOf(watched) is { } missed && missed.Sequence <= told.Version)
        {
            Violate($"{told.Scope} got bookmark {told.Version}, but was never told of {missed.Key} at "
                + $"{missed.Sequence}; it stood at {watched.Cursor}");
        }

        watched.StartAt(told.Version);
    }

    /// <summary>Who is served from a version that its server cannot go on from may miss something at any
    /// time.</summary>
    private void HoldRemembered(Watched watched, WatchTold told)
    {
        if (watched.IsFromTheForgotten)
        {
            Violate($"{told.Scope} was told {told.Step} {told.Version}, not that {watched.Cursor} is gone, by a server "
                + "that began with a log compacted beyond that");
        }
    }

    /// <summary>410 only where versions are gone: else a client could be sent back to its list for ever.</summary>
    private void Expire(Watched watched, WatchTold told)
    {
        if (told.Version >= World.Tables.Floor && told.Version <= World.Tables.Last)
        {
            Violate($"{told.Scope} was told that {told.Version} is gone; the log keeps what is after "
                + $"{World.Tables.Floor}");
        }

        watched.IsOpen = false;
        watched.IsFromTheForgotten = false;
    }

    /// <summary>The next change in scope that the watch has not seen.</summary>
    private ObjectChange? NextOf(Watched watched)
    {
        foreach (var change in World.History.Since(watched.Scope.Kind.Resource, watched.Scanned))
        {
            if (watched.IsInScope(change))
            {
                return change;
            }

            watched.Scanned = change.Sequence;
        }

        return null;
    }

    private static WatchStep StepOf(Watched watched, ObjectChange change)
    {
        var before = change.Old is { } old && watched.Matches(old);
        var after = change.New is { } now && watched.Matches(now);
        return after ? before ? WatchStep.Modified : WatchStep.Added : WatchStep.Deleted;
    }

    private Watched WatchedBy(WatchScope scope)
    {
        if (!_watches.TryGetValue(scope.Number, out var watched))
        {
            _watches.Add(scope.Number, watched = new Watched(scope));
        }

        return watched;
    }

    /// <summary>How far one watch is.</summary>
    private sealed class Watched(WatchScope scope)
    {
        private readonly LabelMatcher _labels = scope.LabelSelector is not { } text ? LabelMatcher.Everything
            : LabelMatcher.TryParse(text, out var parsed, out var problem) ? parsed
            : throw new ArgumentException(problem, nameof(scope));

        public WatchScope Scope => scope;

        /// <summary>The client has been told everything up to here.</summary>
        public long Cursor { get; private set; }

        /// <summary>Up to here there is nothing in scope that it was not told.</summary>
        public long Scanned { get; set; }

        public bool IsOpen { get; set; }

        public DateTimeOffset OpenedAt { get; set; }

        /// <summary>Whether it asked to go on from a version that the server cannot know.</summary>
        public bool IsFromTheForgotten { get; set; }

        /// <summary>Versions by key of what it begins with, until that is whole; null when it is.</summary>
        public SortedDictionary<string, long>? Initial { get; set; }

        public void StartAt(long version) => (Cursor, Scanned) = (version, version);

        public bool Matches(KubeObject value) => _labels.Matches(value.Metadata.Labels);

        public bool IsInScope(ObjectChange change) =>
            (scope.Namespace is null || change.Key.Namespace == scope.Namespace)
            && ((change.Old is { } old && Matches(old)) || (change.New is { } now && Matches(now)));
    }
}
