using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Tests.Jobs;

/// <summary>Jobs with a podFailurePolicy, as a user of kubectl sees them.</summary>
public sealed class FailurePolicyStoryTests
{
    private readonly JobStage _stage = new();

    private JobStatus Status => _stage.Status;

    public static TheoryData<PodDisruption> Disruptions =>
    [
        PodDisruption.Evicted, PodDisruption.Tainted, PodDisruption.Stranded, PodDisruption.Preempted("mine"),
    ];

    [Fact]
    public void An_exit_code_fails_the_job_at_once_and_what_runs_is_waited_for()
    {
        _stage.Apply(With(OnCodes("FailJob", "In", 42)) with { Parallelism = 2, Completions = 4 });
        var failed = _stage.Running[0].Metadata.Name;
        var isEarly = false;
        _stage.World.Committed += (_, _, _) => isEarly |= JobConditions.Holds(Status, "Failed")
            && _stage.Pods.Any(pod => pod.Metadata.DeletionGracePeriodSeconds > 0);
        _stage.Fail(_stage.Running[0], 42);

        Assert.Equal("FailureTarget=True/PodFailurePolicy Failed=True/PodFailurePolicy", _stage.Conditions);
        Assert.Equal(
            $"Container main for pod default/{failed} failed with exit code 42 matching FailJob rule at index 0",
            _stage.Message);
        Assert.Equal(("0 active, 0 succeeded, 2 failed", false), (_stage.Counts, isEarly));
        Assert.Contains($"PodFailurePolicy: {_stage.Message}", _stage.World.RecordedEvents);
    }

    [Fact]
    public void An_ignored_failure_does_not_count_and_its_pod_is_replaced_after_a_pause()
    {
        _stage.Apply(With(OnCodes("Ignore", "In", 5)) with { BackoffLimit = 0 });
        _stage.Fail(_stage.Running[0], 5);
        Assert.Equal((0, 0, ""), (Status.Failed, _stage.Running.Count, _stage.Conditions));
        _stage.Pass(10);
        Assert.Single(_stage.Running);
        _stage.Fail(_stage.Running[0], 6);

        Assert.Equal(
            (1, "FailureTarget=True/BackoffLimitExceeded Failed=True/BackoffLimitExceeded"),
            (Status.Failed, _stage.Conditions));
    }

    [Theory]
    [MemberData(nameof(Disruptions))]
    public void Who_is_disrupted_by_the_cluster_is_ignored(PodDisruption why)
    {
        _stage.Apply(With(OnCondition("Ignore", "DisruptionTarget")) with { BackoffLimit = 0 });
        var pod = _stage.Running[0];
        _stage.World.Ask(EntityKey.Of(pod), Delete.Exactly(pod.Metadata.Uid!) with { Disruption = why });
        _stage.Pass(10);

        Assert.Equal(("1 active, 0 succeeded, 0 failed", ""), (_stage.Counts, _stage.Conditions));
        Assert.NotEqual(pod.Metadata.Name, Assert.Single(_stage.Running).Metadata.Name);
    }

    [Fact]
    public void Who_is_deleted_by_a_user_has_no_such_condition()
    {
        _stage.Apply(With(OnCondition("Ignore", "DisruptionTarget")) with { BackoffLimit = 0 });
        _stage.World.Ask(EntityKey.Of(_stage.Running[0]), Delete.Background);
        _stage.World.RunUntilQuiet();

        Assert.Equal("FailureTarget=True/BackoffLimitExceeded Failed=True/BackoffLimitExceeded", _stage.Conditions);
    }

    [Fact]
    public void A_condition_can_fail_the_job()
    {
        _stage.Apply(With(OnCodes("Ignore", "In", 1), OnCondition("FailJob", "DisruptionTarget")));
        var pod = _stage.Running[0];
        _stage.World.Ask(
            EntityKey.Of(pod), Delete.Exactly(pod.Metadata.Uid!) with { Disruption = PodDisruption.Evicted });
        _stage.World.RunUntilQuiet();

        Assert.Equal(
            $"Pod default/{pod.Metadata.Name} has condition DisruptionTarget matching FailJob rule at index 1",
            _stage.Message);
    }

    [Fact]
    public void An_index_can_fail_before_its_limit_and_ignored_failures_do_not_fail_it()
    {
        _stage.Apply(With(OnCodes("FailIndex", "In", 42), OnCodes("Ignore", "In", 5)) with
        {
            CompletionMode = "Indexed", Completions = 3, Parallelism = 3, BackoffLimitPerIndex = 1,
        });
        _stage.Fail(0, 42);
        _stage.Fail(1, 5);
        _stage.Pass(10);
        _stage.Fail(1, 5);
        _stage.Pass(20);
        Assert.Equal(("1 2", "0", 1), (_stage.RunningIndexes, Status.FailedIndexes, Status.Failed));
        var annotations = _stage.Of(1).Metadata.Annotations;
        Assert.Equal(
            ("0", "2"), (annotations[JobNames.IndexFailureCount], annotations[JobNames.IndexIgnoredFailureCount]));
        _stage.Succeed(1);
        _stage.Succeed(2);

        Assert.Equal("FailureTarget=True/FailedIndexes Failed=True/FailedIndexes", _stage.Conditions);
    }

    [Fact]
    public void A_restart_between_the_end_of_a_pod_and_its_count_changes_nothing()
    {
        _stage.Apply(With(OnCodes("FailJob", "In", 42)));
        var pod = _stage.Running[0];
        _stage.World.Ask(EntityKey.Of(pod), new PodStatusReported(pod.Metadata.Uid!, Ended(("main", 42))));
        _stage.World.LoseAllMessages();
        _stage.World.Restart(JobBuilder.Key.ToString());
        _stage.World.RunUntilQuiet();

        Assert.Equal(
            (1, "FailureTarget=True/PodFailurePolicy Failed=True/PodFailurePolicy"),
            (Status.Failed, _stage.Conditions));
    }

    [Theory]
    //          rules                                 main, init | action
    [InlineData("FailJob In 1,2",                     1, 0,        "FailJob")]
    [InlineData("FailJob In 1,2",                     3, 0,        "Count")]
    [InlineData("FailJob In 1,2",                     0, 2,        "FailJob")]
    [InlineData("FailJob NotIn 1,2",                  3, 0,        "FailJob")]
    [InlineData("FailJob NotIn 1,2",                  2, 0,        "Count")]
    [InlineData("FailJob NotIn 1,2",                  0, 0,        "Count")]
    [InlineData("Ignore In 1|FailJob In 1",           1, 0,        "Ignore")]
    [InlineData("Count In 1|FailJob In 1",            1, 0,        "Count")]
    [InlineData("Ignore In 9|FailJob In 1",           1, 0,        "FailJob")]
    [InlineData("FailJob In 1 init",                  1, 0,        "Count")]
    [InlineData("FailJob In 1 init",                  0, 1,        "FailJob")]
    public void The_first_rule_that_matches_decides(string rules, int main, int init, string action)
    {
        var job = JobBuilder.Make(With([.. rules.Split('|').Select(rule =>
        {
            var words = rule.Split(' ');
            var made = OnCodes(words[0], words[1], [.. words[2].Split(',').Select(int.Parse)]);
            return made with { OnExitCodes = made.OnExitCodes! with { ContainerName = words.ElementAtOrDefault(3) } };
        })]));
        var pod = new Pod { Status = Ended(("main", main), ("init", init)) };
        var claim = new JobPodClaim("u", "n") { Run = PodRun.Of(pod) };

        Assert.Equal(action, FailurePolicy.Of(job, claim).Action.ToString());
    }

    private static PodStatus Ended(params (string Name, int Code)[] containers)
    {
        var all = containers.Select(each => new ContainerStatus
        {
            Name = each.Name,
            State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = each.Code } },
        }).ToList();
        return new PodStatus
        {
            Phase = "Failed",
            ContainerStatuses = all.Where(each => each.Name == "main").ToValueList(),
            InitContainerStatuses = all.Where(each => each.Name == "init").ToValueList(),
        };
    }

    private static JobSpec With(params PodFailurePolicyRule[] rules) => new()
    {
        PodFailurePolicy = new PodFailurePolicy { Rules = rules.ToValueList() },
    };

    private static PodFailurePolicyRule OnCodes(string action, string @operator, params int[] codes) => new()
    {
        Action = action,
        OnExitCodes = new PodFailurePolicyOnExitCodesRequirement
        {
            Operator = @operator, Values = codes.ToValueList(),
        },
    };

    private static PodFailurePolicyRule OnCondition(string action, string type) => new()
    {
        Action = action,
        OnPodConditions = [new PodFailurePolicyOnPodConditionsPattern { Type = type, Status = "True" }],
    };
}
