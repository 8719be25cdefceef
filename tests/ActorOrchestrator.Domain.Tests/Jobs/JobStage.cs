using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.Jobs;

/// <summary>A Job in a kind world, and what befalls its pods.</summary>
internal sealed class JobStage
{
    public World World { get; } = new(seed: 5, new Unkindness());

    public Job Work => World.Find<Job>(JobBuilder.Key)!;

    public JobStatus Status => Work.Status;

    public string Conditions => string.Join(' ', Status.Conditions
        .Select(condition => $"{condition.Type}={condition.Status}/{condition.Reason}"));

    /// <summary>The message of the condition that says how it ended.</summary>
    public string? Message =>
        Status.Conditions.FirstOrDefault(condition => condition.Type is "Failed" or "Complete")?.Message;

    public string Counts => $"{Status.Active} active, {Status.Succeeded} succeeded, {Status.Failed} failed";

    public List<Pod> Pods => World.All<Pod>().ToList();

    public List<Pod> Running => Pods
        .Where(pod => pod is { Status.Phase: "Running", Metadata.DeletionTimestamp: null })
        .OrderBy(pod => IndexOf(pod) ?? 0).ToList();

    public string RunningIndexes => string.Join(' ', Running.Select(IndexOf));

    public static int? IndexOf(Pod pod) =>
        int.TryParse(pod.Metadata.Annotations.GetValueOrDefault(JobNames.CompletionIndex), out var index)
            ? index
            : null;

    public void Apply(JobSpec spec, string restartPolicy = "Never")
    {
        Assert.IsType<Reply.Accepted>(World.Ask(JobBuilder.Key, new Create(JobBuilder.Make(spec, restartPolicy))));
        World.RunUntilQuiet();
    }

    public void Change(Func<JobSpec, JobSpec> change)
    {
        Assert.IsType<Reply.Accepted>(
            World.Ask(JobBuilder.Key, new Replace(Work with { Spec = change(Work.Spec) })));
        World.RunUntilQuiet();
    }

    public void Succeed(int index) => End(Of(index), "Succeeded");

    /// <summary>The container of the pod of this index ends with an exit code.</summary>
    public void Fail(int index, int code = 1) => Fail(Of(index), code);

    public void Fail(Pod pod, int code = 1, string container = "main") => Report(pod, pod.Status with
    {
        Phase = "Failed",
        Conditions = [],
        ContainerStatuses = [new ContainerStatus
        {
            Name = container,
            State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = code } },
        }],
    });

    public void End(Pod pod, string phase) => Report(pod, pod.Status with { Phase = phase, Conditions = [] });

    public void Report(Pod pod, PodStatus status)
    {
        World.Ask(EntityKey.Of(pod), new PodStatusReported(pod.Metadata.Uid!, status));
        World.RunUntilQuiet();
    }

    public void Pass(int seconds) => World.RunFor(TimeSpan.FromSeconds(seconds));

    public Pod Of(int index) => Assert.Single(Running, pod => IndexOf(pod) == index);
}
