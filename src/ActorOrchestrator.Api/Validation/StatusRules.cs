using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Networking;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a status that is written as such. What the cluster itself finds out keeps them by how it is
/// counted.</summary>
internal static class StatusRules
{
    private const string OverReplicas = "cannot be greater than status.replicas";

    private static readonly FieldPath Status = FieldPath.Root("status");

    public static void Check(FieldErrors errors, KubeObject old, KubeObject @new)
    {
        switch (old, @new)
        {
            case (Pod before, Pod after):
                PodStatusRules.Check(errors, before, after);
                break;
            case (Deployment before, Deployment after):
                Check(errors, before.Status, after.Status);
                break;
            case (_, ReplicaSet set):
                Check(errors, set.Status);
                break;
            case (_, HorizontalPodAutoscaler autoscaler):
                AutoscalerRules.CheckStatus(errors, autoscaler.Status);
                break;
            case (_, Job job):
                JobStatusRules.Check(errors, job);
                break;
            case (_, Service service):
                CheckIngress(errors, service);
                break;
            case (_, Ingress ingress):
                CheckIngress(errors, ingress.Status);
                break;
            case (_, PersistentVolumeClaim claim):
                Check(errors, claim.Status);
                break;
            case (_, Node node):
                NodeRules.CheckStatus(errors, node);
                break;
            case (_, Namespace @namespace):
                Check(errors, @namespace);
                break;
            default:
                break;
        }
    }

    private static void Check(FieldErrors errors, DeploymentStatus old, DeploymentStatus status)
    {
        MetadataRules.NotNegative(errors, Status.Child("observedGeneration"), status.ObservedGeneration);
        MetadataRules.NotNegative(errors, Status.Child("replicas"), status.Replicas);
        MetadataRules.NotNegative(errors, Status.Child("updatedReplicas"), status.UpdatedReplicas);
        MetadataRules.NotNegative(errors, Status.Child("readyReplicas"), status.ReadyReplicas);
        MetadataRules.NotNegative(errors, Status.Child("availableReplicas"), status.AvailableReplicas);
        MetadataRules.NotNegative(errors, Status.Child("unavailableReplicas"), status.UnavailableReplicas);
        MetadataRules.NotNegative(errors, Status.Child("terminatingReplicas"), status.TerminatingReplicas);
        MetadataRules.NotNegative(errors, Status.Child("collisionCount"), status.CollisionCount);
        AtMost(errors, "updatedReplicas", status.UpdatedReplicas, status.Replicas, OverReplicas);
        AtMost(errors, "readyReplicas", status.ReadyReplicas, status.Replicas, OverReplicas);
        AtMost(errors, "availableReplicas", status.AvailableReplicas, status.Replicas, OverReplicas);
        AtMost(errors, "availableReplicas", status.AvailableReplicas, status.ReadyReplicas,
            "cannot be greater than readyReplicas");
        if (old.CollisionCount is { } count && (status.CollisionCount ?? 0) < count)
        {
            errors.Invalid(Status.Child("collisionCount"), status.CollisionCount ?? 0, "cannot be decremented");
        }
    }

    private static void Check(FieldErrors errors, ReplicaSetStatus status)
    {
        MetadataRules.NotNegative(errors, Status.Child("replicas"), status.Replicas);
        MetadataRules.NotNegative(errors, Status.Child("fullyLabeledReplicas"), status.FullyLabeledReplicas);
        MetadataRules.NotNegative(errors, Status.Child("readyReplicas"), status.ReadyReplicas);
        MetadataRules.NotNegative(errors, Status.Child("availableReplicas"), status.AvailableReplicas);
        MetadataRules.NotNegative(errors, Status.Child("terminatingReplicas"), status.TerminatingReplicas);
        MetadataRules.NotNegative(errors, Status.Child("observedGeneration"), status.ObservedGeneration);
        AtMost(errors, "fullyLabeledReplicas", status.FullyLabeledReplicas, status.Replicas, OverReplicas);
        AtMost(errors, "readyReplicas", status.ReadyReplicas, status.Replicas, OverReplicas);
        AtMost(errors, "availableReplicas", status.AvailableReplicas, status.Replicas, OverReplicas);
        AtMost(errors, "availableReplicas", status.AvailableReplicas, status.ReadyReplicas,
            "cannot be greater than readyReplicas");
    }

    private static void AtMost(FieldErrors errors, string field, int value, int most, string complaint)
    {
        if (value > most)
        {
            errors.Invalid(Status.Child(field), value, complaint);
        }
    }

    private static void CheckIngress(FieldErrors errors, Service service)
    {
        var path = Status.Child("loadBalancer", "ingress");
        var ways = service.Status.LoadBalancer.Ingress;
        if (ways.Count > 0 && service.Spec.Type != "LoadBalancer")
        {
            errors.Forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }

        for (var i = 0; i < ways.Count; i++)
        {
            var at = path.Index(i);
            var hasAddress = !string.IsNullOrEmpty(ways[i].Ip);
            CheckWay(errors, at, ways[i].Ip, ways[i].Hostname);
            switch (ways[i].IpMode)
            {
                case not null when !hasAddress:
                    errors.Forbidden(at.Child("ipMode"), "may not be specified when `ip` is not set");
                    break;
                case null or "VIP" or "Proxy":
                    break;
                default:
                    errors.NotSupported(at.Child("ipMode"), ways[i].IpMode!, "Proxy", "VIP");
                    break;
            }
        }
    }

    private static void CheckIngress(FieldErrors errors, IngressStatus status)
    {
        for (var i = 0; i < status.LoadBalancer.Ingress.Count; i++)
        {
            var way = status.LoadBalancer.Ingress[i];
            CheckWay(errors, Status.Child("loadBalancer", "ingress").Index(i), way.Ip, way.Hostname);
        }
    }

    private static void CheckWay(FieldErrors errors, FieldPath path, string? address, string? host)
    {
        if (!string.IsNullOrEmpty(address))
        {
            AddressRules.CheckIP(errors, path.Child("ip"), address);
        }

        if (!string.IsNullOrEmpty(host))
        {
            errors.Invalid(path.Child("hostname"), host, NameRules.Subdomain(host));
            if (AddressRules.TryParse(host, out _))
            {
                errors.Invalid(path.Child("hostname"), host, "must be a DNS name, not an IP address");
            }
        }
    }

    private static void Check(FieldErrors errors, PersistentVolumeClaimStatus status)
    {
        foreach (var (name, amount) in status.Capacity)
        {
            CheckAmount(errors, Status.Child("capacity").Key(name), amount);
        }

        foreach (var (name, state) in status.AllocatedResourceStatuses)
        {
            CheckClaimResource(errors, Status.Child("allocatedResourceStatus"), name);
            if (state is not ("ControllerResizeInProgress" or "ControllerResizeInfeasible" or "NodeResizePending"
                or "NodeResizeInProgress" or "NodeResizeInfeasible"))
            {
                errors.NotSupported(Status.Child("allocatedResourceStatus"), name, "ControllerResizeInProgress",
                    "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending");
            }
        }

        foreach (var (name, amount) in status.AllocatedResources)
        {
            CheckClaimResource(errors, Status.Child("allocatedResources"), name);
            CheckAmount(errors, Status.Child("allocatedResources").Key(name), amount);
        }
    }

    private static void CheckAmount(FieldErrors errors, FieldPath path, Quantity amount)
    {
        if (amount.Value < 0)
        {
            errors.Invalid(path, amount.Value, "must be a valid resource quantity");
        }
    }

    private static void CheckClaimResource(FieldErrors errors, FieldPath path, string name)
    {
        var complaints = NameRules.QualifiedName(name);
        errors.Invalid(path, name, complaints);
        if (complaints.Count == 0 && ResourceRules.IsNative(name) && name != "storage")
        {
            errors.NotSupported(path, name, "storage");
        }
    }

    private static void Check(FieldErrors errors, Namespace @namespace)
    {
        var (phase, path) = (@namespace.Status.Phase ?? "", Status.Child("Phase"));
        if (@namespace.Metadata.DeletionTimestamp is null)
        {
            if (phase != "Active")
            {
                errors.Invalid(path, phase, "may only be 'Active' if `deletionTimestamp` is empty");
            }
        }
        else if (phase != "Terminating")
        {
            errors.Invalid(path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
    }
}
