using ActorOrchestrator.Api.Batch;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of what runs to an end (batch/v1).</summary>
internal static class JobDefaults
{
    private const int BackoffLimit = 6;

    public static Job Fill(Job job)
    {
        var spec = job.Spec;
        var runsOnce = spec.Completions is null && spec.Parallelism is null;
        return job with
        {
            // A job without labels of its own is found by those of its pods.
            Metadata = job.Metadata.Labels.Count == 0
                ? job.Metadata with { Labels = spec.Template.Metadata.Labels }
                : job.Metadata,
            Spec = spec with
            {
                Completions = runsOnce ? 1 : spec.Completions,
                Parallelism = spec.Parallelism ?? 1,
                BackoffLimit = spec.BackoffLimit ?? (spec.BackoffLimitPerIndex is null ? BackoffLimit : int.MaxValue),
                CompletionMode = spec.CompletionMode ?? "NonIndexed",
                Suspend = spec.Suspend ?? false,
                PodReplacementPolicy = spec.PodReplacementPolicy
                    ?? (spec.PodFailurePolicy is null ? "TerminatingOrFailed" : "Failed"),
                PodFailurePolicy = Fill(spec.PodFailurePolicy),
                Template = PodDefaults.Fill(spec.Template),
            },
        };
    }

    public static CronJob Fill(CronJob cronJob)
    {
        var spec = cronJob.Spec;
        var job = spec.JobTemplate.Spec;
        return cronJob with
        {
            Spec = spec with
            {
                ConcurrencyPolicy = spec.ConcurrencyPolicy ?? "Allow",
                Suspend = spec.Suspend ?? false,
                SuccessfulJobsHistoryLimit = spec.SuccessfulJobsHistoryLimit ?? 3,
                FailedJobsHistoryLimit = spec.FailedJobsHistoryLimit ?? 1,
                // The rest of a job's defaults are filled when a job is made from this.
                JobTemplate = spec.JobTemplate with
                {
                    Spec = job with
                    {
                        Template = PodDefaults.Fill(job.Template),
                        PodFailurePolicy = Fill(job.PodFailurePolicy),
                    },
                },
            },
        };
    }

    private static PodFailurePolicy? Fill(PodFailurePolicy? policy) => policy is null ? null : policy with
    {
        Rules = policy.Rules.Transform(rule => rule with
        {
            OnPodConditions = rule.OnPodConditions.Transform(
                pattern => pattern with { Status = string.IsNullOrEmpty(pattern.Status) ? "True" : pattern.Status }),
        }),
    };
}
