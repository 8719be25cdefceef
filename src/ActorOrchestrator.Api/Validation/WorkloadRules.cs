using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of what keeps pods running: Deployment, ReplicaSet, ReplicationController, StatefulSet and
/// DaemonSet, with their ControllerRevisions.</summary>
internal static class WorkloadRules
{
    public const string TemplateMismatch = "`selector` does not match template `labels`";

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, Deployment deployment)
    {
        var spec = deployment.Spec;
        MetadataRules.NotNegative(errors, Spec.Child("replicas"), spec.Replicas);
        CheckSelector(errors, spec.Selector, "deployment");
        CheckTemplate(errors, spec.Template, spec.Selector, "ReplicaSet");
        CheckStrategy(errors, Spec.Child("strategy"), spec.Strategy);
        MetadataRules.NotNegative(errors, Spec.Child("minReadySeconds"), spec.MinReadySeconds);
        MetadataRules.NotNegative(errors, Spec.Child("revisionHistoryLimit"), spec.RevisionHistoryLimit);
        MetadataRules.NotNegative(errors, Spec.Child("progressDeadlineSeconds"), spec.ProgressDeadlineSeconds);
        if (spec.ProgressDeadlineSeconds <= spec.MinReadySeconds)
        {
            errors.Invalid(Spec.Child("progressDeadlineSeconds"), spec.ProgressDeadlineSeconds.Value,
                "must be greater than minReadySeconds");
        }
    }

    public static void Check(FieldErrors errors, ReplicaSet replicaSet)
    {
        var spec = replicaSet.Spec;
        MetadataRules.NotNegative(errors, Spec.Child("replicas"), spec.Replicas);
        MetadataRules.NotNegative(errors, Spec.Child("minReadySeconds"), spec.MinReadySeconds);
        CheckSelector(errors, spec.Selector, "deployment");
        CheckTemplate(errors, spec.Template, spec.Selector, "ReplicaSet");
    }

    public static void Check(FieldErrors errors, ReplicationController controller)
    {
        var spec = controller.Spec;
        MetadataRules.NotNegative(errors, Spec.Child("minReadySeconds"), spec.MinReadySeconds);
        MetadataRules.NotNegative(errors, Spec.Child("replicas"), spec.Replicas);
        if (spec.Selector.Count == 0)
        {
            errors.Required(Spec.Child("selector"));
        }

        if (spec.Template is not { } template)
        {
            errors.Required(Spec.Child("template"));
            return;
        }

        CheckTemplate(
            errors, template, new LabelSelector { MatchLabels = spec.Selector }, nameof(ReplicationController));
    }

    public static void Check(FieldErrors errors, StatefulSet set)
    {
        var spec = set.Spec;
        MetadataRules.NotNegative(errors, Spec.Child("replicas"), spec.Replicas);
        MetadataRules.NotNegative(errors, Spec.Child("minReadySeconds"), spec.MinReadySeconds);
        MetadataRules.NotNegative(errors, Spec.Child("ordinals", "start"), spec.Ordinals?.Start);
        if (string.IsNullOrEmpty(spec.PodManagementPolicy))
        {
            errors.Required(Spec.Child("podManagementPolicy"));
        }
        else if (spec.PodManagementPolicy is not ("OrderedReady" or "Parallel"))
        {
            errors.Invalid(Spec.Child("podManagementPolicy"), spec.PodManagementPolicy,
                "must be 'OrderedReady' or 'Parallel'");
        }

        CheckStatefulStrategy(errors, Spec.Child("updateStrategy"), spec.UpdateStrategy);
        if (spec.PersistentVolumeClaimRetentionPolicy is { } retention)
        {
            var path = Spec.Child("persistentVolumeClaimRetentionPolicy");
            CheckRetention(errors, path.Child("whenDeleted"), retention.WhenDeleted);
            CheckRetention(errors, path.Child("whenScaled"), retention.WhenScaled);
        }

        CheckSelector(errors, spec.Selector, "statefulset");
        CheckTemplate(errors, WithClaims(spec), spec.Selector, "StatefulSet");
        for (var i = 0; i < spec.VolumeClaimTemplates.Count; i++)
        {
            var (claim, path) = (spec.VolumeClaimTemplates[i], Spec.Child("volumeClaimTemplates").Index(i));
            if (string.IsNullOrEmpty(claim.Metadata.Name))
            {
                errors.Required(path.Child("metadata", "name"));
            }
            else
            {
                // It is the name of a volume of each pod, and the beginning of a claim's.
                errors.Invalid(
                    path.Child("metadata", "name"), claim.Metadata.Name, NameRules.Label(claim.Metadata.Name));
            }

            ClaimRules.CheckSpec(errors, path.Child("spec"), claim.Spec);
        }
    }

    private static void CheckRetention(FieldErrors errors, FieldPath path, string? policy)
    {
        if (policy is not ("Retain" or "Delete"))
        {
            errors.NotSupported(path, policy ?? "", "Retain", "Delete");
        }
    }

    public static void Check(FieldErrors errors, DaemonSet set)
    {
        var spec = set.Spec;
        CheckSelector(errors, spec.Selector, "daemonset");
        CheckTemplate(errors, spec.Template, spec.Selector, "DaemonSet");
        MetadataRules.NotNegative(errors, Spec.Child("minReadySeconds"), spec.MinReadySeconds);
        MetadataRules.NotNegative(errors, Spec.Child("revisionHistoryLimit"), spec.RevisionHistoryLimit);
        var path = Spec.Child("updateStrategy");
        switch (spec.UpdateStrategy)
        {
            case { Type: "RollingUpdate", RollingUpdate: null }:
                errors.Required(path.Child("rollingUpdate"));
                break;
            case { Type: "RollingUpdate", RollingUpdate: { } rolling }:
                RolloutRules.CheckDaemonBounds(
                    errors, path.Child("rollingUpdate"), rolling.MaxUnavailable, rolling.MaxSurge);
                break;
            case { Type: "OnDelete" }:
                break;
            default:
                errors.NotSupported(path.Child("type"), spec.UpdateStrategy.Type ?? "", "RollingUpdate", "OnDelete");
                break;
        }
    }

    public static void Check(FieldErrors errors, ControllerRevision revision)
    {
        if (revision.Data is null)
        {
            errors.Required(FieldPath.Root("data"), "data is mandatory");
        }

        MetadataRules.NotNegative(errors, FieldPath.Root("revision"), revision.Revision);
    }

    public static void CheckUpdate(FieldErrors errors, ControllerRevision old, ControllerRevision @new)
    {
        if (!IsSame(old.Data, @new.Data))
        {
            errors.InvalidJson(FieldPath.Root("data"), @new.Data?.ToString() ?? "null", MetadataRules.Immutable);
        }
    }

    /// <summary>However it is written: of a name that is given twice the last value counts.</summary>
    private static bool IsSame(RawJson? one, RawJson? other) => Equals(one, other)
        || (one is not null && other is not null
            && JsonNode.DeepEquals(JsonTree.Node(one.Utf8), JsonTree.Node(other.Utf8)));

    /// <summary>The template as its pods get it: with a volume for each claim of theirs.</summary>
    private static PodTemplateSpec WithClaims(StatefulSetSpec spec)
    {
        var claims = spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name)
            .OfType<string>().Where(name => NameRules.Label(name).Count == 0).ToHashSet();
        return spec.Template with
        {
            Spec = spec.Template.Spec with
            {
                Volumes =
                [
                    .. spec.Template.Spec.Volumes.Where(volume => !claims.Contains(volume.Name)),
                    .. claims.Select(name => new Volume
                    {
                        Name = name, PersistentVolumeClaim = new() { ClaimName = name },
                    }),
                ],
            },
        };
    }

    public static void CheckUpdate(FieldErrors errors, StatefulSetSpec old, StatefulSetSpec @new)
    {
        var mutable = @new with
        {
            Replicas = old.Replicas,
            Ordinals = old.Ordinals,
            Template = old.Template,
            UpdateStrategy = old.UpdateStrategy,
            RevisionHistoryLimit = old.RevisionHistoryLimit,
            PersistentVolumeClaimRetentionPolicy = old.PersistentVolumeClaimRetentionPolicy,
            MinReadySeconds = old.MinReadySeconds,
        };
        if (mutable != old)
        {
            errors.Forbidden(Spec, "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                + "'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                + "'minReadySeconds' are forbidden");
        }
    }

    public static void CheckSelectorKept(FieldErrors errors, LabelSelector? old, LabelSelector? @new)
    {
        if (old != @new)
        {
            errors.InvalidJson(Spec.Child("selector"), Shown.Of(@new), MetadataRules.Immutable);
        }
    }

    private static void CheckSelector(FieldErrors errors, LabelSelector? selector, string owner)
    {
        var path = Spec.Child("selector");
        if (selector is null)
        {
            errors.Required(path);
            return;
        }

        SelectorRules.Check(errors, path, selector);
        if (SelectorRules.IsEmpty(selector))
        {
            errors.InvalidJson(path, Shown.Of(selector), $"empty selector is invalid for {owner}");
        }
    }

    private static void CheckTemplate(
        FieldErrors errors, PodTemplateSpec template, LabelSelector? selector, string owner)
    {
        var path = Spec.Child("template");
        if (!LabelMatcher.TryFrom(selector, out var matcher, out _))
        {
            errors.InvalidJson(Spec.Child("selector"), Shown.Of(selector), "invalid label selector");
        }
        else if (!matcher.IsEverything && !matcher.Matches(template.Metadata.Labels))
        {
            errors.InvalidJson(path.Child("metadata", "labels"), Shown.Map(template.Metadata.Labels),
                TemplateMismatch);
        }

        PodRules.CheckTemplate(errors, path, template);
        if (template.Spec.RestartPolicy != "Always")
        {
            errors.NotSupported(
                path.Child("spec", "restartPolicy"), template.Spec.RestartPolicy ?? "", "Always");
        }

        if (template.Spec.ActiveDeadlineSeconds is not null)
        {
            errors.Forbidden(path.Child("spec", "activeDeadlineSeconds"),
                $"activeDeadlineSeconds in {owner} is not Supported");
        }
    }

    private static void CheckStrategy(FieldErrors errors, FieldPath path, DeploymentStrategy strategy)
    {
        switch (strategy)
        {
            case { Type: "Recreate", RollingUpdate: not null }:
                errors.Forbidden(path.Child("rollingUpdate"),
                    "may not be specified when strategy `type` is 'Recreate'");
                break;
            case { Type: "Recreate" }:
                break;
            case { Type: "RollingUpdate", RollingUpdate: null }:
                errors.Required(path.Child("rollingUpdate"), "this should be defaulted and never be nil");
                break;
            case { Type: "RollingUpdate", RollingUpdate: { } rolling }:
                RolloutRules.CheckBounds(
                    errors, path.Child("rollingUpdate"), rolling.MaxUnavailable, rolling.MaxSurge);
                break;
            default:
                errors.NotSupported(path.Child("type"), strategy.Type ?? "", "Recreate", "RollingUpdate");
                break;
        }
    }

    private static void CheckStatefulStrategy(FieldErrors errors, FieldPath path, StatefulSetUpdateStrategy strategy)
    {
        switch (strategy)
        {
            case { Type: null or "" }:
                errors.Required(path);
                break;
            case { Type: "OnDelete", RollingUpdate: not null }:
                errors.Invalid(path.Child("rollingUpdate"), "",
                    "only allowed for updateStrategy 'RollingUpdate'");
                break;
            case { Type: "RollingUpdate", RollingUpdate: { } rolling }:
                MetadataRules.NotNegative(errors, path.Child("rollingUpdate", "partition"), rolling.Partition);
                RolloutRules.CheckUnavailable(
                    errors, path.Child("rollingUpdate", "maxUnavailable"), rolling.MaxUnavailable);
                break;
            case { Type: "OnDelete" or "RollingUpdate" }:
                break;
            default:
                errors.Invalid(path, strategy.Type, "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }
}
