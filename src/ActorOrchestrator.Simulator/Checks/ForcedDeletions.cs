using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Which pods somebody deleted by force: they go whatever runs of them.</summary>
internal sealed class ForcedDeletions
{
    private readonly OpenWrites _asked = new();

    /// <summary>One that a finalizer keeps goes with that, later.</summary>
    private readonly HashSet<string> _forced = new(StringComparer.Ordinal);

    public void Begin(Exchange exchange)
    {
        if (TargetOf(exchange) is { } target)
        {
            _asked.Begin(target);
        }
    }

    public void End(Exchange exchange)
    {
        if (TargetOf(exchange) is { } target)
        {
            _asked.End(target, exchange);
        }
    }

    /// <summary>A pod is told to go, or told anew.</summary>
    public void Take(ObjectChange change, DateTimeOffset now)
    {
        if (change.New is Pod { Metadata: { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 } metadata }
            && _asked.MayChange(change.Key, now))
        {
            _forced.Add(metadata.Uid!);
        }
    }

    /// <summary>Whether the pod, which goes now, may have been deleted by force.</summary>
    public bool MayHave(ObjectChange change, Pod pod, DateTimeOffset now) =>
        _asked.MayChange(change.Key, now) || _forced.Contains(pod.Metadata.Uid!);

    private static RequestTarget? TargetOf(Exchange exchange) =>
        exchange.Call.Method == "DELETE" && RequestTarget.Of(exchange.Call) is { Kind.Kind: "Pod" } target
        && exchange.Call.Body.Span.IndexOf("\"gracePeriodSeconds\":0"u8) >= 0
            ? target
            : null;
}
