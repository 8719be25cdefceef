using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Jobs;

/// <summary>The pod that an Indexed Job asks for: its template, and the completion index in its name, host name, label,
/// annotation, and in a variable of its containers (batch/v1 JobSpec.completionMode).</summary>
internal static class IndexedPodFromTemplate
{
    /// <summary>meta/v1 generateName: what is before the five random characters.</summary>
    private const int PrefixLengthMax = 58;

    /// <summary>JOB-INDEX, of which the Job's name is cut so that it fits a label with what follows.</summary>
    public static string NamePrefix(string job, int index)
    {
        var end = Invariant($"-{index}");
        var room = PrefixLengthMax - end.Length - 1;
        return (job.Length > room ? job[..room] : job) + end;
    }

    public static Pod Create(JobState state, Job job, JobPodClaim claim, int index)
    {
        var (template, text) = (job.Spec.Template, Invariant($"{index}"));
        var annotations = template.Metadata.Annotations.With(JobNames.CompletionIndex, text);
        if (CompletionIndexes.FailAlone(job))
        {
            annotations = Failures(annotations, state.IndexFailures.GetValueOrDefault(index));
        }

        var pod = PodFromTemplate.Create(
            job,
            template with
            {
                Metadata = template.Metadata with
                {
                    Labels = template.Metadata.Labels.With(JobNames.CompletionIndex, text), Annotations = annotations,
                },
                Spec = template.Spec with
                {
                    Hostname = $"{job.Metadata.Name}-{text}",
                    InitContainers = template.Spec.InitContainers.Transform(WithVariable),
                    Containers = template.Spec.Containers.Transform(WithVariable),
                },
            },
            claim);
        return pod with
        {
            Metadata = pod.Metadata with { GenerateName = NamePrefix(job.Metadata.Name!, index) + "-" },
        };
    }

    private static ValueMap<string> Failures(ValueMap<string> annotations, IndexFailures failures)
    {
        annotations = annotations.With(JobNames.IndexFailureCount, Invariant($"{failures.Counted}"));
        return failures.Ignored == 0
            ? annotations
            : annotations.With(JobNames.IndexIgnoredFailureCount, Invariant($"{failures.Ignored}"));
    }

    /// <summary>A variable of this name that the template has is the user's.</summary>
    private static Container WithVariable(Container container) =>
        container.Env.Any(variable => variable.Name == JobNames.IndexVariable) ? container : container with
        {
            Env = container.Env.Add(new EnvVar
            {
                Name = JobNames.IndexVariable,
                ValueFrom = new EnvVarSource
                {
                    FieldRef = new ObjectFieldSelector { FieldPath = $"metadata.labels['{JobNames.CompletionIndex}']" },
                },
            }),
        };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
