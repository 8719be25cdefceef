using System.Globalization;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// What happened, one line each: the virtual time since the start, who it happened to, what. The lines' fingerprint is
/// kept even where nobody reads them: two runs of one seed must have the same.
/// <code>
/// +00:00:12.003417  commit    pods/default/web-1-x2x4z     412 StatusChanged Running
/// time since start  column    subject                      what
/// </code>
/// </summary>
public sealed class Trace(TextWriter? output)
{
    private const ulong Prime = 1099511628211;

    private Func<TimeSpan> _elapsed = static () => TimeSpan.Zero;

    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    public long Lines { get; private set; }

    /// <summary>The last lines, for whoever reports a failure.</summary>
    public Queue<string> Tail { get; } = new();

    /// <summary>How many of the last lines are kept.</summary>
    public int TailMax { get; init; } = 60;

    public void StartAt(Func<TimeSpan> elapsed) => _elapsed = elapsed;

    public void Line(string column, string subject, string what)
    {
        var at = _elapsed();
        Add(string.Create(
            CultureInfo.InvariantCulture,
            $"+{(int)at.TotalHours:00}:{at.Minutes:00}:{at.Seconds:00}."
            + $"{at.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond:000000}  "
            + $"{column,-9} {subject,-44} {what}"));
    }

    private void Add(string line)
    {
        Lines++;
        var hash = Fingerprint;
        foreach (var letter in line)
        {
            hash = (hash ^ letter) * Prime;
        }

        Fingerprint = hash * Prime;
        output?.WriteLine(line);
        Tail.Enqueue(line);
        if (Tail.Count > TailMax)
        {
            Tail.Dequeue();
        }
    }
}
