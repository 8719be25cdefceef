using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>
/// What may change in a pod that exists: images, a shorter active deadline, more tolerations, and fewer scheduling
/// gates. While it has gates, the nodes that it may go to may be narrowed. All else of its spec is fixed.
/// </summary>
internal static class PodUpdateRules
{
    private const string OnlyThese =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, Pod before, Pod after)
    {
        PodAnnotationRules.CheckUpdate(errors, FieldPath.Root("metadata").Child("annotations"), before, after);
        var (old, @new) = (before.Spec, after.Spec);
        if (old == @new)
        {
            return;
        }

        if (old.Containers.Count != @new.Containers.Count)
        {
            errors.Forbidden(Spec.Child("containers"), "pod updates may not add or remove containers");
            return;
        }

        if (old.InitContainers.Count != @new.InitContainers.Count)
        {
            errors.Forbidden(Spec.Child("initContainers"), "pod updates may not add or remove containers");
            return;
        }

        CheckImages(errors, Spec.Child("containers"), @new.Containers);
        CheckImages(errors, Spec.Child("initContainers"), @new.InitContainers);
        CheckDeadline(errors, old.ActiveDeadlineSeconds, @new.ActiveDeadlineSeconds);
        CheckTolerations(errors, old.Tolerations, @new.Tolerations);
        CheckGates(errors, old.SchedulingGates, @new.SchedulingGates);
        if (old.SchedulingGates.Count > 0)
        {
            CheckNodeSelector(errors, Spec.Child("nodeSelector"), old.NodeSelector, @new.NodeSelector);
            CheckNodeAffinity(errors, old.Affinity?.NodeAffinity, @new.Affinity?.NodeAffinity);
            SchedulingRules.CheckAffinity(errors, Spec.Child("affinity"), @new.Affinity);
        }

        var comparable = WithFreeFieldsOf(@new, old);
        if (comparable != old)
        {
            errors.Forbidden(Spec, $"{OnlyThese}\nchanged: {string.Join(", ", Differences.Between(old, comparable))}");
        }
    }

    private static PodSpec WithFreeFieldsOf(PodSpec spec, PodSpec old) => spec with
    {
        Containers = WithImagesOf(spec.Containers, old.Containers),
        InitContainers = WithImagesOf(spec.InitContainers, old.InitContainers),
        ActiveDeadlineSeconds = old.ActiveDeadlineSeconds,
        Tolerations = old.Tolerations,
        SchedulingGates = old.SchedulingGates,
        TerminationGracePeriodSeconds = old.TerminationGracePeriodSeconds < 0
                                        && spec.TerminationGracePeriodSeconds == 1
            ? old.TerminationGracePeriodSeconds
            : spec.TerminationGracePeriodSeconds,

        // While gated, a pod has no node to fit to, so where it may run can still be narrowed.
        NodeSelector = old.SchedulingGates.Count > 0 ? old.NodeSelector : spec.NodeSelector,
        Affinity = old.SchedulingGates.Count > 0 ? WithNodeAffinityOf(old.Affinity, spec.Affinity) : spec.Affinity,
    };

    /// <summary>The affinity without what changed of its node affinity, which is checked by itself.</summary>
    private static Affinity? WithNodeAffinityOf(Affinity? old, Affinity? affinity)
    {
        var kept = (affinity ?? new Affinity()) with { NodeAffinity = old?.NodeAffinity };
        return old is null && kept == new Affinity() ? null : kept;
    }

    /// <summary>Where no node was demanded, any may be; terms that are there may only demand more.</summary>
    private static void CheckNodeAffinity(FieldErrors errors, NodeAffinity? old, NodeAffinity? @new)
    {
        var path = Spec.Child("affinity").Child("nodeAffinity")
            .Child("requiredDuringSchedulingIgnoredDuringExecution").Child("nodeSelectorTerms");
        var before = old?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [];
        var after = @new?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [];
        if (before.Count > 0 && before.Count != after.Count)
        {
            errors.InvalidJson(path, Shown.List(after),
                "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }

        for (var i = 0; i < before.Count; i++)
        {
            if (!Narrows(before[i], after[i]))
            {
                errors.InvalidJson(path.Index(i), Shown.Of(after[i]),
                    "only additions are allowed (no mutations or deletions)");
            }
        }
    }

    /// <summary>A term without any demand matches no node, so that a demand in it would match more.</summary>
    private static bool Narrows(NodeSelectorTerm old, NodeSelectorTerm term) =>
        old.MatchExpressions.Count == 0 && old.MatchFields.Count == 0
            ? old == term
            : term.MatchExpressions.Take(old.MatchExpressions.Count).SequenceEqual(old.MatchExpressions)
                && term.MatchFields.Take(old.MatchFields.Count).SequenceEqual(old.MatchFields);

    private static ValueList<Container> WithImagesOf(ValueList<Container> containers, ValueList<Container> old) =>
        containers.Select((container, i) => container with { Image = old[i].Image }).ToValueList();

    private static void CheckNodeSelector(
        FieldErrors errors, FieldPath path, ValueMap<string> old, ValueMap<string> selector)
    {
        if (!old.All(entry => selector.TryGetValue(entry.Key, out var value) && value == entry.Value))
        {
            errors.InvalidJson(path, Shown.Map(selector),
                "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
        }

        MetadataRules.CheckLabels(errors, path, selector);
    }

    private static void CheckImages(FieldErrors errors, FieldPath path, ValueList<Container> containers)
    {
        for (var i = 0; i < containers.Count; i++)
        {
            ContainerRules.CheckImage(errors, path.Index(i).Child("image"), containers[i].Image, isOfPod: true);
        }
    }

    private static void CheckDeadline(FieldErrors errors, long? old, long? @new)
    {
        var path = Spec.Child("activeDeadlineSeconds");
        if (@new is { } seconds)
        {
            errors.Invalid(path, seconds, NameRules.InRange(seconds, 1, int.MaxValue));
            if (seconds > old)
            {
                errors.Invalid(path, seconds, "must be less than or equal to previous value");
            }
        }
        else if (old is not null)
        {
            errors.InvalidJson(path, "null", "must not update from a positive integer to nil value");
        }
    }

    private static void CheckTolerations(
        FieldErrors errors, ValueList<Toleration> old, ValueList<Toleration> @new)
    {
        var path = Spec.Child("tolerations");
        var kept = @new.Select(toleration => toleration with { TolerationSeconds = null }).ToHashSet();
        if (!old.All(toleration => kept.Contains(toleration with { TolerationSeconds = null })))
        {
            errors.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
        }

        SchedulingRules.CheckTolerations(errors, path, @new);
    }

    private static void CheckGates(
        FieldErrors errors, ValueList<PodSchedulingGate> old, ValueList<PodSchedulingGate> @new)
    {
        foreach (var gate in @new.Where(gate => !old.Contains(gate)))
        {
            errors.Forbidden(Spec.Child("schedulingGates").Index(@new.ToList().IndexOf(gate)).Child("name"),
                $"only deletion is allowed, but found new scheduling gate '{gate.Name}'");
        }
    }
}
