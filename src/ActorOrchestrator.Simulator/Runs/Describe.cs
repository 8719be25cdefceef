using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>Things of a simulation in a few words, for the trace and for reports.</summary>
internal static class Describe
{
    public static string Change(ObjectChange change, Decided decided) =>
        $"{change.Sequence} {decided} {(change.New is { } now ? Object(now) : "")}".TrimEnd();

    public static string Object(KubeObject value)
    {
        var going = value.Metadata.DeletionTimestamp is null ? "" : " terminating";
        return value switch
        {
            Pod pod => $"{pod.Status.Phase} on {pod.Spec.NodeName ?? "-"}{(IsReady(pod) ? " ready" : "")}{going}",
            ReplicaSet set => $"{set.Status.AvailableReplicas}/{set.Status.Replicas} of {set.Spec.Replicas}{going}",
            Deployment deployment =>
                $"{deployment.Status.UpdatedReplicas} updated, {deployment.Status.AvailableReplicas} available of "
                + $"{deployment.Spec.Replicas}, generation {deployment.Metadata.Generation}"
                + $" seen {deployment.Status.ObservedGeneration}{going}",
            Node node => $"{Ready(node)}{(node.Spec.Unschedulable ? " cordoned" : "")}{going}",
            Event told => $"{told.Reason} x{told.Count}: {told.Message}",
            _ => going.TrimStart(),
        };
    }

    public static bool IsReady(Pod pod) =>
        pod.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" });

    public static bool IsReady(Node node) =>
        node.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" });

    private static string Ready(Node node) =>
        node.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.Status switch
        {
            "True" => "ready",
            "False" => "not ready",
            _ => "unknown",
        };
}
