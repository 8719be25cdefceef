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

/// <summary>A Deployment's bounds now and in the recent past.</summary>
internal sealed class RecentBounds : RecentValues<PodBounds>
{
    /// <summary>The last time that somebody else changed its ReplicaSets.</summary>
    public DateTimeOffset TouchedAt { get; set; }

    public void Take(DeploymentSpec spec, DateTimeOffset now) => Take(PodBounds.Of(spec), now);
}
