using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do with Jobs, and how they delete these, CronJobs, DaemonSets and StatefulSets.</summary>
internal static class JobOperations
{
    private const int JobsMax = 5;

    private static readonly string[] Propagations = ["Background", "Foreground", "Orphan"];

    /// <summary>What fails, what never ends, and what cannot begin.</summary>
    private static readonly string[] OtherImages = ["crash:v1", "crash:v1", "app:v1", "missing:v1"];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("job-create", CreateAsync),
        new("job-change", ChangeAsync),
        new("workload-delete", DeleteAsync),
    ];

    public static Job Job(Dice dice, string name, string @namespace) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = @namespace }, Spec = Spec(dice),
    };

    /// <summary>Mostly work that ends well, sooner or later; all of it ends by itself.</summary>
    public static JobSpec Spec(Dice dice)
    {
        var image = dice.Chance(0.75) ? "task:v1" : dice.Pick(OtherImages);
        var isEndless = image is "app:v1" or "missing:v1";
        return new JobSpec
        {
            Completions = dice.Chance(0.8) ? dice.Between(1, 5) : null,
            Parallelism = dice.Between(1, 3),
            BackoffLimit = dice.Below(4),
            ActiveDeadlineSeconds = dice.Chance(0.3) || isEndless ? dice.Between(20, 200) : null,
            TtlSecondsAfterFinished = dice.Chance(0.5) ? dice.Below(100) : null,
            PodReplacementPolicy = dice.Chance(0.3) ? "Failed" : null,
            Template = new PodTemplateSpec
            {
                Spec = new PodSpec
                {
                    RestartPolicy = dice.Pick(["Never", "OnFailure"]),
                    TerminationGracePeriodSeconds = dice.Pick([1L, 5L, 30L]),
                    Containers = [new Container { Name = "main", Image = image }],
                },
            },
        };
    }

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (user.World.Truth.All<Job>().Count(job => job.Metadata.OwnerReferences.Count == 0) < JobsMax)
        {
            await user.CreateAsync(Job(user.Dice, user.NextName("work"), user.Dice.Pick(WorkloadContext.Namespaces)));
        }
    }

    /// <summary>Of one under way: how many of its pods run at once, or whether any does.</summary>
    private static async Task ChangeAsync(WorkloadContext user)
    {
        if (user.Pick<Job>(job => !Describe.IsFinished(job)) is not { } job)
        {
            return;
        }

        var patch = user.Dice.Chance(0.5)
            ? $$"""{"parallelism":{{user.Dice.Below(5)}}}"""
            : $$"""{"suspend":{{(job.Spec.Suspend is true ? "false" : "true")}}}""";
        await user.PatchAsync(job, $$"""{"spec":{{patch}}}""");
    }

    /// <summary>One operation for all four, for each is gone at once when they are deleted as often as
    /// made.</summary>
    private static async Task DeleteAsync(WorkloadContext user)
    {
        KubeObject? chosen = user.Dice.Below(4) switch
        {
            0 => user.Pick<Job>(),
            1 => user.Pick<CronJob>(),
            2 => user.Pick<DaemonSet>(),
            _ => user.Pick<StatefulSet>(),
        };
        if (chosen is not null)
        {
            await user.DeleteAsync(chosen, $$"""{"propagationPolicy":"{{user.Dice.Pick(Propagations)}}"}""");
        }
    }
}
