namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>What a ReplicaSet knows when it decides on its number of pods.</summary>
public readonly record struct ReplicaCountInput
{
    public int Desired { get; init; }

    /// <summary>Claims that may be running replicas, those told to go among them.</summary>
    public int Active { get; init; }

    /// <summary>Those of them that are to stay.</summary>
    public int Wanted { get; init; }

    /// <summary>Those of them that were asked for and have not been seen.</summary>
    public int Unconfirmed { get; init; }

    /// <summary>Those of the pods to stay that are to go when others are available in their place; and those of them
    /// that are not available themselves.</summary>
    public int Replaced { get; init; }

    public int ReplacedUnavailable { get; init; }

    /// <summary>Available pods, those to be replaced among them.</summary>
    public int Available { get; init; }

    /// <summary>Pods that exist but have not reported since activation.</summary>
    public int Unobserved { get; init; }

    /// <summary>Matching pods without a controller were looked for, and adopted.</summary>
    public bool AdoptableKnown { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>Creations were refused: none before this time.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>The next step towards the number of replicas, or why there is none.</summary>
public abstract record ReplicaStep
{
    private ReplicaStep()
    {
    }

    public sealed record Create(int Count) : ReplicaStep;

    public sealed record Delete(int Count) : ReplicaStep;

    /// <summary>Pods that wait for their replacement go.</summary>
    public sealed record LetGo(int Count) : ReplicaStep;

    public sealed record Settled : ReplicaStep;

    /// <summary>A ReplicaSet that is itself deleted leaves its pods to garbage collection.</summary>
    public sealed record Terminating : ReplicaStep;

    public sealed record WaitsForReports(int Pods) : ReplicaStep;

    public sealed record WaitsForAdoptable : ReplicaStep;

    public sealed record WaitsForCreations(int Pods) : ReplicaStep;

    public sealed record WaitsForReplacements(int Pods) : ReplicaStep;

    public sealed record WaitsForDeletions(int Pods) : ReplicaStep;

    public sealed record BacksOff(DateTimeOffset Until) : ReplicaStep;
}

/// <summary>
/// How many pods to create or delete. A pod told to go counts as active until it reports that it goes, so that the
/// active pods never exceed the greater of the desired number and what there was before:
/// <code>
///   desired 3: wanted 3, active 3                      settled
///   desired 5: wanted 3, active 3                      create 2
///   desired 2: wanted 3, active 3                      delete 1
///   desired 3: wanted 2, active 3 (one told to go)     wait for its report; creating now would make 4
/// </code>
/// A pod that is to be replaced before it goes (<see cref="Pods.Replacement"/>) is none of the desired ones, and goes
/// when as many are available without it:
/// <code>
///   desired 1: wanted 1, active 1, 1 to be replaced    create 1
///   desired 1: wanted 2, active 2, 1 to be replaced    wait until 2 are available, then let 1 go
/// </code>
/// </summary>
public static class ReplicaCount
{
    /// <summary>Pods asked for and not yet seen, at most; more follow as these report (Kubernetes' burst).</summary>
    public const int UnconfirmedMax = 500;

    public static ReplicaStep Next(in ReplicaCountInput input, DateTimeOffset now)
    {
        if (input.IsTerminating)
        {
            return new ReplicaStep.Terminating();
        }

        var (wanted, active) = (input.Wanted - input.Replaced, input.Active - input.Replaced);
        if (wanted > input.Desired)
        {
            return input.Unobserved > 0
                ? new ReplicaStep.WaitsForReports(input.Unobserved)
                : new ReplicaStep.Delete(wanted - input.Desired);
        }

        if (active < input.Desired)
        {
            return NextCreation(input, now);
        }

        if (input.Replaced > 0)
        {
            var free = Math.Max(0, input.Available - input.Desired) + input.ReplacedUnavailable;
            return free > 0
                ? new ReplicaStep.LetGo(Math.Min(free, input.Replaced))
                : new ReplicaStep.WaitsForReplacements(input.Replaced);
        }

        return active == wanted
            ? new ReplicaStep.Settled()
            : new ReplicaStep.WaitsForDeletions(active - wanted);
    }

    private static ReplicaStep NextCreation(in ReplicaCountInput input, DateTimeOffset now)
    {
        if (!input.AdoptableKnown)
        {
            return new ReplicaStep.WaitsForAdoptable();
        }

        if (input.RetryAt > now)
        {
            return new ReplicaStep.BacksOff(input.RetryAt.Value);
        }

        var count = Math.Min(input.Desired + input.Replaced - input.Active, UnconfirmedMax - input.Unconfirmed);
        return count > 0 ? new ReplicaStep.Create(count) : new ReplicaStep.WaitsForCreations(input.Unconfirmed);
    }
}
