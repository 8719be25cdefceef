using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>The selector of a new Job (batch/v1 JobSpec.selector): its uid, which no other Job's pods have. With
/// <c>spec.manualSelector</c> it is the user's own.</summary>
internal static class GeneratedSelector
{
    /// <summary>The Job with its uid, selector and its pods' labels; or why it cannot be, when the template gives one
    /// of these labels to others.</summary>
    public static (Job Job, Status? Refusal) Complete(Job job, string uid)
    {
        var identified = job with { Metadata = job.Metadata with { Uid = uid } };
        if (job.Spec.ManualSelector is true)
        {
            return (identified, null);
        }

        var labels = job.Spec.Template.Metadata.Labels;
        var generated = LabelsOf(job.Metadata.Name!, uid);
        var errors = new FieldErrors();
        foreach (var (key, value) in generated)
        {
            if (labels.GetValueOrDefault(key) is { } taken && taken != value)
            {
                errors.Invalid(
                    FieldPath.Root("spec").Child("template", "metadata").Child("labels").Key(key), taken,
                    $"must be '{value}'");
            }
        }

        if (errors.Count > 0)
        {
            return (identified, errors.ToStatus(KindRegistry.Of<Job>(), job.Metadata.Name!));
        }

        return (WithSelector(identified, uid), null);
    }

    /// <summary>A Job that is written again: what was generated stays when the writer leaves it out.</summary>
    public static Job Keep(Job current, Job written) =>
        written.Spec is { Selector: null, ManualSelector: not true } && current.Spec.ManualSelector is not true
            ? WithSelector(written, current.Metadata.Uid!)
            : written;

    public static LabelSelector Of(string uid) => new()
    {
        MatchLabels = ValueMap<string>.From([KeyValuePair.Create(JobNames.ControllerUid, uid)]),
    };

    private static Job WithSelector(Job job, string uid)
    {
        var template = job.Spec.Template;
        var labels = template.Metadata.Labels;
        var missing = LabelsOf(job.Metadata.Name!, uid).Where(label => !labels.ContainsKey(label.Key));
        var all = ValueMap<string>.From(labels.Concat(missing));
        return job with
        {
            // A Job without labels of its own has those of its pods, all of them.
            Metadata = job.Metadata.Labels == labels ? job.Metadata with { Labels = all } : job.Metadata,
            Spec = job.Spec with
            {
                Selector = Of(uid),
                Template = template with { Metadata = template.Metadata with { Labels = all } },
            },
        };
    }

    private static KeyValuePair<string, string>[] LabelsOf(string name, string uid) =>
    [
        KeyValuePair.Create(JobNames.ControllerUid, uid),
        KeyValuePair.Create(JobNames.JobName, name),
        KeyValuePair.Create(JobNames.LegacyControllerUid, uid),
        KeyValuePair.Create(JobNames.LegacyJobName, name),
    ];
}
