using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>Deletes Events an hour after they were last seen (Kubernetes' <c>--event-ttl</c>).</summary>
internal sealed class EventExpiry(TimeSpan lifetime) : IProjection
{
    private readonly PriorityQueue<EntityKey, DateTimeOffset> _expiries = new();
    private readonly Dictionary<EntityKey, DateTimeOffset> _lastSeen = [];

    public string Name => "event-expiry";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (change.Key.Resource != "events")
        {
            return;
        }

        if (change.New is not Event current)
        {
            _lastSeen.Remove(change.Key);
            return;
        }

        var seen = current.Series?.LastObservedTime?.Value ?? current.LastTimestamp
            ?? current.Metadata.CreationTimestamp ?? context.Now;
        if (_lastSeen.TryAdd(change.Key, seen))
        {
            _expiries.Enqueue(change.Key, seen.Later(lifetime));
        }
        else
        {
            _lastSeen[change.Key] = seen;
        }
    }

    public void Started(ProjectionContext context)
    {
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        while (_expiries.TryPeek(out var key, out var due))
        {
            if (due > context.Now)
            {
                context.WakeAt(due);
                return;
            }

            _expiries.Dequeue();
            if (!_lastSeen.TryGetValue(key, out var seen))
            {
                continue;
            }

            if (seen.Later(lifetime) > due)
            {
                _expiries.Enqueue(key, seen.Later(lifetime));
            }
            else
            {
                _lastSeen.Remove(key);
                context.Tell(key, Delete.Background);
            }
        }
    }
}
