using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.CronJobs;

/// <summary>What a user of kubectl sees of a CronJob, told as stories in a kind world that begins at midnight of 1
/// January 2030 (UTC).</summary>
public sealed class CronJobStoryTests
{
    private readonly World _world = new(seed: 5, new Unkindness());

    private CronJob Report => _world.Find<CronJob>(CronJobBuilder.Key)!;

    private CronJobStatus Status => Report.Status;

    private string Names => string.Join(' ', _world.All<Job>().Select(job => job.Metadata.Name));

    [Fact]
    public void At_its_time_a_job_is_made_of_the_template_and_named_by_the_minute()
    {
        Apply(new CronJobSpec { Schedule = "0 3 * * *", TimeZone = "Europe/Berlin" });
        Pass(hours: 1, minutes: 59);
        Assert.Equal("", Names);
        Pass(minutes: 1);

        var job = Assert.Single(_world.All<Job>());
        var minutes = new DateTimeOffset(2030, 1, 1, 2, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() / 60;
        Assert.Equal($"report-{minutes}", job.Metadata.Name);
        Assert.Equal("report", job.Metadata.Labels["app"]);
        Assert.Equal(
            "2030-01-01T03:00:00+01:00",
            job.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        Assert.Equal(Report.Metadata.Uid, Assert.Single(job.Metadata.OwnerReferences).Uid);
        Assert.Equal(_world.Now, Status.LastScheduleTime);
        var active = Assert.Single(Status.Active);
        Assert.Equal(
            ("batch/v1", "Job", "default", job.Metadata.Name, job.Metadata.Uid),
            (active.ApiVersion, active.Kind, active.Namespace, active.Name, active.Uid));

        End("Succeeded");
        Assert.Empty(Status.Active);
        Assert.Equal(_world.Now, Status.LastSuccessfulTime);
        Assert.Equal(
            [
                $"SuccessfulCreate: Created job {job.Metadata.Name}",
                $"SawCompletedJob: Saw completed job: {job.Metadata.Name}, condition: Complete",
            ],
            _world.RecordedEvents.Where(text => text.Contains(" job", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_those_that_have_ended_the_last_are_kept_by_how_they_ended()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *", SuccessfulJobsHistoryLimit = 2, FailedJobsHistoryLimit = 1 });
        foreach (var end in new[] { "Failed", "Succeeded", "Succeeded", "Failed", "Succeeded" })
        {
            Pass(minutes: 1);
            End(end);
        }

        Assert.Equal($"{Name(3)} {Name(4)} {Name(5)}", Names);
        Assert.Contains($"SuccessfulDelete: Deleted job {Name(1)}", _world.RecordedEvents);
        Assert.Contains($"SuccessfulDelete: Deleted job {Name(2)}", _world.RecordedEvents);
    }

    [Fact]
    public void Allow_runs_jobs_side_by_side()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *" });
        Pass(minutes: 3);
        Assert.Equal([Name(1), Name(2), Name(3)], Status.Active.Select(active => active.Name));
    }

    /// <summary>What happens between two times does not put off the second.</summary>
    [Fact]
    public void A_period_is_counted_from_the_time_before()
    {
        Apply(new CronJobSpec { Schedule = "@every 2m", SuccessfulJobsHistoryLimit = 5 });
        Pass(minutes: 3);
        Assert.Equal(Name(2), Names);

        End("Succeeded");
        Pass(minutes: 1);
        Assert.Equal($"{Name(2)} {Name(4)}", Names);
    }

    [Fact]
    public void Forbid_waits_for_the_job_that_runs_and_then_starts_for_the_last_time_that_was_reached()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *", ConcurrencyPolicy = "Forbid" });
        Pass(minutes: 4);
        Assert.Equal(Name(1), Names);
        Assert.Equal(3, _world.RecordedEvents.Count(text => text == "JobAlreadyActive: "
            + "Not starting job because prior execution is running and concurrency policy is Forbid"));

        End("Succeeded");
        Assert.Equal($"{Name(1)} {Name(4)}", Names);
        Assert.Equal(Name(4), Assert.Single(Status.Active).Name);
        Assert.Contains(
            "MissSchedule: Missed 2 scheduled times since Tue, 01 Jan 2030 00:01:00 +0000; starting the last one, "
            + "Tue, 01 Jan 2030 00:04:00 +0000",
            _world.RecordedEvents);
    }

    [Fact]
    public void Replace_lets_the_job_go_that_runs()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *", ConcurrencyPolicy = "Replace" });
        Pass(minutes: 2);
        Assert.Equal(Name(2), Names);
        Assert.Equal(Name(2), Assert.Single(Status.Active).Name);
        Assert.DoesNotContain(_world.RecordedEvents, text => text.StartsWith("MissingJob", StringComparison.Ordinal));
    }

    [Fact]
    public void Suspended_it_starts_nothing_and_rests_and_resumed_it_starts_the_last_that_was_missed()
    {
        Apply(new CronJobSpec { Schedule = "0 * * * *", Suspend = true });
        Pass(hours: 30);
        Assert.Equal("", Names);
        Assert.Empty(_world.Restless());

        Change(spec => spec with { Suspend = false });
        Assert.Equal(Name(30 * 60), Names);
    }

    [Fact]
    public void What_is_later_than_its_deadline_is_not_made_up_for()
    {
        Apply(new CronJobSpec { Schedule = "0 * * * *", Suspend = true, StartingDeadlineSeconds = 120 });
        Pass(hours: 1, minutes: 3);
        Change(spec => spec with { Suspend = false });
        _world.Restart(CronJobBuilder.Key.ToString());
        Pass(minutes: 1);
        Assert.Equal("", Names);
        Assert.Contains(
            "MissSchedule: Missed scheduled time to start a job: Tue, 01 Jan 2030 01:00:00 +0000",
            _world.RecordedEvents);

        Pass(hours: 1);
        Assert.Equal(Name(120), Names);
    }

    [Fact]
    public void After_any_number_of_missed_times_the_last_one_starts()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *", Suspend = true });
        Pass(hours: 24 * 365);
        Change(spec => spec with { Suspend = false });
        Assert.Equal(Name(24 * 365 * 60), Names);
        Assert.Contains(_world.RecordedEvents, text => text.StartsWith(
            "MissSchedule: Missed 100 or more scheduled times since", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_schedule_counts_from_its_change()
    {
        Apply(new CronJobSpec { Schedule = "0 22 * * *" });
        Pass(hours: 12);
        Change(spec => spec with { Schedule = "0 11 * * *" });
        Pass(hours: 1);
        Assert.Equal("", Names);
        Pass(hours: 22);
        Assert.Equal(Name(35 * 60), Names);
    }

    [Fact]
    public void One_that_is_made_by_hand_runs_beside_and_counts_for_the_history()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *", ConcurrencyPolicy = "Forbid", SuccessfulJobsHistoryLimit = 1 });
        var byHand = Jobs.JobBuilder.Make(new JobSpec());
        _world.Ask(Jobs.JobBuilder.Key, new Create(byHand with
        {
            Metadata = byHand.Metadata with { OwnerReferences = [Owners.ReferenceTo(Report)] },
        }));
        _world.RunUntilQuiet();
        Assert.Empty(Status.Active);
        Pass(minutes: 1);
        Assert.Equal(Name(1), Assert.Single(Status.Active).Name);

        End("Succeeded");
        Assert.Equal(Name(1), Names);
        Assert.Equal(_world.Now, Status.LastSuccessfulTime);
    }

    [Fact]
    public void A_job_that_somebody_deletes_is_missed_and_not_made_again()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *", ConcurrencyPolicy = "Forbid" });
        Pass(minutes: 1);
        _world.Ask(EntityKey.Of(_world.All<Job>().Single()), Delete.Background);
        _world.RunUntilQuiet();
        Assert.Equal("", Names);
        Assert.Empty(Status.Active);
        Assert.Contains($"MissingJob: Active job went missing: {Name(1)}", _world.RecordedEvents);
        Pass(minutes: 1);
        Assert.Equal(Name(2), Names);
    }

    /// <summary>Clients may write a status.</summary>
    [Fact]
    public void What_is_shown_as_active_without_a_uid_is_missed()
    {
        Apply(new CronJobSpec { Schedule = "0 * * * *" });
        var status = Status with { Active = [new ObjectReference { Kind = "Job", Name = "mine" }] };
        _world.Ask(CronJobBuilder.Key, new Replace(Report with { Status = status }) { Subresource = "status" });
        _world.RunUntilQuiet();
        Assert.Empty(Status.Active);
        Assert.Contains("MissingJob: Active job went missing: mine", _world.RecordedEvents);
    }

    [Fact]
    public void A_job_that_is_refused_is_tried_again_for_the_same_time()
    {
        Apply(new CronJobSpec { Schedule = "0 * * * *" });
        _world.Refusals["jobs.batch"] = Statuses.Forbidden("jobs.batch", "x", "exceeded quota: small");
        Pass(hours: 1, minutes: 5);
        Assert.Equal("", Names);
        Assert.Empty(Status.Active);
        Assert.Null(Status.LastScheduleTime);
        Assert.Contains(_world.RecordedEvents, text =>
            text.StartsWith("FailedCreate: Error creating job:", StringComparison.Ordinal)
            && text.Contains("exceeded quota", StringComparison.Ordinal));

        _world.Refusals.Clear();
        Pass(minutes: 2);
        Assert.Equal(Name(60), Names);
        Assert.DoesNotContain(_world.RecordedEvents, text => text.StartsWith("MissingJob", StringComparison.Ordinal));
    }

    [Fact]
    public void A_template_that_makes_no_job_says_why()
    {
        var good = CronJobBuilder.Make(new CronJobSpec { Schedule = "* * * * *" });
        var template = good.Spec.JobTemplate with
        {
            Metadata = new ObjectMeta { Labels = ValueMap<string>.From([KeyValuePair.Create("app", "not a label")]) },
        };
        _world.Ask(CronJobBuilder.Key, new Create(good with { Spec = good.Spec with { JobTemplate = template } }));
        Pass(minutes: 1);
        Assert.Equal("", Names);
        Assert.Contains(_world.RecordedEvents, text =>
            text.StartsWith("FailedCreate: Error creating job: Job.batch", StringComparison.Ordinal)
            && text.Contains("metadata.labels", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_a_stranger_has_uses_the_time_up()
    {
        Apply(new CronJobSpec { Schedule = "* * * * *" });
        var stranger = Jobs.JobBuilder.Make(new JobSpec());
        _world.Ask(
            Jobs.JobBuilder.Key with { Name = Name(1) },
            new Create(stranger with { Metadata = stranger.Metadata with { Name = Name(1) } }));
        Pass(minutes: 1);
        Assert.Empty(Status.Active);
        Assert.Null(Status.LastScheduleTime);
        Assert.Contains(
            $"FailedCreate: Error creating job: the name {Name(1)} is taken by a Job that is not of this CronJob",
            _world.RecordedEvents);
        Pass(minutes: 1);
        Assert.Equal(Name(2), Assert.Single(Status.Active).Name);
    }

    private static string Name(int minute) =>
        $"report-{new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() / 60 + minute}";

    private void Apply(CronJobSpec spec)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(CronJobBuilder.Key, new Create(CronJobBuilder.Make(spec))));
        _world.RunUntilQuiet();
    }

    private void Change(Func<CronJobSpec, CronJobSpec> change)
    {
        Assert.IsType<Reply.Accepted>(
            _world.Ask(CronJobBuilder.Key, new Replace(Report with { Spec = change(Report.Spec) })));
        _world.RunUntilQuiet();
    }

    private void Pass(int hours = 0, int minutes = 0) => _world.RunFor(new TimeSpan(hours, minutes, 0));

    /// <summary>All pods that run now end so.</summary>
    private void End(string phase)
    {
        var running = _world.All<Pod>().Select(pod => pod.Metadata.Uid).ToHashSet();
        _world.EndOf = pod => running.Contains(pod.Metadata.Uid) ? phase : null;
        _world.RunUntilQuiet();
        _world.EndOf = _ => null;
    }
}
