using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Networking;
using ActorOrchestrator.Api.Rbac;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Api.Storage;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>
/// Fills what the user left out, with the values that Kubernetes documents for each field. Pure and idempotent; an
/// object that lacks nothing is returned itself, so that pods keep sharing the template they were made from.
/// </summary>
public static class Defaults
{
    public static KubeObject Apply(KubeObject @object)
    {
        var result = Fill(@object);
        return result == @object ? @object : result;
    }

    /// <summary>Fills the next version of an object: what it leaves out, and what it has from the version
    /// before.</summary>
    public static KubeObject ApplyUpdate(KubeObject old, KubeObject @new) => Apply((old, @new) switch
    {
        (Service before, Service after) => ServiceDefaults.Keep(before, after),
        (Secret before, Secret after) when string.IsNullOrEmpty(after.Type) => after with { Type = before.Type },
        _ => @new,
    });

    public static T Apply<T>(T @object) where T : KubeObject => (T)Apply((KubeObject)@object);

    private static KubeObject Fill(KubeObject @object) => @object switch
    {
        Pod pod => PodDefaults.Fill(pod),
        PodTemplate template => template with { Template = PodDefaults.Fill(template.Template) },
        Deployment deployment => WorkloadDefaults.Fill(deployment),
        ReplicaSet replicaSet => WorkloadDefaults.Fill(replicaSet),
        ReplicationController controller => WorkloadDefaults.Fill(controller),
        StatefulSet statefulSet => WorkloadDefaults.Fill(statefulSet),
        DaemonSet daemonSet => WorkloadDefaults.Fill(daemonSet),
        Job job => JobDefaults.Fill(job),
        CronJob cronJob => JobDefaults.Fill(cronJob),
        Service service => ServiceDefaults.Fill(service),
        Endpoints endpoints => ServiceDefaults.Fill(endpoints),
        EndpointSlice slice => ServiceDefaults.Fill(slice),
        IngressClass ingressClass => ServiceDefaults.Fill(ingressClass),
        NetworkPolicy policy => ServiceDefaults.Fill(policy),
        HorizontalPodAutoscaler autoscaler => AutoscalerDefaults.Fill(autoscaler),
        PersistentVolume volume => StorageDefaults.Fill(volume),
        PersistentVolumeClaim claim => StorageDefaults.Fill(claim),
        StorageClass storageClass => StorageDefaults.Fill(storageClass),
        Secret secret => ClusterDefaults.Fill(secret),
        Namespace @namespace => ClusterDefaults.Fill(@namespace),
        Node node => ClusterDefaults.Fill(node),
        LimitRange range => ClusterDefaults.Fill(range),
        ResourceQuota quota => AmountDefaults.Fill(quota),
        Lease lease => ClusterDefaults.Fill(lease),
        PriorityClass priority => ClusterDefaults.Fill(priority),
        RoleBinding binding => ClusterDefaults.Fill(binding),
        ClusterRoleBinding binding => ClusterDefaults.Fill(binding),
        _ => @object,
    };
}
