using System.Diagnostics.CodeAnalysis;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>
/// The fields that a field selector may name, by kind: those of Kubernetes. Every kind has its name, and its
/// namespace if it lives in one.
/// </summary>
public static class SelectableFields
{
    private static readonly Dictionary<string, Func<KubeObject, string>> NoMore = [];

    private static readonly Dictionary<Type, Dictionary<string, Func<KubeObject, string>>> ByType = new()
    {
        [typeof(Pod)] = new()
        {
            ["spec.nodeName"] = Of<Pod>(pod => pod.Spec.NodeName),
            ["spec.restartPolicy"] = Of<Pod>(pod => pod.Spec.RestartPolicy),
            ["spec.schedulerName"] = Of<Pod>(pod => pod.Spec.SchedulerName),
            ["spec.serviceAccountName"] = Of<Pod>(pod => pod.Spec.ServiceAccountName),
            ["spec.hostNetwork"] = Of<Pod>(pod => Text(pod.Spec.HostNetwork)),
            ["status.phase"] = Of<Pod>(pod => pod.Status.Phase),
            ["status.podIP"] = Of<Pod>(FirstAddress),
            ["status.podIPs"] = Of<Pod>(FirstAddress),
            ["status.nominatedNodeName"] = Of<Pod>(pod => pod.Status.NominatedNodeName),
        },
        [typeof(Event)] = new()
        {
            ["involvedObject.kind"] = Of<Event>(@event => @event.InvolvedObject.Kind),
            ["involvedObject.namespace"] = Of<Event>(@event => @event.InvolvedObject.Namespace),
            ["involvedObject.name"] = Of<Event>(@event => @event.InvolvedObject.Name),
            ["involvedObject.uid"] = Of<Event>(@event => @event.InvolvedObject.Uid),
            ["involvedObject.apiVersion"] = Of<Event>(@event => @event.InvolvedObject.ApiVersion),
            ["involvedObject.resourceVersion"] = Of<Event>(@event => @event.InvolvedObject.ResourceVersion),
            ["involvedObject.fieldPath"] = Of<Event>(@event => @event.InvolvedObject.FieldPath),
            ["reason"] = Of<Event>(@event => @event.Reason),
            ["reportingComponent"] = Of<Event>(@event => @event.ReportingComponent),
            ["source"] = Of<Event>(@event => string.IsNullOrEmpty(@event.Source.Component)
                ? @event.ReportingComponent
                : @event.Source.Component),
            ["type"] = Of<Event>(@event => @event.Type),
        },
        [typeof(Node)] = new() { ["spec.unschedulable"] = Of<Node>(node => Text(node.Spec.Unschedulable)) },
        [typeof(Namespace)] = new() { ["status.phase"] = Of<Namespace>(ns => ns.Status.Phase) },
        [typeof(Secret)] = new() { ["type"] = Of<Secret>(secret => secret.Type) },
        [typeof(Job)] = new() { ["status.successful"] = Of<Job>(job => $"{job.Status.Succeeded}") },
        [typeof(ReplicaSet)] = new() { ["status.replicas"] = Of<ReplicaSet>(set => $"{set.Status.Replicas}") },
        [typeof(ReplicationController)] = new()
        {
            ["status.replicas"] = Of<ReplicationController>(controller => $"{controller.Status.Replicas}"),
        },
        [typeof(Service)] = new()
        {
            ["spec.clusterIP"] = Of<Service>(service => service.Spec.ClusterIP),
            ["spec.type"] = Of<Service>(service => service.Spec.Type),
        },
    };

    /// <summary>Finds the way to a field, or says as Kubernetes does that there is none.</summary>
    public static bool TryFind(
        ResourceKind kind, string field, [NotNullWhen(true)] out Func<KubeObject, string>? read,
        [NotNullWhen(false)] out string? error)
    {
        error = null;
        var own = ByType.GetValueOrDefault(kind.ClrType, NoMore);
        read = field switch
        {
            "metadata.name" => static @object => @object.Metadata.Name ?? "",
            "metadata.namespace" when kind.Namespaced => static @object => @object.Metadata.Namespace ?? "",
            _ => own.GetValueOrDefault(field),
        };
        if (read is not null)
        {
            return true;
        }

        error = own.Count > 0
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
        return false;
    }

    private static Func<KubeObject, string> Of<T>(Func<T, string?> read) where T : KubeObject =>
        @object => read((T)@object) ?? "";

    private static string FirstAddress(Pod pod) =>
        pod.Status.PodIPs.Count > 0 ? pod.Status.PodIPs[0].Ip : pod.Status.PodIP ?? "";

    private static string Text(bool value) => value ? "true" : "false";
}
