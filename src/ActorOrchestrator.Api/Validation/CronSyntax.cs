using System.Globalization;

namespace ActorOrchestrator.Api.Validation;

/// <summary>
/// The syntax of a CronJob's schedule: five fields (minute, hour, day of month, month, day of week) or a descriptor
/// such as <c>@daily</c>; the messages are those that Kubernetes passes on from its cron library.
/// </summary>
public static class CronSyntax
{
    /// <summary>The numbers of a field, and names for them from <paramref name="Min"/> on.</summary>
    public sealed record Field(int Min, int Max, params string[] Names);

    /// <summary>Minute, hour, day of month, month, day of week.</summary>
    public static readonly ValueList<Field> Fields =
    [
        new(0, 59), new(0, 23), new(1, 31),
        new(1, 12, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        new(0, 6, "sun", "mon", "tue", "wed", "thu", "fri", "sat"),
    ];

    /// <summary>What is wrong with a schedule, or null.</summary>
    public static string? Complaint(string schedule)
    {
        if (schedule.StartsWith('@'))
        {
            return ComplaintAboutDescriptor(schedule);
        }

        var parts = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Fields.Count)
        {
            return $"expected exactly 5 fields, found {parts.Length}: [{string.Join(' ', parts)}]";
        }

        for (var i = 0; i < parts.Length; i++)
        {
            foreach (var range in parts[i].Split(','))
            {
                if (ComplaintAboutRange(range, Fields[i]) is { } complaint)
                {
                    return complaint;
                }
            }
        }

        return null;
    }

    private static string? ComplaintAboutDescriptor(string schedule)
    {
        if (schedule is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
        {
            return null;
        }

        if (!schedule.StartsWith("@every "))
        {
            return $"unrecognized descriptor: {schedule}";
        }

        var duration = schedule["@every ".Length..];
        return IsDuration(duration) ? null : $"failed to parse duration {schedule}: time: invalid duration "
            + FieldError.Quote(duration);
    }

    /// <summary>A range is a number, a name, <c>*</c>, <c>?</c> or <c>a-b</c>, with or without a step.</summary>
    private static string? ComplaintAboutRange(string range, Field field)
    {
        var steps = range.Split('/');
        var bounds = steps[0].Split('-');
        if (bounds.Length > 2)
        {
            return $"too many hyphens: {range}";
        }

        if (steps.Length > 2)
        {
            return $"too many slashes: {range}";
        }

        var (low, high) = (field.Min, field.Max);
        if (bounds[0] is not ("*" or "?"))
        {
            if (!TryNumber(bounds[0], field, out low, out var problem))
            {
                return problem;
            }

            high = low;
            if (bounds.Length == 2 && !TryNumber(bounds[1], field, out high, out problem))
            {
                return problem;
            }
        }
        else if (bounds.Length == 2)
        {
            return $"too many hyphens: {range}";
        }

        if (steps.Length == 2)
        {
            if (!TryNumber(steps[1], field with { Names = [] }, out var step, out var problem))
            {
                return problem;
            }

            if (step == 0)
            {
                return $"step of range should be a positive number: {range}";
            }

            if (bounds.Length == 1)
            {
                high = field.Max;
            }
        }

        if (low < field.Min)
        {
            return $"beginning of range ({low}) below minimum ({field.Min}): {range}";
        }

        if (high > field.Max)
        {
            return $"end of range ({high}) above maximum ({field.Max}): {range}";
        }

        return low > high ? $"beginning of range ({low}) beyond end of range ({high}): {range}" : null;
    }

    private static bool TryNumber(string text, Field field, out int number, out string problem)
    {
        problem = "";
        var index = Array.IndexOf(field.Names, text.ToLowerInvariant());
        number = index + field.Min;
        if (index >= 0)
        {
            return true;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number >= 0)
        {
            return true;
        }

        problem = number < 0
            ? $"negative number ({number}) not allowed: {text}"
            : $"failed to parse int from {text}: strconv.Atoi: parsing {FieldError.Quote(text)}: invalid syntax";
        return false;
    }

    /// <summary>A duration in Go's notation, e.g. <c>1h30m</c>.</summary>
    private static bool IsDuration(string text)
    {
        var position = 0;
        while (position < text.Length)
        {
            var start = position;
            while (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '.'))
            {
                position++;
            }

            var digits = position - start;
            start = position;
            while (position < text.Length && char.IsAsciiLetter(text[position]))
            {
                position++;
            }

            if (digits == 0 || text[start..position] is not ("h" or "m" or "s" or "ms" or "us" or "ns"))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
