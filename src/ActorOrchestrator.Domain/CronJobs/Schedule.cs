using System.Globalization;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Validation;
using Cronos;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>
/// When a CronJob is due (batch/v1 CronJobSpec.schedule and timeZone; without a zone, UTC). When both the day of month
/// and the day of week are restricted, either will do, as in Kubernetes; Cronos, which finds the times, would want
/// both.
/// <para>
/// Where clocks are changed, a schedule whose hours are given as numbers runs as often on that day as on any other:
/// what falls into the hour that is left out runs at its end, and what comes twice runs the first time. One whose hours
/// are <c>*</c>, a range or a step goes by the clock on the wall: not in the hour that is left out, and in both of
/// those that come twice.
/// </para>
/// <code>
///   New York, 2026       30 2 * * *     30 1 * * *               30 * * * *
///   8 March, 2:00-3:00   3:00           1:30                     1:30   3:30
///   1 November, 1:00     2:30           1:30 (before only)       1:30 (before)   1:30 (after)   2:30
/// </code>
/// <c>@every 90m</c> counts from the time before, whatever the clocks do; its Jobs are named by the minute, so it is a
/// minute at least.
/// </summary>
public sealed class Schedule
{
    private static readonly Dictionary<string, string> Macros = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    /// <summary>No CronJob was made before, and none is looked at after; what a client writes into a status may be
    /// any time.</summary>
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    private static readonly DateTimeOffset Latest = new(2400, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CronExpression[] _expressions;
    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly TimeSpan _period;

    private Schedule(CronExpression[] expressions, CronField minutes, CronField hours, TimeSpan period) =>
        (_expressions, _minutes, _hours, _period) = (expressions, minutes, hours, period);

    /// <summary>Where its hours are counted.</summary>
    public TimeZoneInfo Zone { get; private init; } = TimeZoneInfo.Utc;

    /// <summary>A schedule; or why there is none, which only one that was stored before it was checked can
    /// have.</summary>
    public static (Schedule? Schedule, NoSchedule? Trouble) Of(CronJobSpec spec)
    {
        var (zone, text) = SplitZone(spec);
        if (CronSyntax.Complaint(text) is { } complaint)
        {
            return (null, new NoSchedule(
                "UnparseableSchedule", $"unparseable schedule: \"{spec.Schedule}\" : {complaint}"));
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(zone ?? "UTC", out var found)
            ? (Parse(text, found), null)
            : (null, new NoSchedule("UnknownTimeZone", $"invalid timeZone: \"{zone}\": unknown time zone {zone}"));
    }

    /// <summary>The first time after <paramref name="time"/>; null when there is none (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset time)
    {
        if (time > Latest)
        {
            return null;
        }

        time = time < Earliest ? Earliest : time;
        if (_period > TimeSpan.Zero)
        {
            return ObjectLifecycle.Truncate(time) + _period;
        }

        DateTimeOffset? first = null;
        foreach (var expression in _expressions)
        {
            if (Next(expression, time) is { } next && (first is null || next < first))
            {
                first = next;
            }
        }

        return first?.ToUniversalTime();
    }

    /// <summary>
    /// The last time after <paramref name="mark"/> that is not after <paramref name="now"/>, however many there are;
    /// null if there is none. The later one starts to look, the later is the time that is found: so the last is found
    /// by halving.
    /// </summary>
    public DateTimeOffset? Last(DateTimeOffset mark, DateTimeOffset now)
    {
        if (_period > TimeSpan.Zero)
        {
            var start = ObjectLifecycle.Truncate(mark);
            var periods = Math.Floor((now - start) / _period);
            return periods >= 1 ? start + periods * _period : null;
        }

        if (Next(mark) is not { } last || last > now)
        {
            return null;
        }

        var high = now;
        while (Next(last) is { } next && next <= now)
        {
            last = next;
            var middle = last + (high - last) / 2;
            if (Next(middle) is { } found && found <= now)
            {
                last = found;
            }
            else
            {
                high = middle;
            }
        }

        return last;
    }

    /// <summary>How a zone was said before there was a field for it: <c>TZ=Europe/Berlin 0 3 * * *</c>.</summary>
    private static (string? Zone, string Text) SplitZone(CronJobSpec spec)
    {
        var parts = spec.Schedule.Split(' ', 2);
        return parts is [var first, var rest] && first.Split('=') is ["TZ" or "CRON_TZ", var zone]
            ? (zone, rest.Trim())
            : (spec.TimeZone, spec.Schedule);
    }

    private static Schedule Parse(string text, TimeZoneInfo zone)
    {
        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            return new Schedule([], default, default, GoDuration.Parse(text["@every ".Length..]));
        }

        var parts = Macros.GetValueOrDefault(text, text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var fields = parts.Select((part, i) => CronField.Parse(part, CronSyntax.Fields[i])).ToArray();
        var (day, weekday) = (fields[2], fields[4]);
        // Whether a time is repeated is told by the hours alone.
        var minutes = fields[0] with { IsAny = false, IsRepeated = false };
        string[] days = day.IsAny || weekday.IsAny
            ? [$"{day} {fields[3]} {weekday}"]
            : [$"{day} {fields[3]} *", $"* {fields[3]} {weekday}"];
        var expressions = days.Select(part => CronExpression.Parse($"{minutes} {fields[1]} {part}")).ToArray();
        return new Schedule(expressions, minutes, fields[1], TimeSpan.Zero) { Zone = zone };
    }

    private DateTimeOffset? Next(CronExpression expression, DateTimeOffset time)
    {
        var next = expression.GetNextOccurrence(time, Zone);
        while (_hours.IsRepeated && next is { } moved && !(_hours.Allows(moved.Hour) && _minutes.Allows(moved.Minute)))
        {
            // Moved to the end of the hour that is left out.
            next = expression.GetNextOccurrence(moved, Zone);
        }

        return next;
    }
}

/// <summary>Why a CronJob cannot be due, as an Event says it.</summary>
public sealed record NoSchedule(string Reason, string Message);

/// <summary>A duration in Go's notation: numbers with units, one behind the other (<c>1h30m</c>).</summary>
internal static class GoDuration
{
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>In whole seconds, a minute at least.</summary>
    public static TimeSpan Parse(string text)
    {
        var (seconds, start) = (0.0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetter(text[i]) || (i + 1 < text.Length && char.IsAsciiLetter(text[i + 1])))
            {
                continue;
            }

            var unit = text[start..(i + 1)].TrimStart([.. "0123456789."]);
            var digits = text.AsSpan(start, i + 1 - start - unit.Length);
            var secondsEach = unit switch { "h" => 3600, "m" => 60, "s" => 1, _ => 0 };
            seconds += double.TryParse(digits, CultureInfo.InvariantCulture, out var number) ? number * secondsEach : 0;
            start = i + 1;
        }

        // Further than any clock here goes.
        var period = TimeSpan.FromSeconds(Math.Floor(Math.Min(seconds, 1e10)));
        return period > Least ? period : Least;
    }
}
