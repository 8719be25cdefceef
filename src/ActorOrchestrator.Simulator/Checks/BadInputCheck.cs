using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// Every refusal has the shape of Kubernetes' Status; bad input is refused with one that names what is wrong, and
/// changes nothing. The names in bad requests are used by nobody else.
/// </summary>
internal sealed class BadInputCheck : Check
{

    private readonly HashSet<EntityKey> _refused = [];

    public override string Guarantee => "G13";

    public override void OnRequest(Exchange exchange)
    {
        if (exchange.Intent == Intent.BadInput && RequestTarget.Of(exchange.Call) is { } target
            && NameIn(exchange.Call) is { Length: > 0 } name)
        {
            _refused.Add(EntityKey.Of(target.Kind, target.Namespace, name));
        }
    }

    public override void OnExchange(Exchange exchange)
    {
        var code = exchange.Answer.Code;
        if (code == 0)
        {
            return;
        }

        if (code == HttpCode.InternalServerError)
        {
            Violate($"{exchange.Describe()}: the request met a defect: {exchange.Answer.Text}");
        }

        if (exchange.Intent == Intent.BadInput && !exchange.Answer.IsRefused && code < HttpCode.InternalServerError)
        {
            Violate($"{exchange.Describe()}: bad input was accepted: {exchange.Answer.Text}");
        }

        if (!exchange.Answer.IsOk && RefusalShape.Problem(exchange.Answer) is { } problem)
        {
            Violate($"{exchange.Describe()} {problem}");
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (_refused.Contains(change.Key))
        {
            Violate($"bad input changed {change.Key} at {change.Sequence} ({decided})");
        }
    }

    private static string? NameIn(ApiCall call)
    {
        try
        {
            using var json = JsonDocument.Parse(call.Body);
            return json.RootElement.TryGetProperty("metadata", out var metadata)
                ? ShownObject.TextOf(metadata, "name")
                : null;
        }
        catch (JsonException)
        {
            // Broken JSON is one of the bad inputs; it names nothing.
            return null;
        }
    }
}
