using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of Nodes.</summary>
internal static class NodeRules
{
    private static readonly FieldPath Metadata = FieldPath.Root("metadata");
    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath Status = FieldPath.Root("status");

    public static void Check(FieldErrors errors, Node node)
    {
        CheckTaints(errors, Metadata.Child("taints"), node.Spec.Taints);
        CheckStatus(errors, node);
        CheckRanges(errors, Spec.Child("podCIDRs"), node.Spec);
    }

    /// <summary>What a machine is called elsewhere, and the addresses of its pods, can be said once.</summary>
    public static void CheckUpdate(FieldErrors errors, Node old, Node @new)
    {
        if (old.Spec.PodCIDRs.Count > 0 && old.Spec.PodCIDRs != @new.Spec.PodCIDRs)
        {
            errors.Forbidden(Spec.Child("podCIDRs"),
                "node updates may not change podCIDR except from \"\" to valid");
        }

        if (!string.IsNullOrEmpty(old.Spec.ProviderID) && old.Spec.ProviderID != @new.Spec.ProviderID)
        {
            errors.Forbidden(Spec.Child("providerID"),
                "node updates may not change providerID except from \"\" to valid");
        }

        if (old.Spec.ExternalID != @new.Spec.ExternalID)
        {
            errors.Forbidden(Spec.Child("externalID"), "may not be updated");
        }
    }

    public static void CheckStatus(FieldErrors errors, Node node)
    {
        CheckAmounts(errors, Status.Child("capacity"), node.Status.Capacity);
        CheckAmounts(errors, Status.Child("allocatable"), node.Status.Allocatable);
        var seen = new HashSet<NodeAddress>();
        for (var i = 0; i < node.Status.Addresses.Count; i++)
        {
            if (!seen.Add(node.Status.Addresses[i]))
            {
                errors.DuplicateJson(Status.Child("addresses").Index(i), Shown.Of(node.Status.Addresses[i]));
            }
        }
    }

    private static void CheckTaints(FieldErrors errors, FieldPath path, ValueList<Taint> taints)
    {
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < taints.Count; i++)
        {
            var taint = taints[i];
            var at = path.Index(i);
            errors.Invalid(at.Child("key"), taint.Key, NameRules.QualifiedName(taint.Key));
            var complaints = NameRules.LabelValue(taint.Value ?? "");
            if (complaints.Count > 0)
            {
                errors.Invalid(at.Child("value"), taint.Value ?? "", string.Join(";", complaints));
            }

            if (taint.Effect.Length == 0)
            {
                errors.Required(at.Child("effect"));
            }
            else
            {
                SchedulingRules.CheckEffect(errors, at.Child("effect"), taint.Effect);
            }

            if (!seen.Add((taint.Key, taint.Effect)))
            {
                errors.Add(new FieldError(FieldErrorType.Duplicate, at.ToString(), Shown.Of(taint),
                    "taints must be unique by key and effect pair"));
            }
        }
    }

    private static void CheckAmounts(FieldErrors errors, FieldPath path, ValueMap<Quantity> amounts)
    {
        foreach (var (name, amount) in amounts)
        {
            ResourceRules.CheckQuantity(errors, path.Child(name), name, amount);
        }
    }

    /// <summary>The addresses that pods of the node get: one range of each family at most.</summary>
    private static void CheckRanges(FieldErrors errors, FieldPath path, NodeSpec spec)
    {
        var before = errors.Count;
        var seen = new HashSet<string>();
        for (var i = 0; i < spec.PodCIDRs.Count; i++)
        {
            AddressRules.CheckCidr(errors, path.Index(i), spec.PodCIDRs[i]);
        }

        var six = spec.PodCIDRs.Count(range => range.Contains(':'));
        if (errors.Count == before && spec.PodCIDRs.Count > 1 && (spec.PodCIDRs.Count > 2 || six != 1))
        {
            errors.InvalidJson(path, Shown.Strings(spec.PodCIDRs),
                "may specify no more than one CIDR for each IP family");
        }

        for (var i = 0; i < spec.PodCIDRs.Count; i++)
        {
            if (!seen.Add(spec.PodCIDRs[i]))
            {
                errors.Duplicate(path.Index(i), spec.PodCIDRs[i]);
            }
        }
    }
}
