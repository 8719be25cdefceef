using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>
/// Between which numbers of pods a Deployment moves (apps/v1 RollingUpdateDeployment). Percentages are of
/// <c>spec.replicas</c>: the surge is rounded up, the unavailable down; if both come to 0, one may be unavailable,
/// for else nothing could ever move.
/// <code>
///   replicas 10, 25% and 25%  ->  surge 3 (2.5 up), unavailable 2 (2.5 down): at most 13 pods, at least 8 available
///   replicas  1, 25% and 25%  ->  surge 1 (0.25 up), unavailable 0:           at most  2 pods, at least 1 available
///   replicas  3, 0 and 1%     ->  surge 0, unavailable 0, made 1:             at most  3 pods, at least 2 available
/// </code>
/// </summary>
public readonly record struct RolloutBounds(int Desired, int MaxSurge, int MaxUnavailable)
{
    public const string Recreate = "Recreate";

    /// <summary>apps/v1: the default of both, if the object was stored without.</summary>
    private const string Quarter = "25%";

    public int PodsMax => Desired + MaxSurge;

    public int AvailableMin => Desired - MaxUnavailable;

    public static RolloutBounds Of(DeploymentSpec spec)
    {
        var desired = spec.Replicas ?? 1;
        if (spec.Strategy.Type == Recreate)
        {
            return new RolloutBounds(desired, MaxSurge: 0, MaxUnavailable: 0);
        }

        var rolling = spec.Strategy.RollingUpdate;
        var surge = (rolling?.MaxSurge ?? Quarter).Scaled(desired, roundUp: true) ?? 0;
        var unavailable = (rolling?.MaxUnavailable ?? Quarter).Scaled(desired, roundUp: false) ?? 0;
        if (surge == 0 && unavailable == 0)
        {
            unavailable = 1;
        }

        return new RolloutBounds(desired, surge, Math.Min(unavailable, desired));
    }
}

/// <summary>One ReplicaSet of a Deployment, as the arithmetic sees it.</summary>
public sealed record SetSize(string Name, int Replicas)
{
    /// <summary>Its pods that may be running (status.replicas), those still on their way out among them.</summary>
    public int Active { get; init; }

    /// <summary>As reported (status.availableReplicas).</summary>
    public int Available { get; init; }

    /// <summary>Pods that are shutting down (status.terminatingReplicas).</summary>
    public int Terminating { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The <c>desired-replicas</c> annotation: the Deployment's size at the last scaling; null if
    /// missing.</summary>
    public int? DesiredBefore { get; init; }

    /// <summary>The <c>max-replicas</c> annotation: the Deployment's greatest size at the last scaling.</summary>
    public int? PodsMaxBefore { get; init; }

    /// <summary>How many pods it may come to have without being asked again.</summary>
    public int PodsUpperBound => Math.Max(Replicas, Active);

    /// <summary>How many available pods are sure to stay: it lets the others go first.</summary>
    public int AvailableLowerBound => Math.Min(Available, Replicas);
}

/// <summary>A new size for one ReplicaSet; equal sizes only bring its annotations up to date.</summary>
public sealed record Resizing(string Name, int From, int To);
