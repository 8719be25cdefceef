using System.Globalization;

namespace ActorOrchestrator.Host.Commands;

/// <summary>How long something is to hold, as it is typed: 90s, 30m, 24h, 7d; 0 for ever.</summary>
internal static class TimeToLive
{
    private static readonly (char Unit, TimeSpan Length)[] Units =
    [
        ('s', TimeSpan.FromSeconds(1)), ('m', TimeSpan.FromMinutes(1)), ('h', TimeSpan.FromHours(1)),
        ('d', TimeSpan.FromDays(1)),
    ];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <returns>Null when it is none. Zero: for ever.</returns>
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit) && int.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count > 0 && count <= Longest / length)
            {
                return count * length;
            }
        }

        return null;
    }

    /// <summary>As kubectl shows ages: the two largest units, or one.</summary>
    public static string Show(TimeSpan left) => left switch
    {
        { Ticks: <= 0 } => "expired",
        { TotalDays: >= 2 } => $"{(int)left.TotalDays}d",
        { TotalHours: >= 3 } => $"{(int)left.TotalHours}h",
        { TotalMinutes: >= 3 } => $"{(int)left.TotalMinutes}m",
        _ => $"{(int)left.TotalSeconds}s",
    };
}
