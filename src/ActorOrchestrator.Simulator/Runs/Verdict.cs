using System.Globalization;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Failure">Null when all held; else what was broken.</param>
public sealed record Verdict(SimulationOptions Options, RunFailure? Failure)
{
    public bool HasPassed => Failure is null;

    /// <summary>Virtual time that passed in all.</summary>
    public TimeSpan Elapsed { get; init; }

    public long Steps { get; init; }

    public long Events { get; init; }

    public int Operations { get; init; }

    public int Lives { get; init; }

    public ulong Fingerprint { get; init; }

    /// <summary>Faults that happened, by kind.</summary>
    public IReadOnlyDictionary<string, long> Faults { get; init; } = new SortedDictionary<string, long>();

    /// <summary>Operations and faults, in order.</summary>
    public IReadOnlyList<string> Happenings { get; init; } = [];

    /// <summary>The last lines of the trace.</summary>
    public IReadOnlyList<string> Tail { get; init; } = [];

    /// <summary>Passed or failed, with what was broken, and what happened in figures.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {(Failure is null ? "passed" : $"FAILED {Failure}")}
        {Elapsed.TotalHours:0.00} virtual hours, {Operations} operations, {Events} events, {Steps} steps
        {Lives} lives of the control plane
        faults: {string.Join(", ", Faults.Select(fault => $"{fault.Key} {fault.Value}"))}
        fingerprint {Fingerprint:x16}
        """);
}

/// <param name="Guarantee">Such as <c>G7</c>; <c>bug</c> for a fault that the program reported of itself.</param>
/// <param name="Check">Who saw it.</param>
/// <param name="At">Since the start.</param>
public sealed record RunFailure(string Guarantee, string Check, string What, TimeSpan At)
{
    public override string ToString() =>
        $"+{(int)At.TotalHours:00}:{At.Minutes:00}:{At.Seconds:00} {Guarantee} {Check}: {What}";
}
