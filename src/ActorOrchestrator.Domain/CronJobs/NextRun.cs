using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>What a CronJob knows when it looks whether a Job is due.</summary>
public readonly record struct RunInput
{
    public required CronJobSpec Spec { get; init; }

    public required Schedule Schedule { get; init; }

    /// <summary>Up to here the schedule is worked off.</summary>
    public required DateTimeOffset Reached { get; init; }

    /// <summary>Its Jobs that may be running.</summary>
    public required int Running { get; init; }
}

/// <summary>What a CronJob does next.</summary>
public abstract record NextRun
{
    /// <summary>So many are counted one by one when times were missed.</summary>
    internal const int MissedMax = 100;

    private NextRun()
    {
    }

    /// <summary>No time has been reached since the last.</summary>
    public sealed record Waits : NextRun
    {
        public static readonly Waits Instance = new();
    }

    /// <summary>A Job starts for this time.</summary>
    /// <param name="Time">The last that is reached.</param>
    /// <param name="Missed">How many before it have started none; counted up to <see cref="MissedMax"/>.</param>
    public sealed record Starts(DateTimeOffset Time, int Missed) : NextRun;

    /// <summary>spec.suspend.</summary>
    public sealed record IsSuspended : NextRun
    {
        public static readonly IsSuspended Instance = new();
    }

    /// <summary>spec.startingDeadlineSeconds are over since.</summary>
    public sealed record IsTooLate(DateTimeOffset Time) : NextRun;

    /// <summary>spec.concurrencyPolicy is Forbid, and a Job runs; it starts when that has ended, if it is not too late
    /// then.</summary>
    public sealed record IsForbidden(DateTimeOffset Time) : NextRun;

    /// <summary>
    /// However many times were missed, the last of them is judged:
    /// <code>
    ///   0 * * * *, worked off up to 10:00     now     answer
    ///                                         10:59   waits
    ///                                         11:00   starts 11:00
    ///                                         13:20   starts 13:00, missed 2
    ///   startingDeadlineSeconds 600           13:20   too late for 13:00
    ///   Forbid, one runs                      11:00   forbidden at 11:00
    ///   suspended                             any     suspended
    /// </code>
    /// </summary>
    public static NextRun Of(in RunInput input, DateTimeOffset now)
    {
        var spec = input.Spec;
        if (spec.Suspend is true)
        {
            return IsSuspended.Instance;
        }

        if (input.Schedule.Last(input.Reached, now) is not { } time)
        {
            return Waits.Instance;
        }

        if (spec.StartingDeadlineSeconds is { } seconds && (now - time).TotalSeconds > seconds)
        {
            return new IsTooLate(time);
        }

        return spec.ConcurrencyPolicy == "Forbid" && input.Running > 0
            ? new IsForbidden(time)
            : new Starts(time, CountMissed(input, time));
    }

    private static int CountMissed(in RunInput input, DateTimeOffset time)
    {
        var missed = 0;
        var next = input.Schedule.Next(input.Reached);
        while (next < time && missed < MissedMax)
        {
            missed++;
            next = input.Schedule.Next(next.Value);
        }

        return missed;
    }
}
