using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain.Tests.Jobs;

/// <summary>What <c>kubectl describe job</c> says of a Job that does not go on.</summary>
public sealed class JobObstacleStoryTests
{
    private readonly JobStage _stage = new();

    private IEnumerable<string> Told =>
        _stage.World.RecordedEvents.Where(told => told.StartsWith("Pods", StringComparison.Ordinal));

    [Fact]
    public void A_missing_image_is_named_once()
    {
        _stage.Apply(new JobSpec { Parallelism = 2, Completions = 2 });
        var (one, other) = (_stage.Running[0], _stage.Running[1]);
        Waits(one, "ErrImagePull", "no such image");
        Waits(one, "ImagePullBackOff", "Back-off pulling image \"v1\"");
        Waits(other, "ImagePullBackOff", "Back-off pulling image \"v1\"");

        Assert.Equal(
            [$"PodsNotStarting: Container main of pod {one.Metadata.Name} is not started: ErrImagePull: no such image"],
            Told);
    }

    [Fact]
    public void A_pod_without_a_node_says_what_the_scheduler_found()
    {
        _stage.Apply(new JobSpec { Suspend = true });
        var resumed = _stage.Work.Spec with { Suspend = false };
        _stage.World.Ask(JobBuilder.Key, new Replace(_stage.Work with { Spec = resumed }));
        while (_stage.Pods.Count == 0)
        {
            Assert.True(_stage.World.Step());
        }

        var pod = _stage.Pods[0];
        _stage.World.Ask(EntityKey.Of(pod), new PodUnschedulable(
            pod.Metadata.Uid!, "Unschedulable", "0/1 nodes are available: 1 Insufficient cpu."));
        _stage.World.RunUntilQuiet();

        Assert.Equal(
            ["PodsUnschedulable: 1 pod waits for a node: 0/1 nodes are available: 1 Insufficient cpu."], Told);
    }

    [Fact]
    public void What_lasts_is_told_again_before_its_event_expires()
    {
        _stage.Apply(new JobSpec());
        Waits(_stage.Running[0], "CreateContainerConfigError", "secret \"s\" not found");
        _stage.Pass(50 * 60);

        Assert.Equal(3, Told.Count());
        Assert.Single(Told.Distinct());
    }

    [Fact]
    public void A_pause_after_failures_says_until_when()
    {
        _stage.Apply(new JobSpec());
        _stage.Fail(_stage.Running[0]);
        Assert.Equal(["PodsBackOff: 1 pod has failed: the next one is made at 2030-01-01T00:00:10Z"], Told);
        _stage.Pass(10);
        _stage.Fail(_stage.Running[0]);

        Assert.Equal(
            "PodsBackOff: 2 pods in a row have failed: the next one is made at 2030-01-01T00:00:30Z", Told.Last());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(0)]
    public void A_pod_that_its_node_does_not_take_says_why_also_when_the_Job_fails_by_it(int backoffLimit)
    {
        _stage.Apply(new JobSpec { BackoffLimit = backoffLimit });
        var pod = _stage.Running[0];
        var rejection = new NodeRejection("SysctlForbidden", "forbidden sysctl: \"kernel.msgmax\" not allowlisted");
        _stage.Report(pod, rejection.StatusOf(pod with { Status = PodStatus.Empty }, since: null));

        Assert.Single(Told, $"PodsRejected: Pod {pod.Metadata.Name} is not taken by its node: {rejection}");
    }

    [Fact]
    public void Indexes_that_all_back_off_say_until_when()
    {
        _stage.Apply(new JobSpec
        {
            CompletionMode = "Indexed", Completions = 2, Parallelism = 2, BackoffLimitPerIndex = 3,
        });
        _stage.Fail(0);
        Assert.Empty(Told);
        _stage.Succeed(1);

        Assert.Equal(
            ["PodsBackOff: All indexes without a pod have failed before: the next pod is made at 2030-01-01T00:00:10Z"],
            Told);
    }

    [Fact]
    public void A_quota_that_refuses_pods_is_told()
    {
        _stage.World.Refusals["pods"] = new Status { Reason = "Forbidden", Message = "exceeded quota: small" };
        _stage.Apply(new JobSpec());

        Assert.Contains("FailedCreate: Error creating: exceeded quota: small", _stage.World.RecordedEvents);
    }

    private void Waits(Pod pod, string reason, string message) => _stage.Report(pod, pod.Status with
    {
        ContainerStatuses = [new ContainerStatus
        {
            Name = "main",
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason, Message = message } },
        }],
    });
}
