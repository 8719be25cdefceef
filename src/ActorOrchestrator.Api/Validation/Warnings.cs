using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>What Kubernetes accepts and still has something to say about, as lines for <c>Warning</c> headers: fields
/// of pods, and of the templates that pods are made from.</summary>
public static class Warnings
{
    /// <summary>About an object that is created; the object is valid and defaulted.</summary>
    public static IReadOnlyList<string> Of(KubeObject value)
    {
        var warnings = new List<string>();
        if (PodSpecIn(value) is var (path, spec))
        {
            PodWarnings.Add(warnings, path, spec);
        }

        return warnings;
    }

    /// <summary>About the next version of an object. A pod is hardly ever written by people, and a template that stays
    /// has been spoken of.</summary>
    public static IReadOnlyList<string> OfUpdate(KubeObject old, KubeObject @new) =>
        @new is Pod || PodSpecIn(old)?.Spec == PodSpecIn(@new)?.Spec ? [] : Of(@new);

    private static (FieldPath Path, PodSpec Spec)? PodSpecIn(KubeObject value)
    {
        var spec = FieldPath.Root("spec");
        return value switch
        {
            Pod pod => (spec, pod.Spec),
            PodTemplate template => (FieldPath.Root("template").Child("spec"), template.Template.Spec),
            Deployment it => (spec.Child("template").Child("spec"), it.Spec.Template.Spec),
            ReplicaSet it => (spec.Child("template").Child("spec"), it.Spec.Template.Spec),
            ReplicationController { Spec.Template: { } it } => (spec.Child("template").Child("spec"), it.Spec),
            StatefulSet it => (spec.Child("template").Child("spec"), it.Spec.Template.Spec),
            DaemonSet it => (spec.Child("template").Child("spec"), it.Spec.Template.Spec),
            Job it => (spec.Child("template").Child("spec"), it.Spec.Template.Spec),
            CronJob it => (
                spec.Child("jobTemplate").Child("spec").Child("template").Child("spec"),
                it.Spec.JobTemplate.Spec.Template.Spec),
            _ => null,
        };
    }
}
