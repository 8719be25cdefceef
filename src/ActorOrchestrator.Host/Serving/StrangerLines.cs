using System.Text.RegularExpressions;
using ActorOrchestrator.Gateway.Server;
using Serilog.Events;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Of strangers at the port of members Akka has a line for each attempt: of one address one a minute is shown,
/// with how many there were besides.</summary>
/// <param name="time">Measures that.</param>
internal sealed partial class StrangerLines(TimeProvider time)
{
    /// <summary>What stands behind the line, in an output template. Messages have no property of that name.</summary>
    public const string Hidden = "OtherStrangers";

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly SparseLines<string> _lines = new(Every, "", time);

    public bool IsLeftOut(LogEvent line)
    {
        if (!AkkaLines.IsAkkas(line) || Rejected().Match(line.RenderMessage()) is not { Success: true } rejected)
        {
            return false;
        }

        var hidden = _lines.Show(rejected.Groups["address"].Value);
        if (hidden > 0)
        {
            line.AddOrUpdateProperty(new LogEventProperty(
                Hidden, new ScalarValue($" So were {hidden} others since the last one shown.")));
        }

        return hidden is null;
    }

    /// <summary>Akka.Remote's; each connection has a port of its own.</summary>
    [GeneratedRegex(@"^Rejected incoming connection from \[(?<address>.*?)(:\d+)?\] ", RegexOptions.CultureInvariant)]
    private static partial Regex Rejected();
}
