using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Admission.Quotas;

/// <summary>
/// What one object uses, by the names that a ResourceQuota has for it:
/// <code>
///   every object             count/deployments.apps; of some core kinds also pods, services, secrets …
///   a pod that has not ended  cpu and requests.cpu, limits.cpu, memory …, requests.x.io/gpu
///   a claim                   requests.storage, and both by its storage class
///   a Service                 services.loadbalancers, services.nodeports
/// </code>
/// </summary>
internal static class QuotaUsage
{
    private const string Storage = "storage";

    private static readonly string[] Counted =
    [
        "configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services",
    ];

    private static readonly string[] Plain = [PodRequests.Cpu, PodRequests.Memory, PodRequests.EphemeralStorage];

    public static IReadOnlyDictionary<string, Quantity> Of(KubeObject value)
    {
        var kind = KindRegistry.Of(value);
        var usage = new SortedDictionary<string, Quantity>(StringComparer.Ordinal)
        {
            [$"count/{kind.Resource}"] = Quantity.FromUnits(1),
        };
        if (Counted.Contains(kind.Resource))
        {
            usage[kind.Resource] = Quantity.FromUnits(1);
        }

        switch (value)
        {
            case Pod { Status.Phase: not ("Succeeded" or "Failed") } pod:
                Add(usage, pod.Spec);
                break;
            case PersistentVolumeClaim claim:
                Add(usage, claim.Spec);
                break;
            case Service service:
                Add(usage, service.Spec);
                break;
        }

        return usage;
    }

    private static void Add(SortedDictionary<string, Quantity> usage, PodSpec spec)
    {
        usage[PodRequests.Pods] = Quantity.FromUnits(1);
        foreach (var (resource, amount) in PodRequests.Requested(spec))
        {
            usage[$"requests.{resource}"] = amount;
            if (Plain.Contains(resource) || resource.StartsWith("hugepages-", StringComparison.Ordinal))
            {
                usage[resource] = amount;
            }
        }

        foreach (var (resource, amount) in PodRequests.Limits(spec))
        {
            usage[$"limits.{resource}"] = amount;
        }
    }

    private static void Add(SortedDictionary<string, Quantity> usage, PersistentVolumeClaimSpec spec)
    {
        var hasSize = spec.Resources.Requests.TryGetValue(Storage, out var size);
        if (hasSize)
        {
            usage["requests.storage"] = size;
        }

        if (spec.StorageClassName is not { Length: > 0 } name)
        {
            return;
        }

        usage[$"{name}.storageclass.storage.k8s.io/persistentvolumeclaims"] = Quantity.FromUnits(1);
        if (hasSize)
        {
            usage[$"{name}.storageclass.storage.k8s.io/requests.storage"] = size;
        }
    }

    private static void Add(SortedDictionary<string, Quantity> usage, ServiceSpec spec)
    {
        var isBalanced = spec.Type == "LoadBalancer";
        usage["services.loadbalancers"] = Quantity.FromUnits(isBalanced ? 1 : 0);
        usage["services.nodeports"] = Quantity.FromUnits(
            spec.Type == "NodePort" || (isBalanced && spec.AllocateLoadBalancerNodePorts != false)
                ? spec.Ports.Count
                : 0);
    }
}
