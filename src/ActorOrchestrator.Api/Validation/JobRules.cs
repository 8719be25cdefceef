using System.Globalization;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Jobs.</summary>
internal static class JobRules
{
    private const int IndexedParallelismMax = 100_000;
    private const int FailedIndexesMax = 100_000;
    private const int ManyCompletions = 100_000;
    private const int ManyCompletionsMax = 10_000;
    private const int ManagedByLengthMax = 63;
    private const string NeedsIndexes = "requires indexed completion mode";

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, Job job, bool isNew)
    {
        CheckSelector(errors, job.Spec, isNew);
        CheckSpec(errors, Spec, job.Spec);
        if (isNew && job.Spec is { CompletionMode: "Indexed", Completions: > 0 and var completions })
        {
            var host = $"{job.Metadata.Name}-{completions - 1}";
            if (NameRules.Label(host).Count > 0)
            {
                errors.Invalid(FieldPath.Root("metadata").Child("name"), job.Metadata.Name ?? "",
                    $"will not able to create pod with invalid DNS label: {host}");
            }
        }
    }

    public static void CheckUpdate(FieldErrors errors, Job before, Job after)
    {
        var (old, @new) = (before.Spec, after.Spec);
        CheckCompletions(errors, old, @new);
        // Leaving the selector out keeps it.
        if (@new.Selector is not null && old.Selector is not null && old.Selector != @new.Selector)
        {
            errors.InvalidJson(Spec.Child("selector"), Shown.Of(@new.Selector), MetadataRules.Immutable);
        }

        var isWaiting = old.Suspend is true && before.Status.StartTime is null;
        if ((isWaiting ? WithFreeFieldsOf(old.Template, @new.Template) : old.Template) != @new.Template)
        {
            errors.InvalidJson(Spec.Child("template"), Shown.Of(@new.Template), MetadataRules.Immutable);
        }

        CheckKept(errors, "completionMode", old.CompletionMode, @new.CompletionMode);
        CheckKept(errors, "managedBy", old.ManagedBy, @new.ManagedBy);
        CheckKept(errors, "podFailurePolicy", old.PodFailurePolicy, @new.PodFailurePolicy);
        CheckKept(errors, "successPolicy", old.SuccessPolicy, @new.SuccessPolicy);
        CheckKept(errors, "backoffLimitPerIndex", old.BackoffLimitPerIndex, @new.BackoffLimitPerIndex);
    }

    /// <summary>The rules that a Job's spec and a CronJob's template share.</summary>
    public static void CheckSpec(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        MetadataRules.NotNegative(errors, path.Child("parallelism"), spec.Parallelism);
        MetadataRules.NotNegative(errors, path.Child("completions"), spec.Completions);
        MetadataRules.NotNegative(errors, path.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds);
        MetadataRules.NotNegative(errors, path.Child("backoffLimit"), spec.BackoffLimit);
        MetadataRules.NotNegative(errors, path.Child("ttlSecondsAfterFinished"), spec.TtlSecondsAfterFinished);
        MetadataRules.NotNegative(errors, path.Child("backoffLimitPerIndex"), spec.BackoffLimitPerIndex);
        MetadataRules.NotNegative(errors, path.Child("maxFailedIndexes"), spec.MaxFailedIndexes);
        if (spec is { MaxFailedIndexes: not null, BackoffLimitPerIndex: null })
        {
            errors.Required(path.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
        }

        if (spec.ManagedBy is { } manager)
        {
            MetadataRules.CheckPrefixedPath(errors, path.Child("managedBy"), manager);
            if (manager.Length > ManagedByLengthMax)
            {
                errors.TooLong(path.Child("managedBy"), ManagedByLengthMax);
            }
        }

        CheckCompletionMode(errors, path, spec);
        JobPolicyRules.CheckFailure(errors, path.Child("podFailurePolicy"), spec);
        JobPolicyRules.CheckSuccess(errors, path.Child("successPolicy"), spec);
        JobPolicyRules.CheckReplacement(errors, path.Child("podReplacementPolicy"), spec);
        PodRules.CheckTemplate(errors, path.Child("template"), spec.Template);
        CheckRestartPolicy(errors, path.Child("template", "spec").Child("restartPolicy"), spec);
    }

    /// <summary>A selector is generated when the Job is made; whoever gives one says that it is theirs.</summary>
    private static void CheckSelector(FieldErrors errors, JobSpec spec, bool isNew)
    {
        if (spec.Selector is not { } selector)
        {
            if (spec.ManualSelector is true)
            {
                errors.Required(Spec.Child("selector"));
            }

            return;
        }

        if (isNew && spec.ManualSelector is not true)
        {
            errors.InvalidJson(Spec.Child("selector"), Shown.Of(selector), "`selector` not auto-generated");
        }

        SelectorRules.Check(errors, Spec.Child("selector"), selector);
        if (LabelMatcher.TryFrom(selector, out var matcher, out _) && !matcher.Matches(spec.Template.Metadata.Labels))
        {
            errors.InvalidJson(Spec.Child("template", "metadata").Child("labels"),
                Shown.Map(spec.Template.Metadata.Labels), WorkloadRules.TemplateMismatch);
        }
    }

    private static void CheckRestartPolicy(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        var policy = spec.Template.Spec.RestartPolicy;
        if (policy is "Always" or null or "")
        {
            errors.Required(path, "valid values: \"OnFailure\", \"Never\"");
        }
        else if (policy is not ("OnFailure" or "Never"))
        {
            errors.NotSupported(path, policy, "OnFailure", "Never");
        }
        else if (spec.PodFailurePolicy is not null && policy != "Never")
        {
            errors.Invalid(path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    private static void CheckCompletionMode(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec.CompletionMode is not (null or "Indexed" or "NonIndexed"))
        {
            errors.NotSupported(path.Child("completionMode"), spec.CompletionMode, "NonIndexed", "Indexed");
        }

        if (spec.CompletionMode == "Indexed")
        {
            CheckIndexes(errors, path, spec);
        }
        else if (spec.CompletionMode is null or "NonIndexed")
        {
            if (spec.BackoffLimitPerIndex is { } limit)
            {
                errors.Invalid(path.Child("backoffLimitPerIndex"), limit, NeedsIndexes);
            }

            if (spec.MaxFailedIndexes is { } failed)
            {
                errors.Invalid(path.Child("maxFailedIndexes"), failed, NeedsIndexes);
            }
        }

        if (spec.CompletionMode != "Indexed" && spec.SuccessPolicy is { } policy)
        {
            errors.InvalidJson(path.Child("successPolicy"), Shown.Of(policy), NeedsIndexes);
        }
    }

    private static void CheckIndexes(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec.Completions is null)
        {
            errors.Required(path.Child("completions"), "when completion mode is Indexed");
        }

        if (spec.Parallelism > IndexedParallelismMax)
        {
            errors.Invalid(path.Child("parallelism"), spec.Parallelism.Value,
                $"must be less than or equal to {IndexedParallelismMax} when completion mode is Indexed");
        }

        if (spec.MaxFailedIndexes > spec.Completions)
        {
            errors.Invalid(path.Child("maxFailedIndexes"), spec.MaxFailedIndexes.Value,
                "must be less than or equal to completions");
        }

        if (spec.MaxFailedIndexes > FailedIndexesMax)
        {
            errors.Invalid(path.Child("maxFailedIndexes"), spec.MaxFailedIndexes.Value,
                $"must be less than or equal to {FailedIndexesMax}");
        }

        if (spec is not { Completions: > ManyCompletions, BackoffLimitPerIndex: not null })
        {
            return;
        }

        var bound = $"must be less than or equal to {ManyCompletionsMax} "
            + $"when completions are above {ManyCompletions} and used with backoff limit per index";
        if (spec.MaxFailedIndexes is null)
        {
            errors.Required(path.Child("maxFailedIndexes"),
                $"must be specified when completions is above {ManyCompletions}");
        }

        if (spec.Parallelism > ManyCompletionsMax)
        {
            errors.Invalid(path.Child("parallelism"), spec.Parallelism.Value, bound);
        }

        if (spec.MaxFailedIndexes > ManyCompletionsMax)
        {
            errors.Invalid(path.Child("maxFailedIndexes"), spec.MaxFailedIndexes.Value, bound);
        }
    }

    private static void CheckCompletions(FieldErrors errors, JobSpec old, JobSpec @new)
    {
        if (@new.CompletionMode != "Indexed")
        {
            CheckKept(errors, "completions", old.Completions, @new.Completions);
        }
        else if (@new.Completions is { } completions && old.Completions != completions
            && completions != @new.Parallelism)
        {
            errors.Invalid(
                Spec.Child("completions"), completions, "can only be modified in tandem with spec.parallelism");
        }
    }

    private static void CheckKept<T>(FieldErrors errors, string field, T? old, T? @new)
    {
        if (!Equals(old, @new))
        {
            var shown = @new switch
            {
                null => "null",
                string text => FieldError.Quote(text),
                int number => number.ToString(CultureInfo.InvariantCulture),
                _ => Shown.Of(@new),
            };
            errors.InvalidJson(Spec.Child(field), shown, MetadataRules.Immutable);
        }
    }

    /// <summary>While a Job is suspended and has not begun, it can still be said where its pods may run.</summary>
    private static PodTemplateSpec WithFreeFieldsOf(PodTemplateSpec old, PodTemplateSpec @new) => old with
    {
        Metadata = old.Metadata with { Annotations = @new.Metadata.Annotations, Labels = @new.Metadata.Labels },
        Spec = old.Spec with
        {
            Affinity = WithNodeAffinityOf(old.Spec.Affinity, @new.Spec.Affinity),
            NodeSelector = @new.Spec.NodeSelector,
            Tolerations = @new.Spec.Tolerations,
            SchedulingGates = @new.Spec.SchedulingGates,
        },
    };

    private static Affinity? WithNodeAffinityOf(Affinity? old, Affinity? @new)
    {
        var affinity = (old ?? new Affinity()) with { NodeAffinity = @new?.NodeAffinity };
        return @new is null && affinity == new Affinity() ? null : affinity;
    }
}
