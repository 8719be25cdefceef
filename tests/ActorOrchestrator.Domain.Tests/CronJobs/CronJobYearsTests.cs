using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Domain.Tests.CronJobs;

/// <summary>G9 over two years of changed clocks, restarted at random: each scheduled time ran exactly once. What is
/// expected is counted here minute by minute, without the library that finds the times.</summary>
public sealed class CronJobYearsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 30, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Start.AddYears(2);

    /// <summary>Half-hour changes, changes at midnight, south and north, an offset of 45 minutes.</summary>
    public static TheoryData<string> Zones =>
    [
        "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo",
        "Pacific/Chatham",
    ];

    [Theory, MemberData(nameof(Zones))]
    public void At_half_past_two_once_a_day(string zone) => Play("30 2 * * *", zone, Daily(zone, new TimeOnly(2, 30)));

    [Theory, MemberData(nameof(Zones))]
    public void At_midnight_once_a_day(string zone) => Play("@daily", zone, Daily(zone, new TimeOnly(0, 0)));

    [Theory, MemberData(nameof(Zones))]
    public void By_the_clock_on_the_wall(string zone) => Play(
        "*/30 0-3 * * *", zone, OnTheWall(zone, local => local.Hour <= 3 && local.Minute % 30 == 0));

    private static void Play(string schedule, string zone, List<DateTimeOffset> expected)
    {
        var cronJob = CronJobBuilder.Make(new CronJobSpec
        {
            Schedule = schedule, TimeZone = zone, SuccessfulJobsHistoryLimit = 2, FailedJobsHistoryLimit = 1,
        });
        var seed = zone.Length * schedule.Length;
        var play = new CronPlay(seed, cronJob, Start);
        play.RunUntil(End.AddMinutes(5));

        var wrong = expected.Where(time => play.Runs.GetValueOrDefault(time) != 1)
            .Concat(play.Runs.Keys.Except(expected)).Order()
            .Select(time => $"{time:u} ran {play.Runs.GetValueOrDefault(time)} times").Take(5).ToList();
        Assert.True(wrong.Count == 0, $"seed {seed}: of {expected.Count} times {string.Join(", ", wrong)}");
        Assert.InRange(expected.Count, 729, 6000);
        Assert.True(play.Restarts > 50, $"only {play.Restarts} restarts");
        Assert.InRange(play.State.Claims.Count, 1, 4);
        Assert.Equal(play.State.Claims.Count, play.Jobs);
        Assert.Equal(expected[^1], play.State.CronJob!.Status.LastScheduleTime);
    }

    /// <summary>Each day once: where the time is left out at the end of the gap, where it comes twice the first
    /// time.</summary>
    private static List<DateTimeOffset> Daily(string id, TimeOnly time)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var times = new List<DateTimeOffset>();
        for (var day = new DateOnly(2025, 12, 31); day <= new DateOnly(2028, 1, 2); day = day.AddDays(1))
        {
            var local = day.ToDateTime(time);
            while (zone.IsInvalidTime(local))
            {
                local = local.AddMinutes(1);
            }

            var offset = zone.IsAmbiguousTime(local)
                ? zone.GetAmbiguousTimeOffsets(local).Max()
                : zone.GetUtcOffset(local);
            times.Add(new DateTimeOffset(local, offset).ToUniversalTime());
        }

        return [.. times.Where(run => run > Start && run <= End)];
    }

    private static List<DateTimeOffset> OnTheWall(string id, Func<DateTimeOffset, bool> isDue)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var times = new List<DateTimeOffset>();
        for (var time = Start.AddSeconds(30); time <= End; time = time.AddMinutes(1))
        {
            if (isDue(TimeZoneInfo.ConvertTime(time, zone)))
            {
                times.Add(time);
            }
        }

        return times;
    }
}
