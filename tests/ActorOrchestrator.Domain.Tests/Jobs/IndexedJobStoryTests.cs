using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Tests.Jobs;

/// <summary>Jobs with completionMode Indexed, as a user of kubectl sees them.</summary>
public sealed class IndexedJobStoryTests
{
    private readonly JobStage _stage = new();

    private JobStatus Status => _stage.Status;

    [Fact]
    public void A_pod_has_its_index_in_its_name_host_name_label_annotation_and_environment()
    {
        _stage.Apply(Indexed(2, 2));

        var pod = _stage.Of(1);
        Assert.Matches("^work-1-[bcdfghjklmnpqrstvwxz2456789]{5}$", pod.Metadata.Name);
        Assert.Equal(("work-1-", "work-1"), (pod.Metadata.GenerateName, pod.Spec.Hostname));
        Assert.Equal("1", pod.Metadata.Labels[JobNames.CompletionIndex]);
        Assert.Equal("1", pod.Metadata.Annotations[JobNames.CompletionIndex]);
        var variable = Assert.Single(pod.Spec.Containers[0].Env);
        Assert.Equal(
            ("JOB_COMPLETION_INDEX", "metadata.labels['batch.kubernetes.io/job-completion-index']"),
            (variable.Name, variable.ValueFrom?.FieldRef?.FieldPath));
        Assert.Equal(["batch.kubernetes.io/job-tracking"], pod.Metadata.Finalizers);
    }

    [Fact]
    public void A_long_name_leaves_room_for_the_index()
    {
        var name = new string('a', 63);

        Assert.Equal(new string('a', 54) + "-12", IndexedPodFromTemplate.NamePrefix(name, 12));
        Assert.Equal("work-12", IndexedPodFromTemplate.NamePrefix("work", 12));
    }

    [Fact]
    public void The_lowest_missing_index_comes_first_and_each_counts_once()
    {
        _stage.Apply(Indexed(5, 2));
        Assert.Equal("0 1", _stage.RunningIndexes);
        _stage.Succeed(1);
        Assert.Equal(("1", "0 2"), (Status.CompletedIndexes, _stage.RunningIndexes));
        _stage.Fail(0);
        _stage.Succeed(2);
        Assert.Equal("1,2", Status.CompletedIndexes);
        _stage.Pass(10);
        Assert.Equal("0 3", _stage.RunningIndexes);
        _stage.Succeed(3);
        Assert.Equal("1-3", Status.CompletedIndexes);
        _stage.Succeed(4);
        _stage.Succeed(0);

        Assert.Equal(("0-4", "0 active, 5 succeeded, 1 failed"), (Status.CompletedIndexes, _stage.Counts));
        Assert.Equal("SuccessCriteriaMet=True/CompletionsReached Complete=True/CompletionsReached", _stage.Conditions);
        Assert.Null(Status.FailedIndexes);
    }

    [Fact]
    public void A_second_pod_of_an_index_is_let_go_or_counts_no_more()
    {
        _stage.Apply(Indexed(3, 1));
        var twin = Copy(_stage.Of(0), "twin");
        Assert.IsType<Reply.Accepted>(_stage.World.Ask(EntityKey.Of(twin), new Create(twin)));
        _stage.World.RunUntilQuiet();
        Assert.Equal("0", _stage.RunningIndexes);

        _stage.Succeed(0);
        var late = Copy(_stage.Pods[0], "late");
        Assert.IsType<Reply.Accepted>(_stage.World.Ask(EntityKey.Of(late), new Create(late)));
        _stage.World.Ask(EntityKey.Of(late), new PodStatusReported(
            late.Metadata.Uid!, late.Status with { Phase = "Succeeded" }));
        _stage.World.RunUntilQuiet();

        Assert.Equal(("0", 1), (Status.CompletedIndexes, Status.Succeeded));
    }

    [Fact]
    public void Completions_and_parallelism_grow_and_shrink_together()
    {
        _stage.Apply(Indexed(3, 3));
        _stage.Succeed(2);
        _stage.Change(spec => spec with { Completions = 5, Parallelism = 5 });
        Assert.Equal("0 1 3 4", _stage.RunningIndexes);
        _stage.Succeed(3);
        _stage.Change(spec => spec with { Completions = 2, Parallelism = 2 });
        Assert.Equal((null, 0, "0 1"), (Status.CompletedIndexes, Status.Succeeded, _stage.RunningIndexes));
        _stage.Succeed(0);
        _stage.Succeed(1);

        Assert.Equal(("0,1", "0 active, 2 succeeded, 0 failed"), (Status.CompletedIndexes, _stage.Counts));
        Assert.True(JobConditions.Holds(Status, "Complete"));
    }

    [Fact]
    public void Each_index_has_failures_and_pauses_of_its_own()
    {
        _stage.Apply(Indexed(3, 3) with { BackoffLimitPerIndex = 1 });
        Assert.Equal("0", Failures(_stage.Of(1)));
        _stage.Fail(1);
        Assert.Equal(("0 2", ""), (_stage.RunningIndexes, Status.FailedIndexes));
        _stage.Fail(2);
        _stage.Pass(10);
        Assert.Equal(("0 1 2", "1"), (_stage.RunningIndexes, Failures(_stage.Of(1))));
        _stage.Fail(1);
        _stage.Pass(600);
        Assert.Equal(("0 2", "1"), (_stage.RunningIndexes, Status.FailedIndexes));
        _stage.Succeed(2);
        _stage.Succeed(0);

        Assert.Equal(("0,2", "1"), (Status.CompletedIndexes, Status.FailedIndexes));
        Assert.Equal("0 active, 2 succeeded, 3 failed", _stage.Counts);
        Assert.Equal("FailureTarget=True/FailedIndexes Failed=True/FailedIndexes", _stage.Conditions);
        Assert.Equal("Job has failed indexes", _stage.Message);
    }

    [Fact]
    public void Too_many_failed_indexes_end_it()
    {
        _stage.Apply(Indexed(4, 4) with { BackoffLimitPerIndex = 0, MaxFailedIndexes = 1 });
        _stage.Fail(3);
        Assert.Equal(("3", "0 1 2"), (Status.FailedIndexes, _stage.RunningIndexes));
        _stage.Fail(1);

        Assert.Equal(("1,3", 0), (Status.FailedIndexes, _stage.Running.Count));
        Assert.Equal(
            "FailureTarget=True/MaxFailedIndexesExceeded Failed=True/MaxFailedIndexesExceeded", _stage.Conditions);
        Assert.Equal("Job has exceeded the specified maximal number of failed indexes", _stage.Message);
    }

    [Fact]
    public void A_success_policy_ends_it_before_all_indexes_have_succeeded()
    {
        _stage.Apply(Indexed(5, 5) with
        {
            SuccessPolicy = new SuccessPolicy
            {
                Rules =
                [
                    new SuccessPolicyRule { SucceededIndexes = "0" }, new SuccessPolicyRule { SucceededCount = 2 },
                ],
            },
        });
        var isEarly = false;
        _stage.World.Committed += (_, _, _) => isEarly |= JobConditions.Holds(Status, "Complete")
            && _stage.Pods.Any(pod => pod.Metadata.DeletionGracePeriodSeconds > 0);
        _stage.Succeed(3);
        Assert.Equal("", _stage.Conditions);
        _stage.Succeed(1);

        Assert.Equal("SuccessCriteriaMet=True/SuccessPolicy Complete=True/SuccessPolicy", _stage.Conditions);
        Assert.Equal("Matched rules at index 1", _stage.Message);
        Assert.Equal(("1,3", "0 active, 2 succeeded, 0 failed"), (Status.CompletedIndexes, _stage.Counts));
        Assert.False(isEarly, "it is complete while pods of it run");
        Assert.NotNull(Status.CompletionTime);
    }

    [Theory]
    //          indexes  count  completed | met
    [InlineData("0,2",   null,  "0,1",      false)]
    [InlineData("0,2",   null,  "0-2",      true)]
    [InlineData("0,2",   1,     "2",        true)]
    [InlineData("0-4",   3,     "1,2,7",    false)]
    [InlineData("0-4",   3,     "1-3",      true)]
    [InlineData(null,    3,     "1,7",      false)]
    [InlineData(null,    3,     "1,7,8",    true)]
    [InlineData(null,    0,     "",         false)]
    public void A_rule_is_met_by_the_indexes_that_it_names(string? indexes, int? count, string completed, bool met)
    {
        var job = JobBuilder.Make(Indexed(10, 10) with
        {
            SuccessPolicy = new SuccessPolicy
            {
                Rules = [new SuccessPolicyRule { SucceededIndexes = indexes, SucceededCount = count }],
            },
        });
        job = job with { Status = job.Status with { CompletedIndexes = completed } };

        Assert.Equal(met, SuccessCriteria.Met(job) == "Matched rules at index 0");
    }

    [Fact]
    public void A_restart_remembers_what_has_failed()
    {
        _stage.Apply(Indexed(2, 2) with { BackoffLimitPerIndex = 1 });
        _stage.Fail(0);
        for (var i = 0; i < 4; i++)
        {
            _stage.World.Restart(JobBuilder.Key.ToString());
            _stage.World.RunUntilQuiet();
        }

        Assert.Equal("1", _stage.RunningIndexes);
        _stage.Pass(10);
        _stage.Fail(0);

        Assert.Equal(("0", "1"), (Status.FailedIndexes, _stage.RunningIndexes));
    }

    [Fact]
    public void Where_only_failed_pods_are_replaced_an_index_waits_for_the_end_of_its_pod()
    {
        _stage.Apply(Indexed(2, 2) with { PodReplacementPolicy = "Failed" });
        var pod = _stage.Of(0);
        var stopped = false;
        _stage.World.Committed += (_, _, _) => stopped |= _stage.World.Find<Pod>(EntityKey.Of(pod)) is null
            or { Metadata.DeletionGracePeriodSeconds: 0 };
        _stage.World.Committed += (_, _, @event) => Assert.False(
            @event is IndexedPodsClaimed && !stopped, "a pod is made while the one before it may run");
        _stage.World.Ask(EntityKey.Of(pod), Delete.Background);
        _stage.Pass(10);

        Assert.Equal(("0 1", 1), (_stage.RunningIndexes, Status.Failed));
    }

    private static JobSpec Indexed(int completions, int parallelism) => new()
    {
        CompletionMode = "Indexed", Completions = completions, Parallelism = parallelism,
    };

    private static string? Failures(Pod pod) => pod.Metadata.Annotations.GetValueOrDefault(JobNames.IndexFailureCount);

    /// <summary>What somebody makes beside the Job, in its name.</summary>
    private static Pod Copy(Pod pod, string name) => pod with
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = pod.Metadata.Namespace,
            Uid = $"{name}-uid",
            Labels = pod.Metadata.Labels,
            Annotations = pod.Metadata.Annotations,
            Finalizers = [Finalizers.JobTracking],
            OwnerReferences = pod.Metadata.OwnerReferences,
        },
        Spec = pod.Spec with { NodeName = null },
        Status = new PodStatus(),
    };
}
