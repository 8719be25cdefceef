using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Probes;

public enum ProbeKind { Startup, Liveness, Readiness }

public enum ProbeVerdict { Unknown, Success, Failure }

/// <summary>
/// What is known of one probe of one running container: the verdict so far, how often the last outcome came in a row,
/// and when the probe is due again. Pure; a new container gets a new track.
/// </summary>
public sealed record ProbeTrack(ProbeVerdict Verdict)
{
    /// <summary>The last single outcome; null before the first.</summary>
    public bool? LastOutcome { get; init; }

    /// <summary>How often <see cref="LastOutcome"/> came in a row.</summary>
    public int InARow { get; init; }

    /// <summary>Not before this instant; null: as soon as the initial delay is over.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>A container is alive until proven otherwise, and not ready or started until proven so.</summary>
    public static ProbeTrack Initial(ProbeKind kind) => new(kind switch
    {
        ProbeKind.Liveness => ProbeVerdict.Success,
        ProbeKind.Readiness => ProbeVerdict.Failure,
        _ => ProbeVerdict.Unknown,
    });

    public DateTimeOffset DueAt(Probe probe, DateTimeOffset startedAt)
    {
        var delayed = startedAt + TimeSpan.FromSeconds(probe.InitialDelaySeconds);
        return NextAt is { } next && next > delayed ? next : delayed;
    }

    /// <summary>The probe was sent: the next one is due a period after this one's beginning.</summary>
    public ProbeTrack Sent(Probe probe, DateTimeOffset now) =>
        this with { NextAt = now + Period(probe) };

    /// <summary>No probe is ever due later than that from now.</summary>
    public static TimeSpan LongestWait(Probe probe) =>
        Period(probe) + TimeSpan.FromSeconds(probe.InitialDelaySeconds);

    private static TimeSpan Period(Probe probe) =>
        TimeSpan.FromSeconds(probe.PeriodSeconds > 0 ? probe.PeriodSeconds : 10);

    public ProbeTrack Answered(Probe probe, bool succeeded)
    {
        var inARow = LastOutcome == succeeded ? InARow + 1 : 1;
        var needed = succeeded
            ? Math.Max(1, probe.SuccessThreshold)
            : probe.FailureThreshold > 0 ? probe.FailureThreshold : 3;
        var verdict = inARow < needed ? Verdict : succeeded ? ProbeVerdict.Success : ProbeVerdict.Failure;
        return this with { LastOutcome = succeeded, InARow = inARow, Verdict = verdict };
    }
}
