using System.Globalization;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>What many runs came to.</summary>
public sealed class CampaignTotal
{
    private readonly SortedDictionary<string, long> _faults = new(StringComparer.Ordinal);
    private TimeSpan _elapsed;
    private long _events;
    private long _operations;

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public void Add(Verdict verdict)
    {
        Passed += verdict.HasPassed ? 1 : 0;
        Failed += verdict.HasPassed ? 0 : 1;
        _elapsed += verdict.Elapsed;
        _events += verdict.Events;
        _operations += verdict.Operations;
        foreach (var (kind, count) in verdict.Faults)
        {
            _faults[kind] = _faults.GetValueOrDefault(kind) + count;
        }
    }

    /// <summary>One run in a line.</summary>
    public static string Line(Verdict verdict, TimeSpan took) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {verdict.Options.Seed,-6} {verdict.Elapsed.TotalHours,6:0.00} h {verdict.Events,7} events "
        + $"{took.TotalSeconds,6:0.00} s  {verdict.Fingerprint:x16}  "
        + $"{(verdict.Failure is { } failure ? $"FAILED {failure}" : "passed")}");

    /// <summary>How far it is.</summary>
    public string Progress(TimeSpan took) => string.Create(
        CultureInfo.InvariantCulture,
        $"{took.TotalMinutes,6:0.0} min  {_elapsed.TotalHours,8:0.0} virtual hours  {Passed} passed, {Failed} failed");

    public string Report(TimeSpan took) => string.Create(CultureInfo.InvariantCulture, $"""
        {_elapsed.TotalHours:0.0} virtual hours in {took.TotalMinutes:0.0} min (1 : {_elapsed / took:0})
        {_operations} operations, {_events} events
        faults: {string.Join(", ", _faults.Select(fault => $"{fault.Key} {fault.Value}"))}
        {Passed} passed, {Failed} failed
        """);
}
