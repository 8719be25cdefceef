using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>What Kubernetes accepts and still has something to say about, as lines for <c>Warning</c> headers: fields
/// of pods, of the templates that pods are made from, and of other kinds.</summary>
public static class Warnings
{
    private static readonly FieldPath Metadata = FieldPath.Root("metadata");
    private static readonly FieldPath Spec = FieldPath.Root("spec");

    /// <summary>About an object that is created; the object is valid and defaulted.</summary>
    public static IReadOnlyList<string> Of(KubeObject value)
    {
        var warnings = new List<string>();
        AddName(warnings, value);
        AddPods(warnings, value);
        OtherWarnings.Add(warnings, value);
        OtherWarnings.AddNew(warnings, value);
        return warnings;
    }

    /// <summary>About the next version of an object. A pod is hardly ever written by people but for what they add to
    /// it, and what makes pods has been spoken of until its spec is another one.</summary>
    public static IReadOnlyList<string> OfUpdate(KubeObject old, KubeObject @new)
    {
        var warnings = new List<string>();
        if (old is Pod before && @new is Pod after && before.Spec.EphemeralContainers != after.Spec.EphemeralContainers)
        {
            warnings.AddRange(IgnoredFields.Of(after.Spec).Except(IgnoredFields.Of(before.Spec)));
        }
        else if (@new is not Pod && IsChanged(old, @new))
        {
            AddPods(warnings, @new);
        }

        OtherWarnings.Add(warnings, @new);
        return warnings;
    }

    /// <summary>About a status that is written as such.</summary>
    public static IReadOnlyList<string> OfStatus(KubeObject value)
    {
        var warnings = new List<string>();
        OtherWarnings.AddStatus(warnings, value);
        return warnings;
    }

    private static bool IsChanged(KubeObject old, KubeObject @new) => (old, @new) switch
    {
        (PodTemplate before, PodTemplate after) => before.Template != after.Template,
        (Deployment before, Deployment after) => before.Spec != after.Spec,
        (ReplicaSet before, ReplicaSet after) => before.Spec != after.Spec,
        (ReplicationController before, ReplicationController after) => before.Spec != after.Spec,
        (StatefulSet before, StatefulSet after) => before.Spec != after.Spec,
        (DaemonSet before, DaemonSet after) => before.Spec != after.Spec,
        (Job before, Job after) => before.Spec != after.Spec,
        (CronJob before, CronJob after) => before.Spec != after.Spec,
        _ => false,
    };

    private static void AddPods(List<string> warnings, KubeObject value)
    {
        var template = Spec.Child("template");
        switch (value)
        {
            case Pod pod:
                new PodWarnings(warnings, Metadata, Spec).Add(pod.Metadata, pod.Spec);
                break;
            case PodTemplate it:
                AddTemplate(warnings, FieldPath.Root("template"), it.Template);
                break;
            case Deployment it:
                AddTemplate(warnings, template, it.Spec.Template);
                break;
            case ReplicaSet it:
                AddTemplate(warnings, template, it.Spec.Template);
                break;
            case ReplicationController { Spec.Template: { } it }:
                AddTemplate(warnings, template, it);
                break;
            case StatefulSet it:
                AddTemplate(warnings, template, it.Spec.Template);
                OtherWarnings.AddStateful(warnings, it.Spec);
                break;
            case DaemonSet it:
                AddTemplate(warnings, template, it.Spec.Template);
                break;
            case Job it:
                AddTemplate(warnings, template, it.Spec.Template);
                OtherWarnings.AddJob(warnings, it.Spec);
                break;
            case CronJob it:
                AddTemplate(warnings, Spec.Child("jobTemplate").Child("spec", "template"),
                    it.Spec.JobTemplate.Spec.Template);
                break;
            default:
                break;
        }
    }

    private static void AddTemplate(List<string> warnings, FieldPath path, PodTemplateSpec template) =>
        new PodWarnings(warnings, path.Child("metadata"), path.Child("spec")).Add(template.Metadata, template.Spec);

    /// <summary>A name that a pod's host has, or that it begins with, may have dots, and then is no label of
    /// DNS.</summary>
    private static void AddName(List<string> warnings, KubeObject value)
    {
        var use = value switch
        {
            Pod => "the Pod's hostname",
            Deployment or ReplicaSet or ReplicationController or Job or CronJob => "Pod names and hostnames",
            _ => null,
        };
        if (use is not null && NameRules.Label(value.Metadata.Name ?? "") is { Count: > 0 } complaints)
        {
            warnings.Add($"metadata.name: this is used in {use}, which can result in surprising behavior; a DNS label "
                + $"is recommended: [{string.Join(' ', complaints)}]");
        }
    }
}
