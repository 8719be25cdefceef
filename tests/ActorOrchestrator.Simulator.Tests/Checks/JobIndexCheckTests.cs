using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>A Job of 3 indexes, each of which may fail once.</summary>
public sealed class JobIndexCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new JobCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Indexes_that_succeed_and_fail_are_fine()
    {
        Begin();
        Run("a", 0);
        Run("b", 1);
        Succeed("a", 0);
        _world.Replace(Job() with { Status = Status(completed: "0") });
        Settle("a");
        Fail("b", 1, 1);
        _world.Replace(Job() with { Status = Status(completed: "0", pods: 1) });
        Settle("b");
        _world.Pass(200);
        Run("c", 1);
        Fail("c", 1, 1);
        _world.Replace(Job() with { Status = Status(completed: "0", failed: "1", pods: 2) });
        Settle("c");
        Run("d", 2);
        Succeed("d", 2);
        _world.Replace(Job() with { Status = Status("0,2", "1", 2, "FailureTarget", "FailedIndexes") });
        Settle("d");
        _world.Replace(Job() with { Status = Status("0,2", "1", 2, "Failed", "FailedIndexes") });
    }

    [Fact]
    public void An_index_has_one_pod_at_a_time()
    {
        Begin();
        Run("a", 0);
        _world.Refuses(_ => Claim("b", 0), "index 0 has a pod whose end is not entered");
    }

    [Fact]
    public void One_that_shuts_down_is_waited_for_where_the_job_says_so()
    {
        Begin(Job() with { Spec = Job().Spec with { PodReplacementPolicy = "Failed" } });
        Run("a", 0);
        _world.Commit(EntityKey.Of(Pod("a", 0)), new DeletionRequested(_world.World.Loop.Now, 30, []));
        Settle("a");
        _world.Refuses(_ => Claim("b", 0), "index 0 has a pod that may run");
    }

    [Fact]
    public void An_index_that_has_succeeded_is_done_with()
    {
        Begin();
        Run("a", 0);
        Succeed("a", 0);
        _world.Replace(Job() with { Status = Status(completed: "0") });
        Settle("a");
        _world.Refuses(_ => Claim("b", 0), "index 0 is done with");
    }

    [Fact]
    public void So_it_is_when_the_status_has_forgotten_it()
    {
        Begin();
        Run("a", 0);
        Succeed("a", 0);
        _world.Replace(Job() with { Status = Status(completed: "0") });
        _world.Refuses(_ => _world.Replace(Job()), "index 0 had succeeded");
    }

    [Fact]
    public void There_is_no_index_beyond_completions()
    {
        Begin();
        _world.Refuses(_ => Claim("a", 3), "there is no index 3");
    }

    [Fact]
    public void An_index_waits_after_a_failure()
    {
        Begin();
        _world.Pass(300);
        Run("a", 0);
        Fail("a", 0, 1);
        _world.Replace(Job() with { Status = Status(pods: 1) });
        Settle("a");
        _world.Pass(5);
        _world.Refuses(_ => Claim("b", 0), "index 0 has just failed");
    }

    [Fact]
    public void An_index_is_not_tried_more_often_than_it_may()
    {
        Begin();
        foreach (var name in (string[])["a", "b"])
        {
            Run(name, 0);
            Fail(name, 0, 1);
            _world.Replace(Job() with { Status = Status(pods: name == "a" ? 1 : 2) });
            Settle(name);
            _world.Pass(200);
        }

        _world.Refuses(_ => Claim("c", 0), "index 0 has failed 2 times", "1 may");
    }

    [Fact]
    public void No_index_fails_too_early()
    {
        Begin();
        Run("a", 0);
        Fail("a", 0, 1);
        _world.Refuses(
            _ => _world.Replace(Job() with { Status = Status(failed: "0", pods: 1) }), "index 0 has failed", "not");
    }

    [Fact]
    public void A_success_is_a_pods()
    {
        Begin();
        _world.Refuses(_ => _world.Replace(Job() with { Status = Status(completed: "1") }), "counts 1 successes");
    }

    [Fact]
    public void And_of_its_own_index()
    {
        Begin();
        Run("a", 0);
        Succeed("a", 0);
        _world.Refuses(_ => _world.Replace(Job() with { Status = Status(completed: "1") }), "index 1 has succeeded");
    }

    [Fact]
    public void What_is_ignored_does_not_count()
    {
        Begin(WithRule("Ignore"));
        Run("a", 0);
        Fail("a", 0, 42);
        _world.Refuses(
            _ => _world.Replace(WithRule("Ignore") with { Status = Status(pods: 1) }), "1 failures", "0 may have");
    }

    [Fact]
    public void A_failure_of_the_job_is_its_end()
    {
        Begin(WithRule("FailJob"));
        Run("a", 0);
        Fail("a", 0, 42);
        _world.Replace(WithRule("FailJob") with { Status = Status(pods: 1) });
        _world.Refuses(_ => Settle("a"), "one of its pods has failed so that the Job has");
    }

    [Fact]
    public void Nothing_is_asked_for_after_a_success_by_policy()
    {
        var enough = Job() with
        {
            Spec = Job().Spec with
            {
                SuccessPolicy = new SuccessPolicy { Rules = [new SuccessPolicyRule { SucceededIndexes = "0" }] },
            },
        };
        Begin(enough);
        Run("a", 0);
        Succeed("a", 0);
        _world.Replace(enough with { Status = Status(completed: "0") });
        Settle("a");
        _world.Refuses(_ => Claim("b", 1), "which is enough");
    }

    [Fact]
    public void A_success_by_policy_is_one()
    {
        var both = Job() with
        {
            Spec = Job().Spec with
            {
                SuccessPolicy = new SuccessPolicy { Rules = [new SuccessPolicyRule { SucceededIndexes = "0,2" }] },
            },
        };
        Begin(both);
        Run("a", 0);
        Succeed("a", 0);
        _world.Refuses(
            _ => _world.Replace(both with { Status = Status("0", null, 0, "SuccessCriteriaMet", "SuccessPolicy") }),
            "SuccessCriteriaMet for SuccessPolicy");
    }

    private void Begin(Job? job = null) => _world.Create(job ?? Job());

    private void Claim(string name, int index) => _world.Commit(
        EntityKey.Of(Job()), new IndexedPodsClaimed([new ClaimedIndexedPod(name, name, index)]));

    private void Run(string name, int index)
    {
        Claim(name, index);
        _world.Create(Pod(name, index));
    }

    private void Succeed(string name, int index)
    {
        _world.Container(ContainerChangeKind.Exited, name, exitCode: 0);
        _world.Replace(Pod(name, index, "Succeeded"));
    }

    private void Fail(string name, int index, int code)
    {
        _world.Container(ContainerChangeKind.Exited, name, exitCode: code);
        var ended = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = code } };
        var pod = Pod(name, index, "Failed");
        _world.Replace(pod with
        {
            Status = pod.Status with { ContainerStatuses = [new ContainerStatus { Name = "main", State = ended }] },
        });
    }

    private void Settle(params string[] names) =>
        _world.Commit(EntityKey.Of(Job()), new JobPodsSettled([.. names], 0, null));

    private static Job Job() => new()
    {
        Metadata = new ObjectMeta { Name = "part", Namespace = "default", Uid = "part" },
        Spec = new JobSpec
        {
            CompletionMode = "Indexed", Completions = 3, Parallelism = 3, BackoffLimitPerIndex = 1,
        },
    };

    private static Job WithRule(string action) => Job() with
    {
        Spec = Job().Spec with
        {
            PodFailurePolicy = new PodFailurePolicy
            {
                Rules =
                [
                    new PodFailurePolicyRule
                    {
                        Action = action,
                        OnExitCodes = new PodFailurePolicyOnExitCodesRequirement { Operator = "In", Values = [42] },
                    },
                ],
            },
        },
    };

    private static JobStatus Status(
        string? completed = null, string? failed = null, int pods = 0, string? condition = null,
        string? reason = null) => new()
    {
        CompletedIndexes = completed,
        FailedIndexes = failed,
        Succeeded = completed?.Split(',').Length ?? 0,
        Failed = pods,
        Conditions = condition is null
            ? []
            : [new JobCondition { Type = condition, Status = "True", Reason = reason }],
    };

    private static Pod Pod(string name, int index, string phase = "Running") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = name,
            Annotations = ValueMap<string>.From([KeyValuePair.Create(JobNames.CompletionIndex, $"{index}")]),
            Finalizers = [Finalizers.JobTracking],
            OwnerReferences = [new OwnerReference { Kind = "Job", Uid = "part", Name = "part", Controller = true }],
        },
        Spec = new PodSpec { Containers = [new Container { Name = "main" }] },
        Status = new PodStatus { Phase = phase },
    };
}
