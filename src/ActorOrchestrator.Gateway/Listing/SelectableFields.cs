using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>The fields that each kind offers to field selectors, as Kubernetes registers them
/// (<c>AddFieldLabelConversionFunc</c> and each registry's <c>ToSelectableFields</c>).</summary>
internal static class SelectableFields
{
    public static Func<KubeObject, string>? Find(ResourceKind kind, string path) => path switch
    {
        "metadata.name" => static value => value.Metadata.Name ?? "",
        "metadata.namespace" when kind.Namespaced => static value => value.Metadata.Namespace ?? "",
        _ => OfKind(kind.ClrType, path),
    };

    private static Func<KubeObject, string>? OfKind(Type type, string path)
    {
        if (type == typeof(Pod))
            return OfPod(path);
        if (type == typeof(Event))
            return OfEvent(path);
        return (type.Name, path) switch
        {
            (nameof(Node), "spec.unschedulable") => static value => Text(((Node)value).Spec.Unschedulable == true),
            (nameof(Namespace), "status.phase") => static value => ((Namespace)value).Status.Phase ?? "",
            (nameof(Secret), "type") => static value => ((Secret)value).Type ?? "",
            (nameof(Service), "spec.clusterIP") => static value => ((Service)value).Spec.ClusterIP ?? "",
            (nameof(Service), "spec.type") => static value => ((Service)value).Spec.Type ?? "",
            (nameof(ReplicaSet), "status.replicas") => static value => ((ReplicaSet)value).Status.Replicas.ToString(),
            (nameof(Job), "status.successful") => static value => ((Job)value).Status.Succeeded.ToString(),
            _ => null,
        };
    }

    private static Func<KubeObject, string>? OfPod(string path) => path switch
    {
        "spec.nodeName" => static value => ((Pod)value).Spec.NodeName ?? "",
        "spec.restartPolicy" => static value => ((Pod)value).Spec.RestartPolicy ?? "",
        "spec.schedulerName" => static value => ((Pod)value).Spec.SchedulerName ?? "",
        "spec.serviceAccountName" => static value => ((Pod)value).Spec.ServiceAccountName ?? "",
        "spec.hostNetwork" => static value => Text(((Pod)value).Spec.HostNetwork == true),
        "status.phase" => static value => ((Pod)value).Status.Phase ?? "",
        "status.podIP" => static value => ((Pod)value).Status.PodIP ?? "",
        "status.podIPs" => static value => string.Join(',', ((Pod)value).Status.PodIPs.Select(each => each.Ip)),
        "status.nominatedNodeName" => static value => ((Pod)value).Status.NominatedNodeName ?? "",
        _ => null,
    };

    private static Func<KubeObject, string>? OfEvent(string path) => path switch
    {
        "involvedObject.kind" => static value => ((Event)value).InvolvedObject.Kind ?? "",
        "involvedObject.namespace" => static value => ((Event)value).InvolvedObject.Namespace ?? "",
        "involvedObject.name" => static value => ((Event)value).InvolvedObject.Name ?? "",
        "involvedObject.uid" => static value => ((Event)value).InvolvedObject.Uid ?? "",
        "involvedObject.apiVersion" => static value => ((Event)value).InvolvedObject.ApiVersion ?? "",
        "involvedObject.resourceVersion" => static value => ((Event)value).InvolvedObject.ResourceVersion ?? "",
        "involvedObject.fieldPath" => static value => ((Event)value).InvolvedObject.FieldPath ?? "",
        "reason" => static value => ((Event)value).Reason ?? "",
        "reportingComponent" => static value => ((Event)value).ReportingComponent ?? "",
        "source" => static value => ((Event)value).Source.Component ?? ((Event)value).ReportingComponent ?? "",
        "type" => static value => ((Event)value).Type ?? "",
        _ => null,
    };

    private static string Text(bool value) => value ? "true" : "false";
}
