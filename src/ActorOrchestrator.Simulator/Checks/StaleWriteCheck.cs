using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>A write with a resourceVersion that is not the newest gets 409 (404 if the object is gone) and changes
/// nothing, then or later. Each carries a content that no other request has.</summary>
internal sealed class StaleWriteCheck : Check
{
    private readonly Dictionary<EntityKey, List<ValueMap<string>>> _refused = [];

    public override string Guarantee => "G5";

    public override void OnRequest(Exchange exchange)
    {
        if (exchange.Intent != Intent.StaleWrite || RequestTarget.Of(exchange.Call) is not { Name: not null } target)
        {
            return;
        }

        if (!_refused.TryGetValue(target.Key, out var contents))
        {
            _refused.Add(target.Key, contents = []);
        }

        contents.Add(((ConfigMap)KubeJson.ReadObject(exchange.Call.Body.Span)).Data);
    }

    public override void OnExchange(Exchange exchange)
    {
        var code = exchange.Answer.Code;
        if (exchange.Intent == Intent.StaleWrite && code is not (0 or HttpCode.Conflict or HttpCode.NotFound
            or HttpCode.TooManyRequests or >= HttpCode.InternalServerError))
        {
            Violate($"{exchange.Describe()}: a stale write is to get 409, not: {exchange.Answer.Text}");
        }
    }

    public override void OnChange(ObjectChange change, DomainEvent decided)
    {
        if (change.New is ConfigMap map && _refused.TryGetValue(change.Key, out var contents)
            && contents.Contains(map.Data) && (change.Old as ConfigMap)?.Data != map.Data)
        {
            Violate($"a stale write changed {change.Key} at {change.Sequence}: {string.Join(", ", map.Data)}");
        }
    }
}
