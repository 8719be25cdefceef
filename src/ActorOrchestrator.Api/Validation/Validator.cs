using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Api.Networking;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Rbac;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Api.Storage;

namespace ActorOrchestrator.Api.Validation;

/// <summary>
/// Checks objects as Kubernetes does, after defaulting: with its field paths, in its words. A good object yields no
/// errors; any error means 422 (<see cref="FieldErrors.ToStatus"/>).
/// </summary>
public static class Validator
{
    /// <summary>Checks an object that is to be created.</summary>
    public static FieldErrors Validate(KubeObject @object)
    {
        var errors = new FieldErrors();
        var kind = KindRegistry.Of(@object);
        MetadataRules.Check(errors, @object.Metadata, kind.Namespaced, NameRuleOf(@object));
        CheckKind(errors, @object, old: null);
        switch (@object)
        {
            case Ingress ingress:
                IngressRules.CheckNew(errors, ingress);
                break;
            case StorageClass storageClass:
                StorageClassRules.CheckNew(errors, storageClass);
                break;
            default:
                break;
        }

        return errors;
    }

    /// <summary>What is asked beyond that of an object that is created by another face of its kind.</summary>
    public static FieldErrors ValidateShown(KubeObject shown)
    {
        var errors = new FieldErrors();
        if (shown is Events.Event @event)
        {
            EventRules.Check(errors, @event);
        }

        return errors;
    }

    /// <summary>What is asked beyond that of an object that is changed by another face of its kind.</summary>
    public static FieldErrors ValidateShownUpdate(KubeObject old, KubeObject @new)
    {
        var errors = new FieldErrors();
        if (old is Events.Event before && @new is Events.Event after)
        {
            EventRules.CheckUpdate(errors, before.ToStored(), after.ToStored());
        }

        return errors;
    }

    /// <summary>Checks the next version of an object: its own rules, and what may not change.</summary>
    public static FieldErrors ValidateUpdate(KubeObject old, KubeObject @new)
    {
        var errors = new FieldErrors();
        MetadataRules.CheckUpdate(errors, old.Metadata, @new.Metadata);
        if (old is Pod oldPod && @new is Pod newPod)
        {
            PodUpdateRules.Check(errors, oldPod, newPod);
        }
        else
        {
            CheckKind(errors, @new, old);
        }

        CheckImmutable(errors, old, @new);
        return errors;
    }

    /// <summary>Checks the next status of an object, when it is written as such.</summary>
    public static FieldErrors ValidateStatus(KubeObject old, KubeObject @new)
    {
        var errors = new FieldErrors();
        MetadataRules.CheckUpdate(errors, old.Metadata, @new.Metadata);
        CheckLabelsOfKind(errors, old, @new);
        StatusRules.Check(errors, old, @new);
        return errors;
    }

    /// <summary>Checks a pod whose containers are resized (<see cref="PodResize"/>).</summary>
    public static FieldErrors ValidateResize(Pod old, Pod @new)
    {
        var errors = new FieldErrors();
        MetadataRules.CheckUpdate(errors, old.Metadata, @new.Metadata);
        PodResizeRules.Check(errors, old, @new);
        return errors;
    }

    /// <summary>Checks a pod that was given ephemeral containers (<see cref="PodDebugging"/>).</summary>
    public static FieldErrors ValidateDebugging(Pod old, Pod @new)
    {
        var errors = new FieldErrors();
        MetadataRules.CheckUpdate(errors, old.Metadata, @new.Metadata);
        PodRules.CheckDebugged(errors, old, @new);
        return errors;
    }

    /// <summary>A status is written with labels and annotations, and a kind may have rules for them (a namespace's Pod
    /// Security, a pod's profiles). What was wrong before is not this writer's.</summary>
    private static void CheckLabelsOfKind(FieldErrors errors, KubeObject old, KubeObject @new)
    {
        if (old.Metadata.Labels == @new.Metadata.Labels && old.Metadata.Annotations == @new.Metadata.Annotations)
        {
            return;
        }

        if (old is Pod oldPod && @new is Pod newPod)
        {
            PodAnnotationRules.CheckUpdate(
                errors, FieldPath.Root("metadata").Child("annotations"), oldPod, newPod);
            return;
        }

        var (before, after) = (new FieldErrors(), new FieldErrors());
        CheckKind(before, old, old);
        CheckKind(after, @new, old);
        foreach (var error in after.Except(before))
        {
            errors.Add(error);
        }
    }

    private static MetadataRules.NameRule NameRuleOf(KubeObject @object) => @object switch
    {
        Namespace => NameRules.Label,
        Service => NameRules.Rfc1035Label,
        StatefulSet => NameRules.Label,
        Role or RoleBinding or ClusterRole or ClusterRoleBinding => NameRules.PathSegment,
        _ => NameRules.Subdomain,
    };

    private static void CheckKind(FieldErrors errors, KubeObject @object, KubeObject? old)
    {
        switch (@object)
        {
            case Pod pod:
                PodRules.CheckNew(errors, pod);
                break;
            case PodTemplate template:
                PodRules.CheckTemplate(errors, FieldPath.Root("template"), template.Template);
                break;
            case Deployment deployment:
                WorkloadRules.Check(errors, deployment);
                break;
            case ReplicaSet replicaSet:
                WorkloadRules.Check(errors, replicaSet);
                break;
            case ReplicationController controller:
                WorkloadRules.Check(errors, controller);
                break;
            case StatefulSet statefulSet:
                WorkloadRules.Check(errors, statefulSet);
                break;
            case DaemonSet daemonSet:
                WorkloadRules.Check(errors, daemonSet);
                break;
            case Job job:
                JobRules.Check(errors, job, isNew: old is null);
                break;
            case CronJob cronJob:
                CronJobRules.Check(errors, cronJob, old as CronJob);
                break;
            case HorizontalPodAutoscaler autoscaler:
                AutoscalerRules.Check(errors, autoscaler, old as HorizontalPodAutoscaler);
                break;
            default:
                CheckOtherKind(errors, @object);
                break;
        }
    }

    private static void CheckOtherKind(FieldErrors errors, KubeObject @object)
    {
        switch (@object)
        {
            case Service service:
                ServiceRules.Check(errors, service);
                break;
            case Ingress ingress:
                IngressRules.Check(errors, ingress);
                break;
            case IngressClass ingressClass:
                IngressRules.Check(errors, ingressClass);
                break;
            case NetworkPolicy policy:
                NetworkPolicyRules.Check(errors, policy);
                break;
            case EndpointSlice slice:
                EndpointRules.Check(errors, slice);
                break;
            case Endpoints endpoints:
                EndpointRules.Check(errors, endpoints);
                break;
            case PersistentVolume volume:
                PersistentVolumeRules.Check(errors, volume);
                break;
            case PersistentVolumeClaim claim:
                ClaimRules.Check(errors, claim);
                break;
            case ConfigMap map:
                ConfigurationRules.Check(errors, map);
                break;
            case Secret secret:
                ConfigurationRules.Check(errors, secret);
                break;
            case Node node:
                NodeRules.Check(errors, node);
                break;
            case Namespace @namespace:
                ClusterRules.Check(errors, @namespace);
                break;
            case PriorityClass priorityClass:
                ClusterRules.Check(errors, priorityClass);
                break;
            case Lease lease:
                ClusterRules.Check(errors, lease);
                break;
            case Event @event:
                EventRules.Check(errors, @event);
                break;
            default:
                CheckPolicyKind(errors, @object);
                break;
        }
    }

    private static void CheckPolicyKind(FieldErrors errors, KubeObject @object)
    {
        switch (@object)
        {
            case ControllerRevision revision:
                WorkloadRules.Check(errors, revision);
                break;
            case ResourceQuota quota:
                QuotaRules.Check(errors, quota);
                break;
            case LimitRange range:
                QuotaRules.Check(errors, range);
                break;
            case PodDisruptionBudget budget:
                PolicyRules.Check(errors, budget);
                break;
            case Role role:
                PolicyRules.CheckRole(errors, role.Rules, namespaced: true);
                break;
            case ClusterRole role:
                PolicyRules.CheckRole(errors, role.Rules, namespaced: false);
                PolicyRules.CheckAggregation(errors, role.AggregationRule);
                break;
            case RoleBinding binding:
                PolicyRules.CheckBinding(errors, binding.RoleRef, binding.Subjects, "Role", "ClusterRole");
                break;
            case ClusterRoleBinding binding:
                PolicyRules.CheckBinding(errors, binding.RoleRef, binding.Subjects, "ClusterRole");
                break;
            default:
                // Kinds without rules of their own are documents: their metadata is all that is checked.
                break;
        }
    }

    private static void CheckImmutable(FieldErrors errors, KubeObject old, KubeObject @new)
    {
        switch (old, @new)
        {
            case (Deployment before, Deployment after):
                WorkloadRules.CheckSelectorKept(errors, before.Spec.Selector, after.Spec.Selector);
                break;
            case (ReplicaSet before, ReplicaSet after):
                WorkloadRules.CheckSelectorKept(errors, before.Spec.Selector, after.Spec.Selector);
                break;
            case (DaemonSet before, DaemonSet after):
                WorkloadRules.CheckSelectorKept(errors, before.Spec.Selector, after.Spec.Selector);
                break;
            case (StatefulSet before, StatefulSet after):
                WorkloadRules.CheckUpdate(errors, before.Spec, after.Spec);
                break;
            case (ControllerRevision before, ControllerRevision after):
                WorkloadRules.CheckUpdate(errors, before, after);
                break;
            case (Job before, Job after):
                JobRules.CheckUpdate(errors, before, after);
                break;
            case (IngressClass before, IngressClass after):
                IngressRules.CheckUpdate(errors, before, after);
                break;
            case (Service before, Service after):
                ServiceRules.CheckUpdate(errors, before.Spec, after.Spec);
                break;
            case (EndpointSlice before, EndpointSlice after):
                EndpointRules.CheckUpdate(errors, before, after);
                break;
            case (PersistentVolume before, PersistentVolume after):
                PersistentVolumeRules.CheckUpdate(errors, before.Spec, after.Spec);
                break;
            case (PersistentVolumeClaim before, PersistentVolumeClaim after):
                ClaimRules.CheckUpdate(errors, before, after);
                break;
            case (StorageClass before, StorageClass after):
                StorageClassRules.CheckUpdate(errors, before, after);
                break;
            case (ConfigMap before, ConfigMap after):
                ConfigurationRules.CheckUpdate(errors, before, after);
                break;
            case (Secret before, Secret after):
                ConfigurationRules.CheckUpdate(errors, before, after);
                break;
            case (RoleBinding before, RoleBinding after):
                PolicyRules.CheckRoleKept(errors, before.RoleRef, after.RoleRef);
                break;
            case (ClusterRoleBinding before, ClusterRoleBinding after):
                PolicyRules.CheckRoleKept(errors, before.RoleRef, after.RoleRef);
                break;
            case (ResourceQuota before, ResourceQuota after):
                QuotaRules.CheckUpdate(errors, before.Spec, after.Spec);
                break;
            case (Node before, Node after):
                NodeRules.CheckUpdate(errors, before, after);
                break;
            case (PriorityClass before, PriorityClass after):
                ClusterRules.CheckUpdate(errors, before, after);
                break;
            default:
                break;
        }
    }
}
