using System.Text.Json;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Every change of the users' own ConfigMaps was asked for by a request that was under way, each request changes
/// something once at most, one that was refused never, and one that was accepted with just the version that it was
/// answered. A request whose answer was lost may be carried out at any later time. Requests are told apart by the
/// values that they write, which are unique.
/// </summary>
internal sealed class OriginCheck : Check
{
    private readonly Dictionary<(EntityKey Key, string Value), Asked> _writes = [];
    private readonly Dictionary<EntityKey, int> _deletes = [];
    private readonly Dictionary<string, string> _deletedBy = new(StringComparer.Ordinal);

    public override string Guarantee => "linearizable";

    public override void OnRequest(Exchange exchange)
    {
        if (TargetOf(exchange) is not { } target)
        {
            return;
        }

        if (exchange.Call.Method == "DELETE")
        {
            var key = target.Key;
            _deletes[key] = _deletes.GetValueOrDefault(key) + 1;
        }
        else if (Written(exchange.Call, target) is { } write)
        {
            _writes[write] = new Asked(exchange);
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if ((change.New ?? change.Old) is not ConfigMap map || !ConfigOperations.IsOwn(map))
        {
            return;
        }

        if (decided.IsDeletion)
        {
            if (!_deletes.ContainsKey(change.Key) && !_deletes.ContainsKey(change.Key with { Name = "" }))
            {
                Violate($"{change.Key} was deleted at {change.Sequence}; nobody had asked for that");
            }

            return;
        }

        var value = (change.New as ConfigMap)?.Data.GetValueOrDefault("value") ?? "";
        if (!_writes.TryGetValue((change.Key, value), out var asked))
        {
            Violate($"{change.Key} became \"{value}\" at {change.Sequence}; nobody had asked for that, or had been "
                + "answered already");
        }

        if (asked.Commit is { } earlier)
        {
            Violate($"{asked.Exchange.Describe()} changed {change.Key} twice: at {earlier} and at {change.Sequence}");
        }

        if (decided.IsCreation != (asked.Exchange.Call.Method == "POST"))
        {
            Violate($"{change.Key}: {decided} at {change.Sequence} came of {asked.Exchange.Describe()}");
        }

        asked.Commit = change.Sequence;
    }

    public override void OnExchange(Exchange exchange)
    {
        var isUnknown = !exchange.Answer.IsOk && !exchange.Answer.IsRefused;
        if (isUnknown || TargetOf(exchange) is not { } target)
        {
            return;
        }

        if (exchange.Call.Method == "DELETE")
        {
            SettleDeletion(exchange, target);
        }
        else if (Written(exchange.Call, target) is { } write && _writes.Remove(write, out var asked))
        {
            Settle(exchange, target, asked);
        }
    }

    private void Settle(Exchange exchange, RequestTarget target, Asked asked)
    {
        if (exchange.Answer.IsRefused)
        {
            if (asked.Commit is { } done)
            {
                Violate($"{exchange.Describe()} was refused, but carried out at {done}: {exchange.Answer.Text}");
            }

            return;
        }

        var body = exchange.Body(target.Kind);
        if (asked.Commit != body.Version)
        {
            Violate($"{exchange.Describe()} was answered with version {body.Version}, and was carried out at "
                + (asked.Commit?.ToString() ?? "no version"));
        }
    }

    private void SettleDeletion(Exchange exchange, RequestTarget target)
    {
        if (--_deletes[target.Key] == 0)
        {
            _deletes.Remove(target.Key);
        }

        if (!exchange.Answer.IsOk || exchange.Body(target.Kind).Status?.Details is not
            { Uid: { } uid })
        {
            return;
        }

        if (!_deletedBy.TryAdd(uid, exchange.Describe()))
        {
            Violate($"{exchange.Describe()} and {_deletedBy[uid]} are both said to have deleted {target.Key} ({uid})");
        }
    }

    private static RequestTarget? TargetOf(Exchange exchange) =>
        exchange.Intent is null && exchange.Call.Method != "GET"
        && RequestTarget.Of(exchange.Call) is { Kind.Kind: "ConfigMap" } target
            ? target
            : null;

    private static (EntityKey Key, string Value)? Written(ApiCall call, RequestTarget target)
    {
        using var json = JsonDocument.Parse(call.Body);
        var name = target.Name ?? ShownObject.TextOf(json.RootElement.GetProperty("metadata"), "name");
        var value = json.RootElement.TryGetProperty("data", out var data) ? ShownObject.TextOf(data, "value") : null;
        return name is null || value is null
            ? null
            : (EntityKey.Of(target.Kind, target.Namespace, name), value);
    }

    /// <summary>A write that was sent.</summary>
    private sealed class Asked(Exchange exchange)
    {
        public Exchange Exchange => exchange;

        /// <summary>At which sequence it was carried out; null while it was not.</summary>
        public long? Commit { get; set; }
    }
}
