using System.Globalization;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.CronJobs;

namespace ActorOrchestrator.Domain.Tests.CronJobs;

/// <summary>When schedules are due, as tables: after this time, these are the next ones.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 3 * * *       ", "2026-11-29 02:59", "11-29 03:00, 11-30 03:00, 12-01 03:00")]
    [InlineData("0 3 * * *       ", "2026-11-29 03:00", "11-30 03:00")]
    [InlineData("*/20 * * * *    ", "2026-11-29 02:15", "11-29 02:20, 11-29 02:40, 11-29 03:00")]
    [InlineData("5/20 9 * * *    ", "2026-11-29 02:15", "11-29 09:05, 11-29 09:25, 11-29 09:45, 11-30 09:05")]
    [InlineData("0 8-18/5 * * ?  ", "2026-11-29 02:15", "11-29 08:00, 11-29 13:00, 11-29 18:00, 11-30 08:00")]
    [InlineData("0 0 1 JAN-mar * ", "2026-11-29 02:15", "01-01 00:00, 02-01 00:00, 03-01 00:00, 01-01 00:00")]
    [InlineData("0 12 * * Mon,fri", "2026-11-29 02:15", "11-30 12:00, 12-04 12:00, 12-07 12:00")]
    [InlineData("*/30,7 4 * * *  ", "2026-11-29 02:15", "11-29 04:00, 11-29 04:07, 11-29 04:30, 11-30 04:00")]
    [InlineData("0 0 31 * *      ", "2026-11-29 02:15", "12-31 00:00, 01-31 00:00, 03-31 00:00")]
    [InlineData("0 0 29 2 *      ", "2026-11-29 02:15", "02-29 00:00")]
    [InlineData("0 0 30 2 *      ", "2026-11-29 02:15", "never")]
    [InlineData("@yearly         ", "2026-11-29 02:15", "01-01 00:00, 01-01 00:00")]
    [InlineData("@annually       ", "2026-11-29 02:15", "01-01 00:00")]
    [InlineData("@monthly        ", "2026-11-29 02:15", "12-01 00:00, 01-01 00:00")]
    [InlineData("@weekly         ", "2026-11-29 02:15", "12-06 00:00, 12-13 00:00")]
    [InlineData("@daily          ", "2026-11-29 02:15", "11-30 00:00")]
    [InlineData("@midnight       ", "2026-11-29 02:15", "11-30 00:00")]
    [InlineData("@hourly         ", "2026-11-29 02:15", "11-29 03:00, 11-29 04:00")]
    [InlineData("@every 1h30m    ", "2026-11-29 02:15", "11-29 03:45, 11-29 05:15")]
    [InlineData("@every 10s      ", "2026-11-29 02:15", "11-29 02:16, 11-29 02:17")]
    public void Next_times(string schedule, string after, string expected) =>
        Assert.Equal(expected, Times(schedule.Trim(), zone: null, after, count: expected.Count(',') + 1));

    /// <summary>29 November 2026 is a Sunday.</summary>
    [Theory]
    [InlineData("0 0 1,15 * 3   either  ", "12-01 00:00, 12-02 00:00, 12-09 00:00, 12-15 00:00, 12-16 00:00")]
    [InlineData("0 0 13 * fri   either  ", "12-04 00:00, 12-11 00:00, 12-13 00:00, 12-18 00:00")]
    [InlineData("0 0 */10 * mon either  ", "11-30 00:00, 12-01 00:00, 12-07 00:00, 12-11 00:00")]
    [InlineData("0 0 * * mon    weekday ", "11-30 00:00, 12-07 00:00")]
    [InlineData("0 0 ? * mon    weekday ", "11-30 00:00, 12-07 00:00")]
    [InlineData("0 0 */1 * mon  weekday ", "11-30 00:00, 12-07 00:00")]
    [InlineData("0 0 13 * *     day     ", "12-13 00:00, 01-13 00:00")]
    [InlineData("0 0 13 * ?     day     ", "12-13 00:00, 01-13 00:00")]
    public void Restricted_day_and_weekday_are_alternatives(string schedule, string expected) => Assert.Equal(
        expected,
        Times(string.Join(' ', schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..5]), zone: null,
            "2026-11-29 02:15", count: expected.Count(',') + 1));

    /// <summary>Times with their offset, around changes of the clock: New York leaves out 2:00-3:00 on 8 March 2026 and
    /// has 1:00-2:00 twice on 1 November; Lord Howe changes by half an hour; Santiago leaves out 0:00-1:00 on 6
    /// September.</summary>
    [Theory]
    [InlineData("30 2 * * *    ", "America/New_York   ", "2026-03-07 12:00", "03-08 03:00 -04, 03-09 02:30 -04")]
    [InlineData("0,20,40 2 * * *", "America/New_York  ", "2026-03-07 12:00", "03-08 03:00 -04, 03-09 02:00 -04")]
    [InlineData("*/20 2 * * *  ", "America/New_York   ", "2026-03-07 12:00", "03-08 03:00 -04, 03-09 02:00 -04")]
    [InlineData("30 * * * *    ", "America/New_York   ", "2026-03-08 06:00", "03-08 01:30 -05, 03-08 03:30 -04")]
    [InlineData("30 1-3 * * *  ", "America/New_York   ", "2026-03-08 06:00", "03-08 01:30 -05, 03-08 03:30 -04")]
    [InlineData("30 1 * * *    ", "America/New_York   ", "2026-11-01 00:00", "11-01 01:30 -04, 11-02 01:30 -05")]
    [InlineData("*/30 1 * * *  ", "America/New_York   ", "2026-11-01 05:00", "11-01 01:30 -04, 11-02 01:00 -05")]
    [InlineData("30 * * * *    ", "America/New_York   ", "2026-11-01 05:00", "11-01 01:30 -04, 11-01 01:30 -05")]
    [InlineData("30 * * * *    ", "America/New_York   ", "2026-11-01 06:00", "11-01 01:30 -05, 11-01 02:30 -05")]
    [InlineData("15 2 * * *    ", "Australia/Lord_Howe", "2026-10-02 17:00", "10-04 02:30 +11, 10-05 02:15 +11")]
    [InlineData("0 0 * * *     ", "America/Santiago   ", "2026-09-05 12:00", "09-06 01:00 -03, 09-07 00:00 -03")]
    [InlineData("@daily        ", "America/Santiago   ", "2026-09-05 12:00", "09-06 01:00 -03")]
    [InlineData("@hourly       ", "America/Santiago   ", "2026-09-06 03:30", "09-06 01:00 -03, 09-06 02:00 -03")]
    [InlineData("0 3 * * *     ", "Asia/Kolkata       ", "2026-11-29 00:00", "11-30 03:00 +05, 12-01 03:00 +05")]
    public void Changes_of_the_clock_neither_lose_nor_double_a_run(
        string schedule, string zone, string after, string expected) =>
        Assert.Equal(expected, Times(schedule.Trim(), zone.Trim(), after, count: expected.Count(',') + 1));

    [Theory]
    [InlineData("* * * * *       ", "2016-01-01 00:00", "2026-11-29 02:15", "2026-11-29 02:15")]
    [InlineData("* * 1 1 *       ", "2016-01-01 00:00", "2026-11-29 02:15", "2026-01-01 23:59")]
    [InlineData("0 3 * * *       ", "2026-11-28 03:00", "2026-11-29 02:59", "")]
    [InlineData("0 3 * * *       ", "2026-11-28 03:00", "2026-11-29 03:00", "2026-11-29 03:00")]
    [InlineData("0 3 * * *       ", "2026-11-29 03:00", "2026-11-28 00:00", "")]
    [InlineData("0 0 29 2 *      ", "2016-01-01 00:00", "2026-11-29 02:15", "2024-02-29 00:00")]
    [InlineData("0 0 30 2 *      ", "2016-01-01 00:00", "2026-11-29 02:15", "")]
    [InlineData("@every 7h       ", "2026-11-28 00:00", "2026-11-29 02:15", "2026-11-28 21:00")]
    [InlineData("@every 7h       ", "2026-11-28 00:00", "2026-11-28 06:59", "")]
    public void The_last_time_is_found_however_many_there_are(string schedule, string mark, string now, string last) =>
        Assert.Equal(last, $"{Of(schedule.Trim(), null).Last(Utc(mark), Utc(now)):yyyy-MM-dd HH:mm}");

    [Theory]
    [InlineData("0 3 * * *", "America/New_York")]
    [InlineData("@every 1h", "Pacific/Kiritimati")]
    public void Times_that_nobody_lives_in_are_no_trouble(string schedule, string zone)
    {
        Assert.Equal(1970, Of(schedule, zone).Next(DateTimeOffset.MinValue)?.Year);
        Assert.Null(Of(schedule, zone).Next(DateTimeOffset.MaxValue));
        Assert.Equal(Utc("2026-11-28 08:00"), Of("0 3 * * *", "America/New_York")
            .Last(DateTimeOffset.MinValue, Utc("2026-11-29 07:59")));
        Assert.Null(Of(schedule, zone).Last(DateTimeOffset.MaxValue, Utc("2026-11-29 07:59")));
    }

    [Fact]
    public void The_last_time_is_what_counting_one_by_one_finds()
    {
        var random = new Random(7);
        string[] schedules =
            ["*/7 * * * *", "0 0 1,15 * 3", "30 2 * * *", "* * 1 1 *", "15 1-3 * * mon-fri", "@hourly"];
        for (var i = 0; i < 600; i++)
        {
            var schedule = Of(schedules[random.Next(schedules.Length)], "America/New_York");
            var mark = Utc("2026-01-01 00:00").AddMinutes(random.Next(500_000));
            var now = mark.AddSeconds(random.Next(2_000_000));
            DateTimeOffset? last = null;
            for (var next = schedule.Next(mark); next <= now; next = schedule.Next(next.Value))
            {
                last = next;
            }

            Assert.Equal(last, schedule.Last(mark, now));
        }
    }

    [Theory]
    [InlineData("0 3 * *              ", null       , "unparseable schedule: \"0 3 * *\" : expected exactly 5 fields")]
    [InlineData("0 3 * * *            ", "Mars/Base", "invalid timeZone: \"Mars/Base\": unknown time zone Mars/Base")]
    [InlineData("TZ=Mars/Base 0 3 * * *", null      , "invalid timeZone: \"Mars/Base\": unknown time zone Mars/Base")]
    public void What_was_stored_unchecked_says_what_is_wrong(string schedule, string? zone, string expected)
    {
        var trouble = Schedule.Of(new CronJobSpec { Schedule = schedule.Trim(), TimeZone = zone }).Trouble!;
        Assert.StartsWith(expected, trouble.Message, StringComparison.Ordinal);
        Assert.Equal(expected[0] == 'u' ? "UnparseableSchedule" : "UnknownTimeZone", trouble.Reason);
    }

    [Fact]
    public void A_zone_in_an_old_schedule_is_understood() => Assert.Equal(
        "11-30 03:00 +09", Times("CRON_TZ=Asia/Tokyo 0 3 * * *", "", "2026-11-29 02:15", count: 1));

    private static Schedule Of(string schedule, string? zone) =>
        Schedule.Of(new CronJobSpec { Schedule = schedule, TimeZone = zone is "" ? null : zone }).Schedule!;

    private static DateTimeOffset Utc(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Times(string text, string? zone, string after, int count)
    {
        var (schedule, time) = (Of(text, zone), Utc(after));
        var times = new List<string>();
        for (var i = 0; i < count; i++)
        {
            if (schedule.Next(time) is not { } next)
            {
                return "never";
            }

            time = next;
            times.Add(zone is null
                ? $"{next:MM-dd HH:mm}"
                : $"{TimeZoneInfo.ConvertTime(next, schedule.Zone):MM-dd HH:mm zz}");
        }

        return string.Join(", ", times);
    }
}
