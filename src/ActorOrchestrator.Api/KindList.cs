using ActorOrchestrator.Api.ApiExtensions;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Authentication;
using ActorOrchestrator.Api.Authorization;
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

namespace ActorOrchestrator.Api;

/// <summary>The kinds by API group, in the order that discovery lists them.</summary>
internal static class KindList
{
    private const string AuthenticationGroup = "authentication.k8s.io";
    private const string AuthorizationGroup = "authorization.k8s.io";
    private const string NetworkingGroup = "networking.k8s.io";
    private const string RbacGroup = "rbac.authorization.k8s.io";

    /// <summary>Every kind, core group first.</summary>
    public static readonly ValueList<ResourceKind> All =
        [.. CoreKinds(), .. WorkloadKinds(), .. NetworkKinds(), .. PolicyKinds(), .. PostedKinds(), .. Faces()];

    private static IEnumerable<ResourceKind> CoreKinds()
    {
        yield return Posted<Binding>("", "v1", "bindings");
        yield return Namespaced<ConfigMap>("", "v1", "configmaps", "cm");
        yield return Namespaced<Endpoints>("", "v1", "endpoints", "ep") with
        {
            Deprecation = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
        };
        yield return Namespaced<Event>("", "v1", "events", "ev");
        yield return Namespaced<LimitRange>("", "v1", "limitranges", "limits");
        yield return Cluster<Namespace>("", "v1", "namespaces", "ns") with { HasStatus = true };
        yield return Cluster<Node>("", "v1", "nodes", "no") with { HasStatus = true };
        yield return Namespaced<PersistentVolumeClaim>("", "v1", "persistentvolumeclaims", "pvc") with
        {
            HasStatus = true,
        };
        yield return Cluster<PersistentVolume>("", "v1", "persistentvolumes", "pv") with { HasStatus = true };
        yield return Namespaced<Pod>("", "v1", "pods", "po") with { HasStatus = true, Categories = ["all"] };
        yield return Namespaced<PodTemplate>("", "v1", "podtemplates");
        yield return Scalable(Namespaced<ReplicationController>("", "v1", "replicationcontrollers", "rc"));
        yield return Namespaced<ResourceQuota>("", "v1", "resourcequotas", "quota") with { HasStatus = true };
        yield return Namespaced<Secret>("", "v1", "secrets");
        yield return Namespaced<ServiceAccount>("", "v1", "serviceaccounts", "sa");
        yield return Namespaced<Service>("", "v1", "services", "svc") with { HasStatus = true, Categories = ["all"] };
    }

    private static IEnumerable<ResourceKind> WorkloadKinds()
    {
        yield return Namespaced<ControllerRevision>("apps", "v1", "controllerrevisions");
        yield return Namespaced<DaemonSet>("apps", "v1", "daemonsets", "ds") with
        {
            HasStatus = true, Categories = ["all"],
        };
        yield return Scalable(Namespaced<Deployment>("apps", "v1", "deployments", "deploy"));
        yield return Scalable(Namespaced<ReplicaSet>("apps", "v1", "replicasets", "rs"));
        yield return Scalable(Namespaced<StatefulSet>("apps", "v1", "statefulsets", "sts"));
        yield return Namespaced<HorizontalPodAutoscaler>("autoscaling", "v2", "horizontalpodautoscalers", "hpa") with
        {
            HasStatus = true, Categories = ["all"],
        };
        yield return Namespaced<CronJob>("batch", "v1", "cronjobs", "cj") with
        {
            HasStatus = true, Categories = ["all"],
        };
        yield return Namespaced<Job>("batch", "v1", "jobs") with { HasStatus = true, Categories = ["all"] };
    }

    private static IEnumerable<ResourceKind> NetworkKinds()
    {
        yield return Namespaced<Lease>("coordination.k8s.io", "v1", "leases");
        yield return Namespaced<EndpointSlice>("discovery.k8s.io", "v1", "endpointslices");
        yield return Cluster<IngressClass>(NetworkingGroup, "v1", "ingressclasses");
        yield return Namespaced<Ingress>(NetworkingGroup, "v1", "ingresses", "ing") with { HasStatus = true };
        yield return Namespaced<NetworkPolicy>(NetworkingGroup, "v1", "networkpolicies", "netpol");
    }

    private static IEnumerable<ResourceKind> PolicyKinds()
    {
        yield return Cluster<CustomResourceDefinition>(
            "apiextensions.k8s.io", "v1", "customresourcedefinitions", "crd", "crds") with
        {
            IsReadOnly = true,
        };
        yield return Namespaced<PodDisruptionBudget>("policy", "v1", "poddisruptionbudgets", "pdb") with
        {
            HasStatus = true,
        };
        yield return Cluster<ClusterRoleBinding>(RbacGroup, "v1", "clusterrolebindings");
        yield return Cluster<ClusterRole>(RbacGroup, "v1", "clusterroles");
        yield return Namespaced<RoleBinding>(RbacGroup, "v1", "rolebindings");
        yield return Namespaced<Role>(RbacGroup, "v1", "roles");
        yield return Cluster<PriorityClass>("scheduling.k8s.io", "v1", "priorityclasses", "pc");
        yield return Cluster<StorageClass>("storage.k8s.io", "v1", "storageclasses", "sc");
    }

    /// <summary>What is posted for an answer, or to a subresource of another kind.</summary>
    private static IEnumerable<ResourceKind> PostedKinds()
    {
        yield return Posted<SelfSubjectReview>(AuthenticationGroup, "v1", "selfsubjectreviews") with
        {
            Namespaced = false,
        };
        yield return Posted<TokenReview>(AuthenticationGroup, "v1", "tokenreviews") with { Namespaced = false };
        yield return Posted<LocalSubjectAccessReview>(AuthorizationGroup, "v1", "localsubjectaccessreviews");
        yield return Posted<SelfSubjectAccessReview>(AuthorizationGroup, "v1", "selfsubjectaccessreviews") with
        {
            Namespaced = false,
        };
        yield return Posted<SelfSubjectRulesReview>(AuthorizationGroup, "v1", "selfsubjectrulesreviews") with
        {
            Namespaced = false,
        };
        yield return Posted<SubjectAccessReview>(AuthorizationGroup, "v1", "subjectaccessreviews") with
        {
            Namespaced = false,
        };
        yield return Posted<Eviction>("policy", "v1", "evictions");
        yield return Posted<Scale>("autoscaling", "v1", "scales");
    }

    /// <summary>Other groups and versions of kinds above, for clients that know no others.</summary>
    private static IEnumerable<ResourceKind> Faces()
    {
        yield return Posted<Events.Event>("events.k8s.io", "v1", "events") with
        {
            StoredAs = typeof(Event), ShortNames = ["ev"],
        };
        yield return Posted<Autoscaling.V1.HorizontalPodAutoscaler>(
            "autoscaling", "v1", "horizontalpodautoscalers") with
        {
            StoredAs = typeof(HorizontalPodAutoscaler), HasStatus = true, ShortNames = ["hpa"], Categories = ["all"],
        };
        yield return Posted<CronJob>("batch", "v1beta1", "cronjobs") with
        {
            StoredAs = typeof(CronJob), HasStatus = true, ShortNames = ["cj"], Categories = ["all"],
        };
        yield return Posted<PodDisruptionBudget>("policy", "v1beta1", "poddisruptionbudgets") with
        {
            StoredAs = typeof(PodDisruptionBudget), HasStatus = true, ShortNames = ["pdb"],
        };
    }

    private static ResourceKind Namespaced<T>(string group, string version, string plural, params string[] shortNames)
        where T : KubeObject =>
        new(group, version, typeof(T).Name, plural, typeof(T).Name.ToLowerInvariant(), true, typeof(T))
        {
            ShortNames = shortNames.ToValueList(),
        };

    private static ResourceKind Cluster<T>(string group, string version, string plural, params string[] shortNames)
        where T : KubeObject => Namespaced<T>(group, version, plural, shortNames) with { Namespaced = false };

    private static ResourceKind Posted<T>(string group, string version, string plural) where T : KubeObject =>
        Namespaced<T>(group, version, plural) with { IsStored = false };

    private static ResourceKind Scalable(ResourceKind kind) =>
        kind with { HasStatus = true, HasScale = true, Categories = ["all"] };
}
