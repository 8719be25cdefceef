using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.Jobs;

/// <summary>What a user of kubectl sees of a Job, told as stories in a kind world.</summary>
public sealed class JobStoryTests
{
    private readonly World _world = new(seed: 5, new Unkindness());

    private Job Work => _world.Find<Job>(JobBuilder.Key)!;

    private JobStatus Status => Work.Status;

    private string Conditions => string.Join(' ', Status.Conditions
        .Select(condition => $"{condition.Type}={condition.Status}/{condition.Reason}"));

    [Fact]
    public void Pods_are_made_of_the_template_with_the_labels_of_the_job_and_kept_until_they_are_counted()
    {
        Apply(new JobSpec());

        var (pod, uid) = (Assert.Single(Pods()), Work.Metadata.Uid!);
        Assert.Matches("^work-[bcdfghjklmnpqrstvwxz2456789]{5}$", pod.Metadata.Name);
        Assert.Equal(["batch.kubernetes.io/job-tracking"], pod.Metadata.Finalizers);
        Assert.Equal(
            [
                ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", "work"),
                ("controller-uid", uid), ("job-name", "work"),
            ],
            pod.Metadata.Labels.Select(label => (label.Key, label.Value)).Order());
        Assert.Equal(uid, Assert.Single(Work.Spec.Selector!.MatchLabels).Value);
        Assert.Equal(pod.Metadata.Labels, Work.Metadata.Labels);
        Assert.Equal((1, 1, 0, 0), (Status.Active, Status.Ready, Status.Succeeded, Status.Terminating));
        Assert.NotNull(Status.StartTime);

        End(pod, "Succeeded");
        Assert.Empty(Assert.Single(Pods()).Metadata.Finalizers);
        Assert.Equal("SuccessCriteriaMet=True/CompletionsReached Complete=True/CompletionsReached", Conditions);
        Assert.Equal((0, 0, 1, 0), (Status.Active, Status.Ready, Status.Succeeded, Status.Failed));
        Assert.NotNull(Status.CompletionTime);
        Assert.Equal(
            [$"SuccessfulCreate: Created pod: {pod.Metadata.Name}", "Completed: Job completed"],
            _world.RecordedEvents);
    }

    [Fact]
    public void Six_completions_are_worked_off_two_at_a_time()
    {
        Apply(new JobSpec { Completions = 6, Parallelism = 2, BackoffLimit = 3 });
        for (var done = 0; done < 6; done++)
        {
            Assert.Equal(Math.Min(2, 6 - done), Running().Count);
            End(Running()[0], "Succeeded");
        }

        Assert.Equal((6, 6), (Status.Succeeded, Pods().Count));
        Assert.True(JobConditions.Holds(Status, "Complete"));
    }

    /// <summary>A member that was frozen when the pod ended tells of it when it goes on; others were asked
    /// meanwhile.</summary>
    [Theory]
    [InlineData("Succeeded", "Succeeded")]
    [InlineData("Failed", "Failed")]
    [InlineData("Running", "Succeeded")]
    [InlineData("Running", "Failed")]
    [InlineData("Running", "Running")]
    public void A_pod_that_was_counted_is_not_counted_again_by_late_reports(string first, string last)
    {
        Apply(new JobSpec { Completions = 3, BackoffLimit = 3 });
        var pod = Assert.Single(Running());
        End(pod, last == "Failed" ? last : "Succeeded");
        Pass(20);
        var counted = (Status.Succeeded, Status.Failed);
        Assert.Equal(1, counted.Succeeded + counted.Failed);
        Assert.Empty(_world.Find<Pod>(EntityKey.Of(pod))!.Metadata.Finalizers);
        var next = Assert.Single(Running());

        _world.Ask(JobBuilder.Key, Late(first));
        _world.Ask(JobBuilder.Key, Late(last));
        _world.RunUntilQuiet();
        Assert.Equal(counted, (Status.Succeeded, Status.Failed));
        Assert.Equal(next.Metadata.Uid, Assert.Single(Running()).Metadata.Uid);
        Assert.Null(_world.Find<Pod>(EntityKey.Of(pod))!.Metadata.DeletionTimestamp);

        ChildReport Late(string phase) => new(
            EntityKey.Of(pod), pod.Metadata.Uid!, pod with { Status = pod.Status with { Phase = phase } });
    }

    /// <summary>As one that was given up by mistake.</summary>
    [Fact]
    public void A_pod_with_the_Jobs_finalizer_that_it_does_not_know_goes_and_counts_nothing()
    {
        Apply(new JobSpec { Completions = 2, Parallelism = 1 });
        var known = Assert.Single(Running());
        var stray = known with { Metadata = known.Metadata with { Name = "stray", Uid = "stray" } };
        Assert.IsType<Reply.Accepted>(_world.Ask(EntityKey.Of(stray), new Create(stray)));
        Pass(10);

        Assert.Equal(known.Metadata.Uid, Assert.Single(Pods()).Metadata.Uid);
        Assert.Equal((1, 0, 0), (Status.Active, Status.Succeeded, Status.Failed));
    }

    [Fact]
    public void Failed_pods_are_replaced_ever_more_slowly_until_the_limit_is_exceeded()
    {
        Apply(new JobSpec { BackoffLimit = 3 });
        foreach (var pause in new[] { 10, 20, 40 })
        {
            End(Assert.Single(Running()), "Failed");
            Pass(pause - 1);
            Assert.Empty(Running());
            Pass(1);
        }

        End(Assert.Single(Running()), "Failed");
        Pass(600);
        Assert.Equal((4, 4, 0), (Status.Failed, Pods().Count, Status.Active));
        Assert.Equal("FailureTarget=True/BackoffLimitExceeded Failed=True/BackoffLimitExceeded", Conditions);
        Assert.Null(Status.CompletionTime);
        Assert.Contains("BackoffLimitExceeded: Job has reached the specified backoff limit", _world.RecordedEvents);
    }

    [Fact]
    public void A_success_ends_the_row_of_failures()
    {
        Apply(new JobSpec { Completions = 3, Parallelism = 1 });
        End(Running()[0], "Failed");
        Pass(10);
        End(Running()[0], "Failed");
        Pass(20);
        End(Running()[0], "Succeeded");
        End(Running()[0], "Failed");
        Pass(10);

        Assert.Single(Running());
    }

    [Fact]
    public void Containers_that_are_started_again_count_while_their_pod_runs()
    {
        Apply(new JobSpec { BackoffLimit = 2, Parallelism = 2, Completions = 2 }, "OnFailure");
        Restart(Running()[0]);
        Assert.Equal((2, ""), (Status.Active, Conditions));
        Restart(Running()[1]);

        Assert.Equal((0, 2), (Running().Count, Status.Failed));
        Assert.Equal("FailureTarget=True/BackoffLimitExceeded Failed=True/BackoffLimitExceeded", Conditions);
    }

    [Fact]
    public void At_the_deadline_what_runs_is_ended_and_only_then_the_job_has_failed()
    {
        Apply(new JobSpec { ActiveDeadlineSeconds = 60, Parallelism = 2, Completions = 2 });
        End(Running()[0], "Succeeded");
        Pass(59);
        Assert.Equal("", Conditions);
        var failedEarly = false;
        _world.Committed += (_, _, _) => failedEarly |=
            JobConditions.Holds(Status, "Failed") && Pods().Any(pod => pod.Metadata.DeletionGracePeriodSeconds > 0);
        Pass(1);

        Assert.Equal("FailureTarget=True/DeadlineExceeded Failed=True/DeadlineExceeded", Conditions);
        Assert.Equal((1, 1, 0, false), (Status.Succeeded, Status.Failed, Running().Count, failedEarly));
    }

    [Fact]
    public void Suspended_it_gives_up_its_pods_uncounted_and_starts_anew_when_resumed()
    {
        Apply(new JobSpec { Completions = 3, Parallelism = 2, ActiveDeadlineSeconds = 100 });
        End(Running()[0], "Succeeded");
        Pass(50);
        Suspend(true);
        Assert.Equal((0, 0, 1, 0), (Running().Count, Status.Active, Status.Succeeded, Status.Failed));
        Assert.Equal("Suspended=True/JobSuspended", Conditions);

        Pass(500);
        Suspend(false);
        Assert.Equal("Suspended=False/JobResumed", Conditions);
        Assert.Equal((2, ObjectLifecycle.Truncate(_world.Now)), (Running().Count, Status.StartTime));
        Assert.Contains("Suspended: Job suspended", _world.RecordedEvents);
        Assert.Contains("Resumed: Job resumed", _world.RecordedEvents);
    }

    [Fact]
    public void Created_suspended_it_does_not_begin()
    {
        Apply(new JobSpec { Suspend = true });
        Pass(100);

        Assert.Empty(Pods());
        Assert.Null(Status.StartTime);
    }

    /// <summary>The validation of a status wants the start of a Job that has ended.</summary>
    [Fact]
    public void Suspended_with_nothing_to_do_it_begins_as_it_ends()
    {
        Apply(new JobSpec { Suspend = true, Completions = 0 });

        Assert.EndsWith("Complete=True/CompletionsReached", Conditions, StringComparison.Ordinal);
        Assert.NotNull(Status.StartTime);
        Assert.Equal(Status.CompletionTime, Status.StartTime);
    }

    [Fact]
    public void Less_parallelism_lets_pods_go_that_do_not_count()
    {
        Apply(new JobSpec { Completions = 6, Parallelism = 4 });
        Change(job => job with { Spec = job.Spec with { Parallelism = 1 } });

        Assert.Equal((1, 1, 0), (Running().Count, Status.Active, Status.Failed));
    }

    [Fact]
    public void Without_completions_the_first_success_ends_the_hiring()
    {
        Apply(new JobSpec { Parallelism = 3 });
        End(Running()[0], "Succeeded");
        Assert.Equal((2, ""), (Running().Count, Conditions));
        End(Running()[0], "Failed");
        Pass(60);
        Assert.Single(Running());
        End(Running()[0], "Succeeded");

        Assert.Equal((2, 1), (Status.Succeeded, Status.Failed));
        Assert.True(JobConditions.Holds(Status, "Complete"));
    }

    [Fact]
    public void A_running_pod_that_a_user_deletes_counts_as_failed_and_is_replaced()
    {
        Apply(new JobSpec());
        Delete(Running()[0]);
        Assert.Equal(1, Status.Failed);
        Pass(10);

        Assert.Single(Running());
    }

    [Fact]
    public void A_finished_pod_that_is_deleted_before_it_is_counted_is_counted_all_the_same()
    {
        Apply(new JobSpec());
        var pod = Running()[0];
        _world.Ask(EntityKey.Of(pod), new PodStatusReported(
            pod.Metadata.Uid!, pod.Status with { Phase = "Succeeded", Conditions = [] }));
        _world.Ask(EntityKey.Of(pod), Domain.Delete.Background);
        _world.LoseAllMessages();
        Pass(700);

        Assert.Equal((1, 0), (Status.Succeeded, Pods().Count));
        Assert.True(JobConditions.Holds(Status, "Complete"));
    }

    [Fact]
    public void What_has_succeeded_when_it_is_told_to_go_counts()
    {
        Apply(new JobSpec { Completions = 2, Parallelism = 2 });
        var pod = Running()[0];
        _world.Ask(EntityKey.Of(pod), new PodStatusReported(
            pod.Metadata.Uid!, pod.Status with { Phase = "Succeeded", Conditions = [] }));
        _world.LoseAllMessages();
        Suspend(true);

        Assert.Equal((1, 0, 1), (Status.Succeeded, Status.Failed, Pods().Count));
    }

    [Fact]
    public void Some_time_after_its_end_it_is_deleted_with_its_pods()
    {
        Apply(new JobSpec { TtlSecondsAfterFinished = 30 });
        End(Running()[0], "Succeeded");
        Pass(29);
        Assert.Null(Work.Metadata.DeletionTimestamp);
        Pass(1);

        Assert.NotNull(Work.Metadata.DeletionTimestamp);
        Assert.Contains(Finalizers.Foreground, Work.Metadata.Finalizers);
    }

    [Fact]
    public void Labels_that_are_generated_cannot_be_given_to_others()
    {
        var job = JobBuilder.Make(new JobSpec());
        var template = job.Spec.Template with
        {
            Metadata = new ObjectMeta { Labels = DeploymentBuilder.Label("controller-uid", "of-another") },
        };
        var reply = _world.Ask(
            JobBuilder.Key, new Create(job with { Spec = job.Spec with { Template = template } }));

        var status = Assert.IsType<Reply.Rejected>(reply).Status;
        Assert.Equal("Invalid", status.Reason);
        Assert.Contains("spec.template.metadata.labels[controller-uid]: Invalid value: \"of-another\": must be '",
            status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_generated_stays_when_a_writer_leaves_it_out()
    {
        Apply(new JobSpec { Completions = 2, Parallelism = 1 });
        var written = JobBuilder.Make(new JobSpec { Completions = 2, Parallelism = 2 });
        var (before, labels) = (Work.Spec, Work.Metadata.Labels);
        Assert.Equal(before.Template.Metadata.Labels, labels);
        Assert.IsType<Reply.Accepted>(_world.Ask(JobBuilder.Key, new Replace(written)));
        _world.RunUntilQuiet();

        Assert.Equal((before.Selector, before.Template), (Work.Spec.Selector, Work.Spec.Template));
        Assert.Equal(labels, Work.Metadata.Labels);
        Assert.Equal(2, Running().Count);
    }

    [Fact]
    public void One_that_others_run_is_left_alone()
    {
        Apply(new JobSpec { ManagedBy = "example.com/queue" });
        Pass(100);

        Assert.Empty(Pods());
        Assert.Equal(JobStatus.Empty, Status);
        Assert.Empty(_world.Restless());
    }

    [Fact]
    public void Finished_it_is_at_rest()
    {
        Apply(new JobSpec());
        Assert.Equal([JobBuilder.Key.ToString()], _world.Restless());
        End(Running()[0], "Succeeded");

        Assert.Empty(_world.Restless());
    }

    private void Apply(JobSpec spec, string restartPolicy = "Never")
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(JobBuilder.Key, new Create(JobBuilder.Make(spec, restartPolicy))));
        _world.RunUntilQuiet();
    }

    private void Suspend(bool suspend) => Change(job => job with { Spec = job.Spec with { Suspend = suspend } });

    private void Change(Func<Job, Job> change)
    {
        Assert.IsType<Reply.Accepted>(_world.Ask(JobBuilder.Key, new Replace(change(Work))));
        _world.RunUntilQuiet();
    }

    private void End(Pod pod, string phase)
    {
        _world.Ask(EntityKey.Of(pod), new PodStatusReported(
            pod.Metadata.Uid!, pod.Status with { Phase = phase, Conditions = [] }));
        _world.RunUntilQuiet();
    }

    private void Restart(Pod pod)
    {
        _world.Ask(EntityKey.Of(pod), new PodStatusReported(pod.Metadata.Uid!, pod.Status with
        {
            ContainerStatuses = [new ContainerStatus { Name = "main", RestartCount = 1 }],
        }));
        _world.RunUntilQuiet();
    }

    private void Delete(Pod pod)
    {
        _world.Ask(EntityKey.Of(pod), Domain.Delete.Background);
        _world.RunUntilQuiet();
    }

    private void Pass(int seconds) => _world.RunFor(TimeSpan.FromSeconds(seconds));

    private List<Pod> Pods() => _world.All<Pod>().ToList();

    private List<Pod> Running() => Pods()
        .Where(pod => pod is { Status.Phase: "Running", Metadata.DeletionTimestamp: null }).ToList();
}
