using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// The API is one history: each request takes effect at one instant between its sending and its answer. So a read sees
/// every write that was answered, and every state that was read, before it was sent, by the same member; a refusal (not
/// found, exists already, conflict) was true at such an instant; a write with a version replaces exactly that version;
/// a list is the state at its version. Each instant is an ordering of the journal. A refusal is no commit, so while an
/// entity is active twice it may be of an older state.
/// </summary>
internal sealed class LinearizabilityCheck : Check
{

    /// <summary>By the member that showed it: another one may be a little behind.</summary>
    private readonly Dictionary<string, ReadFloor> _shown = new(StringComparer.Ordinal);

    /// <summary>Requests that may have met an entity that is active twice.</summary>
    private readonly HashSet<(string Client, long Number)> _sentToDoubles = [];

    private readonly PagedLists _pages = new();

    public override string Guarantee => "linearizable";

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (decided.IsCreation && change.Old is { } old)
        {
            Violate($"{change.Key} was created at {change.Sequence} though it exists ({old.Metadata.Uid})");
        }
    }

    public override void OnRequest(Exchange exchange)
    {
        if (World.Control.HasDoubles)
        {
            _sentToDoubles.Add((exchange.Client, exchange.Number));
        }
    }

    public override void OnExchange(Exchange exchange)
    {
        Judge(exchange);
        _sentToDoubles.Remove((exchange.Client, exchange.Number));
    }

    private void Judge(Exchange exchange)
    {
        if (RequestTarget.Of(exchange.Call) is not { } target || exchange.Answer.Code == 0
            || exchange.Intent == Intent.DryRun
            || !World.History.Knows(ShownBy(exchange.Server).Before(exchange.SentAt)))
        {
            return;
        }

        if (exchange.Answer.IsOk)
        {
            Hold(exchange, target, exchange.Body(target.Kind));
        }
        else if (MayBeOfTheOld(exchange))
        {
            return;
        }
        else if (exchange.Answer.IsRefused && target.Name is not null)
        {
            HoldRefusal(exchange, target);
        }
        else if (exchange is { Answer.Code: HttpCode.Conflict, Call.Method: "POST" } && target is { Name: null })
        {
            HoldExists(exchange, target);
        }
    }

    public override void OnWatch(WatchTold told)
    {
        if (told.Step is WatchStep.Bookmark or WatchStep.InitialEnd or WatchStep.Added or WatchStep.Modified
            or WatchStep.Deleted)
        {
            ShownBy(told.Server).Raise(World.Loop.Now, told.Version);
        }
    }

    private void Hold(Exchange exchange, RequestTarget target, AnswerBody body)
    {
        var isWrite = exchange.Call.Method is not "GET";
        if (body.IsList && !isWrite)
        {
            HoldList(exchange, target, body);
            ShownBy(exchange.Server).Raise(exchange.EndedAt, body.Version);
            return;
        }

        if (body.IsList)
        {
            return;
        }

        if (body.Status is { Details.Uid: { } uid } && exchange.Call.Method == "DELETE")
        {
            var removal = World.History.Of(target.Key).LastOrDefault(
                change => change.New is null && change.Old?.Metadata.Uid == uid);
            ShownBy(exchange.Server).Raise(exchange.EndedAt, removal?.Sequence ?? 0);
            return;
        }

        if (body.Version == 0)
        {
            return;
        }

        var key = body.Objects is [{ } shown] ? shown.Key : target.Key;
        HoldCurrent(exchange, key, body.Version);
        if (exchange.Call.Method == "POST" && target.Name is null && body.Version <= exchange.SequenceAtSending)
        {
            Violate($"{exchange.Describe()} was created at {body.Version}, before it was asked for "
                + $"(after {exchange.SequenceAtSending})");
        }

        if (exchange.Call.Method == "PUT")
        {
            HoldReplaced(exchange, key, body.Version);
        }

        ShownBy(exchange.Server).Raise(exchange.EndedAt, body.Version);
    }

    /// <summary>What is shown was so at an instant not before all that had been shown when it was asked for.</summary>
    private void HoldCurrent(Exchange exchange, EntityKey key, long version)
    {
        if (exchange.Call.Method != "GET" && MayBeOfTheOld(exchange))
        {
            return;
        }

        var floor = ShownBy(exchange.Server).Before(exchange.SentAt);
        var until = World.History.ChangedAfter(key, version);
        if (until <= floor)
        {
            Violate($"{exchange.Describe()} shows {key} at version {version}, which ended with {until}; version "
                + $"{floor} had been shown before it was sent");
        }
    }

    /// <summary>An update that names a version replaces that one, or finds that there is nothing to change.</summary>
    private void HoldReplaced(Exchange exchange, EntityKey key, long version)
    {
        if (VersionIn(exchange) is not { } named || named == version)
        {
            return;
        }

        var change = World.History.ChangeAt(version);
        if (change is null || change.Key != key || change.Old?.Metadata.ResourceVersion != named.ToString())
        {
            Violate($"{exchange.Describe()} replaced version {named} and made {version}, which came of "
                + $"{change?.Old?.Metadata.ResourceVersion ?? "nothing"}");
        }
    }

    private void HoldRefusal(Exchange exchange, RequestTarget target)
    {
        var status = KubeJson.Read<Status>(exchange.Answer.Body.Span);
        var isAbout = status.Details?.Name == target.Name
            && (status.Details?.Kind is not { } kind || kind == target.Kind.Plural || kind == target.Kind.Resource);
        var floor = ShownBy(exchange.Server).Before(exchange.SentAt);
        if (status.Code == HttpCode.NotFound && isAbout
            && !World.History.WasEver(target.Key, floor, World.Tables.Last, static value => value is null))
        {
            Violate($"{exchange.Describe()}: {target.Key} was there all the time, at "
                + World.Truth.Find(target.Key)?.Metadata.ResourceVersion);
        }

        if (status.Code == HttpCode.Conflict && exchange.Call.Method == "PUT" && VersionIn(exchange) is { } named
            && !World.History.WasEver(
                target.Key, floor, World.Tables.Last, value => value?.Metadata.ResourceVersion != named.ToString()))
        {
            Violate($"{exchange.Describe()}: version {named} of {target.Key} was the newest all the time");
        }
    }

    private void HoldExists(Exchange exchange, RequestTarget target)
    {
        var status = KubeJson.Read<Status>(exchange.Answer.Body.Span);
        if (status is not { Reason: StatusReasons.AlreadyExists, Details.Name: { } name })
        {
            return;
        }

        var key = EntityKey.Of(target.Kind, target.Namespace, name);
        if (!World.History.WasEver(
            key, exchange.SequenceAtSending, World.Tables.Last, static value => value is not null))
        {
            Violate($"{exchange.Describe()}: {key} was absent all the time");
        }
    }

    private void HoldList(Exchange exchange, RequestTarget target, AnswerBody body)
    {
        var token = target.Query("continue");
        var floor = ShownBy(exchange.Server).Before(exchange.SentAt);
        if (token is null && body.Version < floor)
        {
            Violate($"{exchange.Describe()} is as of {body.Version}; version {floor} had been shown before it was "
                + "sent");
        }

        var of = $"{target.Kind.Resource}/{target.Namespace}/{target.Query("labelSelector")}";
        if (_pages.Join(of, token, body) is not { } whole || !World.History.Knows(body.Version))
        {
            return;
        }

        var labels = target.Query("labelSelector") is { } text && LabelMatcher.TryParse(text, out var parsed, out _)
            ? parsed
            : LabelMatcher.Everything;
        var fields = target.Query("fieldSelector") is { } selector
            && FieldMatcher.TryParse(target.Kind, selector, out var picked, out _)
                ? picked
                : FieldMatcher.Everything;
        var expected = World.History.All(target.Kind.Resource, target.Namespace, body.Version).Values
            .Where(value => labels.Matches(value.Metadata.Labels) && fields.Matches(value))
            .Select(value => $"{EntityKey.Of(value)} {value.Metadata.ResourceVersion}").ToList();
        var listed = whole.Select(item => $"{item.Key} {item.Version}").ToList();
        if (!expected.Order(StringComparer.Ordinal).SequenceEqual(listed.Order(StringComparer.Ordinal)))
        {
            Violate($"{exchange.Describe()} as of {body.Version} lacks "
                + $"[{string.Join(", ", expected.Except(listed))}] and has "
                + $"[{string.Join(", ", listed.Except(expected))}] too much");
        }
    }

    /// <summary>Of an entity that is active twice one commits; the other may refuse by what it knew, and answer so
    /// where there is nothing to change.</summary>
    private bool MayBeOfTheOld(Exchange exchange) => World.Control.Shards.DoubledAt >= exchange.SentAt
        || _sentToDoubles.Contains((exchange.Client, exchange.Number));

    private ReadFloor ShownBy(string server)
    {
        if (!_shown.TryGetValue(server, out var floor))
        {
            _shown.Add(server, floor = new ReadFloor());
        }

        return floor;
    }

    private static long? VersionIn(Exchange exchange) =>
        long.TryParse(KubeJson.ReadObject(exchange.Call.Body.Span).Metadata.ResourceVersion, out var version)
            ? version
            : null;
}
