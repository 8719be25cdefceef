using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A Job of 3 completions, 2 at a time, with one failure allowed.</summary>
public sealed class JobCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new JobCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_job_that_runs_to_its_end_is_fine()
    {
        Begin();
        Run("a");
        Run("b");
        Succeed("a");
        _world.Replace(Job(succeeded: 1));
        Settle("a");
        _world.Replace(Pod("a", "Succeeded", isKept: false));
        Run("c");
        Succeed("b");
        Succeed("c");
        _world.Replace(Job(succeeded: 3, condition: "Complete"));
    }

    [Fact]
    public void A_pod_is_claimed_before_it_is_made()
    {
        Begin();
        _world.Refuses(_ => _world.Create(Pod("a")), "pods/default/a", "had not claimed it");
    }

    [Fact]
    public void Parallelism_is_a_bound()
    {
        Begin();
        Run("a");
        Run("b");
        _world.Refuses(_ => Run("c"), "pods/default/c", "3 pods of its Job may run", "2 are allowed");
    }

    [Fact]
    public void No_more_is_asked_for_than_successes_are_missing()
    {
        Begin(Job(succeeded: 0) with { Spec = Job(0).Spec with { Completions = 1 } });
        Claim("a");
        _world.Refuses(_ => Claim("b"), "2 pods", "1 are wanted");
    }

    [Fact]
    public void What_is_decided_asks_for_nothing()
    {
        Begin();
        _world.Replace(Job(failed: 0, condition: "FailureTarget"));
        _world.Refuses(_ => Claim("a"), "jobs.batch/default/work", "decided");
    }

    [Fact]
    public void Nothing_is_made_for_a_job_that_has_ended()
    {
        Begin();
        Claim("a");
        _world.Replace(Job(condition: "Failed"));
        _world.Refuses(_ => _world.Create(Pod("a")), "pods/default/a", "has ended");
    }

    [Fact]
    public void Failures_beyond_the_limit_end_it()
    {
        Begin();
        Run("a");
        Run("b");
        _world.Replace(Pod("a", "Failed"));
        _world.Replace(Pod("b", "Failed"));
        _world.Replace(Job(failed: 2));
        Settle("a", "b");
        _world.Refuses(_ => Claim("c"), "after 2 failures, of which 1 are");
    }

    [Fact]
    public void An_end_counts_once()
    {
        Begin();
        Run("a");
        Succeed("a");
        _world.Replace(Job(succeeded: 1));
        _world.Refuses(_ => _world.Replace(Job(succeeded: 2)), "counts 2 successes", "1 have succeeded");
    }

    [Fact]
    public void Counts_never_go_back()
    {
        Begin();
        Run("a");
        Succeed("a");
        _world.Replace(Job(succeeded: 1));
        _world.Refuses(_ => _world.Replace(Job()), "0 successes", "after 1");
    }

    [Fact]
    public void All_that_had_to_count_has_counted_at_the_end()
    {
        Begin();
        Run("a");
        Run("b");
        Succeed("a");
        _world.Replace(Pod("b", "Failed"));
        _world.Refuses(_ => _world.Replace(Job(succeeded: 1, condition: "Failed")), "1 of its pods", "and 1 failed");
    }

    [Fact]
    public void Nothing_runs_at_the_end()
    {
        Begin();
        Run("a");
        _world.Refuses(_ => _world.Replace(Job(condition: "Failed")), "1 of its pods may run");
    }

    [Fact]
    public void A_pod_is_let_go_when_it_is_counted()
    {
        Begin();
        Run("a");
        Succeed("a");
        _world.Refuses(_ => _world.Replace(Pod("a", "Succeeded", isKept: false)), "was let go", "has counted 0 and 0");
    }

    [Fact]
    public void A_pod_that_was_deleted_before_its_end_need_not_count()
    {
        Begin();
        Run("a");
        _world.Commit(EntityKey.Of(Pod("a")), new DeletionRequested(_world.World.Loop.Now, 30, []));
        _world.Replace(Pod("a", "Failed") with
        {
            Metadata = Pod("a").Metadata with { DeletionTimestamp = _world.World.Loop.Now },
        });
        _world.Replace(Job(condition: "Failed"));
    }

    [Fact]
    public void A_success_is_one_of_the_containers()
    {
        Begin();
        Run("a");
        _world.Container(ContainerChangeKind.Exited, "a", exitCode: 42);
        _world.Refuses(_ => _world.Replace(Pod("a", "Succeeded")), "pods/default/a", "has ended with 42");
    }

    [Fact]
    public void So_is_a_failure()
    {
        Begin();
        Run("a");
        _world.Container(ContainerChangeKind.Exited, "a", exitCode: 0);
        _world.Refuses(_ => _world.Replace(Pod("a", "Failed")), "pods/default/a", "have succeeded");
    }

    [Fact]
    public void A_deadline_is_noticed()
    {
        Begin(Job() with { Spec = Job().Spec with { ActiveDeadlineSeconds = 60 } });
        _world.Pass(150);
        _world.Refuses(_ => _world.Pass(120), "goes on after its deadline");
    }

    private void Begin(Job? job = null) => _world.Create(job ?? Job());

    private void Claim(string name) => _world.Commit(
        EntityKey.Of(Job()), new JobPodsClaimed([new ClaimedJobPod(name, name)], IsAdoption: false));

    private void Run(string name)
    {
        Claim(name);
        _world.Create(Pod(name));
    }

    private void Succeed(string name)
    {
        _world.Container(ContainerChangeKind.Exited, name, exitCode: 0);
        _world.Replace(Pod(name, "Succeeded"));
    }

    private void Settle(params string[] names) =>
        _world.Commit(EntityKey.Of(Job()), new JobPodsSettled([.. names], 0, null));

    private Job Job(int succeeded = 0, int failed = 0, string? condition = null) => new()
    {
        Metadata = new ObjectMeta { Name = "work", Namespace = "default", Uid = "work" },
        Spec = new JobSpec { Completions = 3, Parallelism = 2, BackoffLimit = 1 },
        Status = new JobStatus
        {
            StartTime = _world.World.Loop.Now,
            Succeeded = succeeded,
            Failed = failed,
            Conditions = condition is null ? [] : [new JobCondition { Type = condition, Status = "True" }],
        },
    };

    private static Pod Pod(string name, string phase = "Running", bool isKept = true) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name,
            Finalizers = isKept ? [Finalizers.JobTracking] : [],
            OwnerReferences = [new OwnerReference { Kind = "Job", Uid = "work", Name = "work", Controller = true }],
        },
        Spec = new PodSpec { Containers = [new Container { Name = "main" }] },
        Status = new PodStatus { Phase = phase },
    };
}
