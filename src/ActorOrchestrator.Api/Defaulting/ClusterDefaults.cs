using System.Text;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Rbac;
using ActorOrchestrator.Api.Scheduling;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of the kinds that hold configuration or describe the cluster.</summary>
internal static class ClusterDefaults
{
    private const string RbacGroup = "rbac.authorization.k8s.io";
    private const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    /// <summary><c>stringData</c> is only ever written: it becomes data, over what data says of the same key.</summary>
    public static Secret Fill(Secret secret) => secret with
    {
        Type = secret.Type ?? "Opaque",
        StringData = ValueMap<string>.Empty,
        Data = secret.StringData.Count == 0
            ? secret.Data
            : ValueMap<string>.From(secret.Data.Concat(secret.StringData.Select(entry => KeyValuePair.Create(
                entry.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value)))))),
    };

    public static Namespace Fill(Namespace @namespace)
    {
        var metadata = @namespace.Metadata;
        return @namespace with
        {
            Metadata = metadata.Name is { } name
                ? metadata with { Labels = metadata.Labels.With(NamespaceNameLabel, name) }
                : metadata,
            Spec = @namespace.Spec with
            {
                Finalizers = @namespace.Metadata.DeletionTimestamp is null && @namespace.Spec.Finalizers.Count == 0
                    ? ["kubernetes"]
                    : @namespace.Spec.Finalizers,
            },
            Status = @namespace.Status with { Phase = @namespace.Status.Phase ?? "Active" },
        };
    }

    public static Node Fill(Node node)
    {
        var spec = node.Spec;
        var ranges = spec.PodCIDRs.Count == 0 && !string.IsNullOrEmpty(spec.PodCIDR)
            ? ValueList.Create<string>([spec.PodCIDR])
            : spec.PodCIDRs;
        return node with
        {
            // The old field says the first of what the new one says. The kubelet is no longer configured by its Node:
            // what says how is dropped.
            Spec = spec with
            {
                PodCIDRs = ranges, PodCIDR = ranges.Count > 0 ? ranges[0] : spec.PodCIDR, ConfigSource = null,
            },
            Status = node.Status with
            {
                Allocatable = node.Status.Allocatable.Count > 0 ? node.Status.Allocatable : node.Status.Capacity,
                Config = null,
            },
        };
    }

    public static LimitRange Fill(LimitRange range) => range with
    {
        Spec = range.Spec with { Limits = range.Spec.Limits.Transform(Fill) },
    };

    /// <summary>How the holder is elected is for clusters that elect by it; Kubernetes does not by default.</summary>
    public static Lease Fill(Lease lease) => lease with
    {
        Spec = lease.Spec with { Strategy = null, PreferredHolder = null },
    };

    public static PriorityClass Fill(PriorityClass priority) =>
        priority with { PreemptionPolicy = priority.PreemptionPolicy ?? "PreemptLowerPriority" };

    public static RoleBinding Fill(RoleBinding binding) =>
        binding with { RoleRef = Fill(binding.RoleRef), Subjects = binding.Subjects.Transform(Fill) };

    public static ClusterRoleBinding Fill(ClusterRoleBinding binding) =>
        binding with { RoleRef = Fill(binding.RoleRef), Subjects = binding.Subjects.Transform(Fill) };

    private static RoleRef Fill(RoleRef role) =>
        role with { ApiGroup = string.IsNullOrEmpty(role.ApiGroup) ? RbacGroup : role.ApiGroup };

    private static Subject Fill(Subject subject) => subject with
    {
        ApiGroup = subject.ApiGroup ?? (subject.Kind is "User" or "Group" ? RbacGroup : null),
    };

    /// <summary>
    /// A container's default limit is the maximum, and its default request the default limit or the minimum.
    /// </summary>
    private static LimitRangeItem Fill(LimitRangeItem item)
    {
        item = item with
        {
            Max = AmountDefaults.Fill(item.Max),
            Min = AmountDefaults.Fill(item.Min),
            Default = AmountDefaults.Fill(item.Default),
            DefaultRequest = AmountDefaults.Fill(item.DefaultRequest),
            MaxLimitRequestRatio = AmountDefaults.Fill(item.MaxLimitRequestRatio),
        };
        if (item.Type != "Container")
        {
            return item;
        }

        var limits = ValueMap<Quantity>.From(item.Max.Concat(item.Default));
        return item with
        {
            Default = limits,
            DefaultRequest = ValueMap<Quantity>.From(item.Min.Concat(limits).Concat(item.DefaultRequest)),
        };
    }
}
