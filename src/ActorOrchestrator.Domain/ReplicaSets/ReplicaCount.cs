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

    public sealed record Settled : ReplicaStep;

    /// <summary>A ReplicaSet that is itself deleted leaves its pods to garbage collection.</summary>
    public sealed record Terminating : ReplicaStep;

    public sealed record WaitsForReports(int Pods) : ReplicaStep;

    public sealed record WaitsForAdoptable : ReplicaStep;

    public sealed record WaitsForCreations(int Pods) : ReplicaStep;

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

        if (input.Wanted > input.Desired)
        {
            return input.Unobserved > 0
                ? new ReplicaStep.WaitsForReports(input.Unobserved)
                : new ReplicaStep.Delete(input.Wanted - input.Desired);
        }

        if (input.Active >= input.Desired)
        {
            return input.Active == input.Wanted
                ? new ReplicaStep.Settled()
                : new ReplicaStep.WaitsForDeletions(input.Active - input.Wanted);
        }

        return NextCreation(input, now);
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

        var count = Math.Min(input.Desired - input.Active, UnconfirmedMax - input.Unconfirmed);
        return count > 0 ? new ReplicaStep.Create(count) : new ReplicaStep.WaitsForCreations(input.Unconfirmed);
    }
}
