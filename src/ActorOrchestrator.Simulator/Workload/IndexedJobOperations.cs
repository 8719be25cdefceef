using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do with Jobs that have indexes, or that tell one failure from another.</summary>
internal static class IndexedJobOperations
{
    private const int JobsMax = 4;
    private const int CompletionsMax = 6;

    /// <summary>What the image <c>task</c> exits with, but for 0.</summary>
    private static readonly ValueList<int>[] ExitCodes = [[1], [42], [1, 42]];

    public static readonly IReadOnlyList<Operation> All =
    [
        new("indexed-create", CreateAsync),
        new("indexed-resize", ResizeAsync),
    ];

    public static Job Job(Dice dice, string name, string @namespace) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = @namespace },
        Spec = dice.Chance(0.8) ? Indexed(dice) : WithPolicy(dice, JobOperations.Spec(dice)),
    };

    private static JobSpec Indexed(Dice dice)
    {
        var completions = dice.Between(1, CompletionsMax);
        var spec = JobOperations.Spec(dice) with
        {
            CompletionMode = "Indexed",
            Completions = completions,
            SuccessPolicy = dice.Chance(0.3) ? Success(dice, completions) : null,
        };
        if (dice.Chance(0.5))
        {
            spec = Never(spec) with
            {
                BackoffLimit = null,
                BackoffLimitPerIndex = dice.Below(3),
                MaxFailedIndexes = dice.Chance(0.4) ? dice.Below(completions) : null,
            };
        }

        return dice.Chance(0.5) ? WithPolicy(dice, spec) : spec;
    }

    private static SuccessPolicy Success(Dice dice, int completions)
    {
        var indexes = dice.Chance(0.3) ? null : IndexRanges.Of(
            Enumerable.Range(0, completions).Where(_ => dice.Chance(0.5)).DefaultIfEmpty(dice.Below(completions)));
        var count = indexes is null || dice.Chance(0.3) ? dice.Between(1, indexes?.Count ?? completions) : (int?)null;
        return new SuccessPolicy
        {
            Rules = [new SuccessPolicyRule { SucceededIndexes = indexes?.ToString(), SucceededCount = count }],
        };
    }

    private static JobSpec WithPolicy(Dice dice, JobSpec spec)
    {
        var rules = new List<PodFailurePolicyRule>();
        for (var left = dice.Between(1, 2); left > 0; left--)
        {
            rules.Add(Rule(dice, isPerIndex: spec.BackoffLimitPerIndex is not null));
        }

        return Never(spec) with
        {
            PodReplacementPolicy = null, PodFailurePolicy = new PodFailurePolicy { Rules = rules.ToValueList() },
        };
    }

    /// <summary>Mostly such as let the Job go on.</summary>
    private static PodFailurePolicyRule Rule(Dice dice, bool isPerIndex)
    {
        var action = dice.Pick(["Ignore", "Ignore", "Count", "FailJob", isPerIndex ? "FailIndex" : "Ignore"]);
        return dice.Chance(0.5)
            ? new PodFailurePolicyRule
            {
                Action = action,
                OnPodConditions =
                    [new PodFailurePolicyOnPodConditionsPattern { Type = "DisruptionTarget", Status = "True" }],
            }
            : new PodFailurePolicyRule
            {
                Action = action,
                OnExitCodes = new PodFailurePolicyOnExitCodesRequirement
                {
                    ContainerName = dice.Chance(0.3) ? "main" : null,
                    Operator = dice.Chance(0.7) ? "In" : "NotIn",
                    Values = dice.Pick(ExitCodes),
                },
            };
    }

    /// <summary>Policies and limits of indexes are for pods that do not start again by themselves.</summary>
    private static JobSpec Never(JobSpec spec) => spec with
    {
        Template = spec.Template with { Spec = spec.Template.Spec with { RestartPolicy = "Never" } },
    };

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (user.World.Truth.All<Job>().Count(IsOurs) < JobsMax)
        {
            await user.CreateAsync(Job(user.Dice, user.NextName("part"), user.Dice.Pick(WorkloadContext.Namespaces)));
        }
    }

    private static bool IsOurs(Job job) =>
        job.Spec.CompletionMode == "Indexed" || job.Spec.PodFailurePolicy is not null;

    /// <summary>More or fewer indexes, all at once.</summary>
    private static async Task ResizeAsync(WorkloadContext user)
    {
        if (user.Pick<Job>(job => job.Spec.CompletionMode == "Indexed" && !Describe.IsFinished(job)) is { } job)
        {
            var count = user.Dice.Between(1, CompletionsMax);
            await user.PatchAsync(job, $$$"""{"spec":{"completions":{{{count}}},"parallelism":{{{count}}}}}""");
        }
    }
}
