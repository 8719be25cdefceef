using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Tables;

/// <summary>The texts that cells of several kinds share.</summary>
internal static class TableText
{
    public const string None = "<none>";
    public const string Unknown = "<unknown>";
    public const string Unset = "<unset>";

    /// <summary>
    /// The time since a moment as kubectl prints it: <c>5s</c>, <c>2m5s</c>, <c>3h12m</c>, <c>4d</c>.
    /// </summary>
    public static string Since(DateTimeOffset? moment, DateTimeOffset now) =>
        moment is { } start ? Duration(now - start) : Unknown;

    /// <summary>A duration in the two units that matter, coarser the longer it is.</summary>
    public static string Duration(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }

        if (seconds < 120)
        {
            return $"{Math.Max(0, seconds)}s";
        }

        var (minutes, hours) = (seconds / 60, seconds / 3600);
        var days = hours / 24;
        return minutes < 10 ? Two(minutes, "m", seconds % 60, "s")
            : minutes < 180 ? $"{minutes}m"
            : hours < 8 ? Two(hours, "h", minutes % 60, "m")
            : hours < 48 ? $"{hours}h"
            : days < 8 ? Two(days, "d", hours % 24, "h")
            : days < 365 * 2 ? $"{days}d"
            : days < 365 * 8 ? Two(days / 365, "y", days % 365, "d")
            : $"{days / 365}y";
    }

    public static string OrNone(string? text) => string.IsNullOrEmpty(text) ? None : text;

    public static string OrUnknown(string? text) => string.IsNullOrEmpty(text) ? Unknown : text;

    public static string Labels(ValueMap<string> labels) =>
        labels.Count == 0 ? None : string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));

    /// <summary>A selector as <c>kubectl -l</c> takes it: labels first, then expressions, by key.</summary>
    public static string Selector(LabelSelector? selector)
    {
        if (selector is null)
        {
            return None;
        }

        var parts = selector.MatchLabels.Select(label => (label.Key, Text: $"{label.Key}={label.Value}"))
            .Concat(selector.MatchExpressions.Select(expression => (expression.Key, Text: Expression(expression))))
            .OrderBy(part => part.Key, StringComparer.Ordinal);
        return OrNone(string.Join(',', parts.Select(part => part.Text)));
    }

    public static (string Names, string Images) Containers(ValueList<Container> containers) =>
        (string.Join(',', containers.Select(container => container.Name)),
            string.Join(',', containers.Select(container => container.Image)));

    /// <summary>The first items, and how many there are beyond them.</summary>
    public static string FirstOf(IReadOnlyCollection<string> items, int max, string empty) =>
        items.Count == 0 ? empty
        : items.Count <= max ? string.Join(',', items)
        : $"{string.Join(',', items.Take(max))} + {items.Count - max} more...";

    public static string AccessModes(ValueList<string> modes) =>
        string.Join(',', modes.Distinct().Select(static mode => mode switch
        {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            "ReadWriteOncePod" => "RWOP",
            _ => mode,
        }));

    private static string Expression(LabelSelectorRequirement expression)
    {
        var values = string.Join(',', expression.Values.Order(StringComparer.Ordinal));
        return expression.Operator switch
        {
            "In" => $"{expression.Key} in ({values})",
            "NotIn" => $"{expression.Key} notin ({values})",
            "DoesNotExist" => $"!{expression.Key}",
            _ => expression.Key,
        };
    }

    private static string Two(long major, string majorUnit, long minor, string minorUnit) =>
        minor == 0 ? $"{major}{majorUnit}" : $"{major}{majorUnit}{minor}{minorUnit}";
}
