using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A Job a minute, from midnight on.</summary>
public sealed class CronJobCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new CronJobCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_job_for_each_time_is_fine()
    {
        _world.Create(CronJob());
        for (var minute = 1; minute < 10; minute++)
        {
            _world.Pass(60);
            Start(minute);
            _world.Replace(Job(minute, isOver: true));
        }
    }

    [Fact]
    public void A_time_starts_one_job()
    {
        _world.Create(CronJob());
        _world.Pass(60);
        Start(1);
        Claim(1, "other");
        _world.Refuses(
            _ => _world.Create(Job(1, "other")), "jobs.batch/default/other", "00:01:00", "jobs.batch/default/tick-1");
    }

    /// <summary>It is asked for again until it is seen.</summary>
    [Fact]
    public void The_same_job_may_come_back()
    {
        _world.Create(CronJob());
        _world.Pass(60);
        Start(1);
        _world.Delete(Job(1));
        _world.Create(Job(1));
    }

    [Fact]
    public void A_job_is_claimed_before_it_is_made()
    {
        _world.Create(CronJob());
        _world.Refuses(_ => _world.Create(Job(1)), "jobs.batch/default/tick-1", "had not claimed it");
    }

    [Fact]
    public void Forbid_lets_one_run_at_a_time()
    {
        _world.Create(CronJob("Forbid"));
        _world.Pass(60);
        Start(1);
        _world.Pass(60);
        _world.Refuses(_ => Start(2), "jobs.batch/default/tick-2", "tick-1 has not ended", "forbids");
    }

    [Fact]
    public void One_that_was_allowed_lately_may_still_come()
    {
        _world.Create(CronJob());
        _world.Pass(60);
        Start(1);
        _world.Replace(CronJob("Forbid"));
        _world.Pass(60);
        Start(2);
    }

    [Fact]
    public void No_time_is_passed_over_while_nothing_is_wrong()
    {
        _world.Create(CronJob());
        for (var minute = 1; minute < 10; minute++)
        {
            _world.Pass(60);
            Start(minute);
        }

        _world.Pass(120);
        _world.Refuses(_ => Start(11), "starts 00:11:00", "00:10:00 has started nothing");
    }

    [Fact]
    public void After_trouble_the_last_time_starts()
    {
        _world.Create(CronJob());
        for (var minute = 1; minute < 10; minute++)
        {
            _world.Pass(60);
            Start(minute);
        }

        _world.Pass(120);
        _world.World.Calm.ControlTroubledAt = _world.World.Loop.Now;
        Start(11);
    }

    [Fact]
    public void What_is_due_soon_starts()
    {
        _world.Create(CronJob());
        _world.Refuses(_ => _world.Pass(600), "cronjobs.batch/default/tick", "due at 00:01:00");
    }

    [Fact]
    public void What_is_forbidden_need_not_start_but_what_is_free_has_to()
    {
        _world.Create(CronJob("Forbid"));
        _world.Pass(60);
        Start(1);
        _world.Pass(600);
        _world.Replace(Job(1, isOver: true));
        _world.Refuses(_ => _world.Pass(600), "due at 00:02:00");
    }

    [Fact]
    public void A_job_that_is_replaced_goes()
    {
        _world.Create(CronJob("Replace") with
        {
            Spec = CronJob("Replace").Spec with { Schedule = "1,2 0 * * *" },
        });
        _world.Pass(60);
        Start(1);
        _world.Pass(60);
        Start(2);
        _world.Refuses(_ => _world.Pass(600), "jobs.batch/default/tick-1 goes on", "tick-2");
    }

    private void Start(int minute)
    {
        Claim(minute, $"tick-{minute}");
        _world.Create(Job(minute));
    }

    private void Claim(int minute, string name) =>
        _world.Commit(EntityKey.Of(CronJob()), new ScheduledJobClaimed(name, name, At(minute)));

    private static DateTimeOffset At(int minute) => new(2026, 1, 1, 0, minute, 0, TimeSpan.Zero);

    private static CronJob CronJob(string policy = "Allow") => new()
    {
        Metadata = new ObjectMeta { Name = "tick", Namespace = "default", Uid = "tick" },
        Spec = new CronJobSpec { Schedule = "* * * * *", ConcurrencyPolicy = policy },
    };

    private static Job Job(int minute, string? name = null, bool isOver = false) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name ?? $"tick-{minute}", Namespace = "default", Uid = name ?? $"tick-{minute}",
            CreationTimestamp = At(minute),
            Annotations = ValueMap<string>.From(
                [KeyValuePair.Create(ScheduledJobClaim.TimeAnnotation, $"2026-01-01T00:{minute:00}:00Z")]),
            OwnerReferences =
                [new OwnerReference { Kind = "CronJob", Uid = "tick", Name = "tick", Controller = true }],
        },
        Status = new JobStatus
        {
            Conditions = isOver ? [new JobCondition { Type = "Complete", Status = "True" }] : [],
        },
    };
}
