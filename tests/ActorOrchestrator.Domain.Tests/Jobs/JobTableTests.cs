using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Tests.Jobs;

public sealed class JobTableTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    //          policy       limit completions | succeeded failed active restarts seconds | verdict
    [InlineData("Never",     3,    "6",          0,        0,     2,     0,       0,        "-")]
    [InlineData("Never",     3,    "6",          5,        3,     1,     0,       0,        "-")]
    [InlineData("Never",     3,    "6",          5,        4,     1,     0,       0,        "BackoffLimitExceeded")]
    [InlineData("Never",     0,    "6",          0,        1,     1,     0,       0,        "BackoffLimitExceeded")]
    [InlineData("Never",     3,    "6",          0,        0,     1,     9,       0,        "-")]
    [InlineData("OnFailure", 3,    "6",          0,        0,     2,     2,       0,        "-")]
    [InlineData("OnFailure", 3,    "6",          0,        0,     2,     3,       0,        "BackoffLimitExceeded")]
    [InlineData("OnFailure", 0,    "6",          0,        0,     2,     0,       0,        "-")]
    [InlineData("OnFailure", 0,    "6",          0,        0,     2,     1,       0,        "BackoffLimitExceeded")]
    [InlineData("Never",     3,    "6",          6,        0,     0,     0,       0,        "CompletionsReached")]
    [InlineData("Never",     3,    "6",          6,        4,     0,     0,       0,        "BackoffLimitExceeded")]
    [InlineData("Never",     3,    "0",          0,        0,     0,     0,       0,        "CompletionsReached")]
    [InlineData("Never",     3,    "-",          0,        0,     3,     0,       0,        "-")]
    [InlineData("Never",     3,    "-",          1,        0,     2,     0,       0,        "-")]
    [InlineData("Never",     3,    "-",          2,        0,     0,     0,       0,        "CompletionsReached")]
    [InlineData("Never",     3,    "6",          0,        0,     2,     0,       99,       "-")]
    [InlineData("Never",     3,    "6",          0,        0,     2,     0,       100,      "DeadlineExceeded")]
    [InlineData("Never",     3,    "6",          6,        0,     0,     0,       100,      "DeadlineExceeded")]
    public void Is_judged_by_the_first_rule_that_applies(
        string policy, int limit, string completions, int succeeded, int failed, int active, int restarts, int seconds,
        string verdict)
    {
        var job = Job(new JobSpec
        {
            BackoffLimit = limit,
            Completions = completions == "-" ? null : int.Parse(completions),
            ActiveDeadlineSeconds = 100,
            Template = new PodTemplateSpec { Spec = new PodSpec { RestartPolicy = policy } },
        });
        var standing = new JobStanding
        {
            Succeeded = succeeded, Failed = failed, Active = active, Restarts = restarts,
        };

        Assert.Equal(verdict, JobVerdict.Of(job, standing, Now.AddSeconds(seconds))?.Reason ?? "-");
    }

    [Theory]
    //          most    completions | succeeded failed indexes | verdict
    [InlineData(null,   "4",          2,        0,               "-")]
    [InlineData(null,   "4",          2,        1,               "-")]
    [InlineData(null,   "4",          3,        1,               "FailedIndexes")]
    [InlineData(null,   "4",          0,        4,               "FailedIndexes")]
    [InlineData(null,   "4",          4,        0,               "CompletionsReached")]
    [InlineData(1,      "4",          1,        1,               "-")]
    [InlineData(1,      "4",          2,        2,               "MaxFailedIndexesExceeded")]
    [InlineData(0,      "4",          1,        1,               "MaxFailedIndexesExceeded")]
    public void Indexes_that_fail_for_themselves_are_judged_together(
        int? most, string completions, int succeeded, int failed, string verdict)
    {
        var job = Job(new JobSpec
        {
            CompletionMode = "Indexed",
            BackoffLimit = int.MaxValue,
            BackoffLimitPerIndex = 1,
            MaxFailedIndexes = most,
            Completions = int.Parse(completions),
        });
        var standing = new JobStanding { Succeeded = succeeded, Failed = 2 * failed, FailedIndexes = failed };

        Assert.Equal(verdict, JobVerdict.Of(job, standing, Now)?.Reason ?? "-");
    }

    [Fact]
    public void The_pause_after_failures_doubles_up_to_six_minutes()
    {
        var backOff = default(JobBackOff);
        Assert.Null(backOff.Until);
        var pauses = Enumerable.Range(0, 8).Select(_ =>
        {
            backOff = backOff.AfterFailure(Now);
            return (int)(backOff.Until!.Value - Now).TotalSeconds;
        });

        Assert.Equal([10, 20, 40, 80, 160, 320, 360, 360], pauses);
    }

    [Theory]
    //          pod                             asked to go, policy                  end
    [InlineData("Pending",                      "",                                  PodEnd.None)]
    [InlineData("Running",                      "",                                  PodEnd.None)]
    [InlineData("Running",                      "asked",                             PodEnd.None)]
    [InlineData("Succeeded",                    "",                                  PodEnd.Success)]
    [InlineData("Succeeded",                    "asked",                             PodEnd.Success)]
    [InlineData("Failed",                       "",                                  PodEnd.Failure)]
    [InlineData("Failed",                       "asked",                             PodEnd.Failure)]
    [InlineData("Succeeded terminating",        "",                                  PodEnd.Success)]
    [InlineData("Succeeded terminating",        "asked",                             PodEnd.Uncounted)]
    [InlineData("Failed terminating",           "asked",                             PodEnd.Uncounted)]
    [InlineData("Running terminating",          "",                                  PodEnd.Failure)]
    [InlineData("Running terminating",          "asked",                             PodEnd.Uncounted)]
    [InlineData("Running terminating",          "Failed",                            PodEnd.None)]
    [InlineData("Failed terminating",           "Failed",                            PodEnd.Failure)]
    [InlineData("Succeeded terminating",        "Failed",                            PodEnd.Success)]
    [InlineData("Running terminating stopped",  "Failed",                            PodEnd.Failure)]
    [InlineData("Running terminating",          "asked failing",                     PodEnd.Failure)]
    [InlineData("Running terminating",          "Failed failing",                    PodEnd.Failure)]
    [InlineData("Failed untracked",             "",                                  PodEnd.Uncounted)]
    [InlineData("Failed settled",               "",                                  PodEnd.None)]
    public void The_end_of_a_pod_counts_once_and_by_who_wanted_it(string pod, string circumstances, PodEnd end)
    {
        var (words, flags) = (pod.Split(' '), circumstances.Split(' '));
        var job = Job(new JobSpec { PodReplacementPolicy = flags.Contains("Failed") ? "Failed" : null });
        var claim = new JobPodClaim("u", "n")
        {
            IsConfirmed = true,
            IsSettled = words.Contains("settled"),
            IsDeletionRequested = flags.Contains("asked"),
            Observation = new PodObservation { Phase = words[0], IsTerminating = words.Contains("terminating") },
            Run = new PodRun { IsTracked = !words.Contains("untracked"), IsStopped = words.Contains("stopped") },
        };
        if (flags.Contains("failing"))
        {
            job = job with { Status = job.Status.With(JobConditions.FailureTarget, holds: true, "R", "m", Now) };
        }

        Assert.Equal(end, JobLedger.EndOf(job, claim));
    }

    [Fact]
    public void Restarts_of_sidecars_are_not_those_of_the_work()
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = "p", Finalizers = [Finalizers.JobTracking] },
            Spec = new PodSpec
            {
                InitContainers =
                [
                    new Container { Name = "proxy", RestartPolicy = "Always" }, new Container { Name = "fetch" },
                ],
                Containers = [new Container { Name = "main" }],
            },
            Status = new PodStatus
            {
                InitContainerStatuses = [Restarted("proxy", 7), Restarted("fetch", 1)],
                ContainerStatuses = [Restarted("main", 2)],
            },
        };

        Assert.Equal((3, true), (PodRun.Of(pod).Restarts, PodRun.Of(pod).IsTracked));

        static ContainerStatus Restarted(string name, int count) => new() { Name = name, RestartCount = count };
    }

    private static Job Job(JobSpec spec) => new()
    {
        Metadata = new ObjectMeta { Name = "work", Namespace = "default" },
        Spec = spec,
        Status = new JobStatus { StartTime = Now },
    };
}
