using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Api.Validation.PodSecurity;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Namespace, PriorityClass and Lease.</summary>
internal static class ClusterRules
{
    private const int UserPriorityMax = 1_000_000_000;

    public static void Check(FieldErrors errors, Namespace @namespace)
    {
        PodSecurityLabels.Check(errors, @namespace.Metadata.Labels);
        var path = FieldPath.Root("spec").Child("finalizers");
        for (var i = 0; i < @namespace.Spec.Finalizers.Count; i++)
        {
            var finalizer = @namespace.Spec.Finalizers[i];
            errors.Invalid(path, finalizer, NameRules.QualifiedName(finalizer));
            if (finalizer != "kubernetes" && !finalizer.Contains('/') && NameRules.QualifiedName(finalizer).Count == 0)
            {
                errors.Invalid(path, finalizer,
                    "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    public static void Check(FieldErrors errors, PriorityClass priorityClass)
    {
        var name = priorityClass.Metadata.Name ?? "";
        var system = name is "system-node-critical" or "system-cluster-critical";
        if (name.StartsWith("system-") && !system)
        {
            errors.Forbidden(FieldPath.Root("metadata").Child("name"),
                "priority class names with 'system-' prefix are reserved for system use only");
        }
        else if (!system && priorityClass.Value > UserPriorityMax)
        {
            errors.Forbidden(FieldPath.Root("value"),
                $"maximum allowed value of a user defined priority is {UserPriorityMax}");
        }

        if (priorityClass.PreemptionPolicy is not (null or "" or "PreemptLowerPriority" or "Never"))
        {
            errors.NotSupported(FieldPath.Root("preemptionPolicy"), priorityClass.PreemptionPolicy,
                "Never", "PreemptLowerPriority");
        }
    }

    public static void CheckUpdate(FieldErrors errors, PriorityClass old, PriorityClass @new)
    {
        if (old.Value != @new.Value)
        {
            errors.Forbidden(FieldPath.Root("value"), "may not be changed in an update.");
        }

        if (old.PreemptionPolicy != @new.PreemptionPolicy)
        {
            errors.Invalid(FieldPath.Root("preemptionPolicy"), @new.PreemptionPolicy ?? "", MetadataRules.Immutable);
        }
    }

    public static void Check(FieldErrors errors, Lease lease)
    {
        var path = FieldPath.Root("spec");
        if (lease.Spec.LeaseDurationSeconds <= 0)
        {
            errors.Invalid(path.Child("leaseDurationSeconds"), lease.Spec.LeaseDurationSeconds.Value,
                "must be greater than 0");
        }

        if (lease.Spec.LeaseTransitions < 0)
        {
            errors.Invalid(path.Child("leaseTransitions"), lease.Spec.LeaseTransitions.Value,
                "must be greater than or equal to 0");
        }
    }
}
