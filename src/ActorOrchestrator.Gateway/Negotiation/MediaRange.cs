using System.Globalization;

namespace ActorOrchestrator.Gateway.Negotiation;

/// <summary>One media range of an Accept header (RFC 9110 §12.5.1) with the parameters that Kubernetes reads.</summary>
internal readonly record struct MediaRange(string Type, string? As, string? Group, string? Version, double Quality)
{
    /// <summary>Clients name a handful; more than this is not a client.</summary>
    private const int RangesMax = 32;

    /// <summary>The ranges by descending quality, in the order given where equal. Malformed ones are left
    /// out.</summary>
    public static IReadOnlyList<MediaRange> Parse(string header)
    {
        if (header.Length == 0)
        {
            return [new("*/*", null, null, null, 1)];
        }

        var ranges = new List<MediaRange>();
        foreach (var text in header.Split(',', RangesMax + 1, StringSplitOptions.TrimEntries).Take(RangesMax))
        {
            if (ParseOne(text) is { Quality: > 0 } range)
            {
                ranges.Add(range);
            }
        }

        return [.. ranges.OrderByDescending(range => range.Quality)];
    }

    private static MediaRange? ParseOne(string text)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        var range = new MediaRange(parts[0].ToLowerInvariant(), null, null, null, 1);
        foreach (var parameter in parts.AsSpan(1))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                continue;
            }

            var value = parameter[(equals + 1)..].Trim('"');
            range = parameter[..equals] switch
            {
                "as" => range with { As = value },
                "g" => range with { Group = value },
                "v" => range with { Version = value },
                "q" => range with { Quality = ParsedQuality(value) },
                _ => range,
            };
        }

        return range;
    }

    private static double ParsedQuality(string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
            ? Math.Clamp(quality, 0, 1)
            : 0;
}
