using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Between which numbers of pods a Deployment may move by one version of its spec (apps/v1
/// RollingUpdateDeployment: the surge is rounded up, the unavailable down; not both can be 0).</summary>
internal readonly record struct PodBounds(int PodsMax, int AvailableMin, bool IsRecreate, bool IsPaused)
{
    public static PodBounds Of(DeploymentSpec spec)
    {
        var desired = spec.Replicas ?? 1;
        if (spec.Strategy.Type == "Recreate")
        {
            return new PodBounds(desired, 0, IsRecreate: true, spec.Paused);
        }

        var surge = (spec.Strategy.RollingUpdate?.MaxSurge ?? "25%").Scaled(desired, roundUp: true) ?? 0;
        var unavailable = (spec.Strategy.RollingUpdate?.MaxUnavailable ?? "25%").Scaled(desired, roundUp: false) ?? 0;
        unavailable = surge == 0 && unavailable == 0 ? 1 : unavailable;
        return new PodBounds(desired + surge, Math.Max(0, desired - unavailable), IsRecreate: false, spec.Paused);
    }
}

/// <summary>A Deployment's bounds now and in the recent past: what was decided by a former version of its spec may
/// still be on its way.</summary>
internal sealed class RecentBounds
{
    /// <summary>Longer than a shard may be kept from answering.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Queue<(PodBounds Bounds, DateTimeOffset Until)> _former = new();
    private PodBounds? _now;

    /// <summary>The last time that somebody else changed its ReplicaSets.</summary>
    public DateTimeOffset TouchedAt { get; set; }

    public void Take(DeploymentSpec spec, DateTimeOffset now)
    {
        var bounds = PodBounds.Of(spec);
        if (_now is { } before && before != bounds)
        {
            _former.Enqueue((before, now));
        }

        _now = bounds;
        Forget(now);
    }

    /// <summary>All of them, the present ones last.</summary>
    public IReadOnlyList<PodBounds> Within(DateTimeOffset now)
    {
        Forget(now);
        return [.. _former.Select(former => former.Bounds), _now ?? default];
    }

    private void Forget(DateTimeOffset now)
    {
        while (_former.TryPeek(out var oldest) && oldest.Until + Kept < now)
        {
            _former.Dequeue();
        }
    }
}
