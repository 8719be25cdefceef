using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do with CronJobs.</summary>
internal static class CronJobOperations
{
    /// <summary>Each makes load for as long as it is there.</summary>
    private const int CronJobsMax = 2;

    private static readonly string[] Schedules =
        ["* * * * *", "*/2 * * * *", "*/3 * * * *", "1-59/5 * * * *", "@every 90s"];

    private static readonly string[] Policies = ["Allow", "Forbid", "Replace"];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("cronjob-create", CreateAsync),
        new("cronjob-change", ChangeAsync),
        new("cronjob-run", RunAsync),
    ];

    /// <summary>Its Jobs are small ones; some take longer than until the next.</summary>
    public static CronJob CronJob(Dice dice, string name, string @namespace) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = @namespace },
        Spec = new CronJobSpec
        {
            Schedule = dice.Pick(Schedules),
            TimeZone = dice.Chance(0.3) ? "America/New_York" : null,
            ConcurrencyPolicy = dice.Pick(Policies),
            StartingDeadlineSeconds = dice.Chance(0.2) ? dice.Between(10, 100) : null,
            SuccessfulJobsHistoryLimit = dice.Below(3),
            FailedJobsHistoryLimit = dice.Below(2),
            JobTemplate = new JobTemplateSpec
            {
                Spec = JobOperations.Spec(dice) with { Completions = dice.Between(1, 2), Parallelism = 1 },
            },
        },
    };

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (user.World.Truth.All<CronJob>().Count() < CronJobsMax)
        {
            await user.CreateAsync(
                CronJob(user.Dice, user.NextName("tick"), user.Dice.Pick(WorkloadContext.Namespaces)));
        }
    }

    private static async Task ChangeAsync(WorkloadContext user)
    {
        if (user.Pick<CronJob>() is { } cronJob)
        {
            var patch = user.Dice.Below(3) switch
            {
                0 => $"\"suspend\":{(cronJob.Spec.Suspend is true ? "false" : "true")}",
                1 => $"\"concurrencyPolicy\":\"{user.Dice.Pick(Policies)}\"",
                _ => $"\"schedule\":\"{user.Dice.Pick(Schedules)}\"",
            };
            await user.PatchAsync(cronJob, $$$"""{"spec":{{{{patch}}}}}""");
        }
    }

    /// <summary>As <c>kubectl create job --from=cronjob/…</c>.</summary>
    private static async Task RunAsync(WorkloadContext user)
    {
        if (user.Pick<CronJob>() is { } cronJob)
        {
            await user.CreateAsync(new Job
            {
                Metadata = new ObjectMeta
                {
                    Name = user.NextName("by-hand"),
                    Namespace = cronJob.Metadata.Namespace,
                    Annotations = ValueMap<string>.From(
                        [KeyValuePair.Create("cronjob.kubernetes.io/instantiate", "manual")]),
                    OwnerReferences = [Owners.ReferenceTo(cronJob) with { BlockOwnerDeletion = null }],
                },
                Spec = cronJob.Spec.JobTemplate.Spec,
            });
        }
    }
}
