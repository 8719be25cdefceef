using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
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
            Job job => $"{job.Status.Active} active, {job.Status.Succeeded} succeeded, {job.Status.Failed} failed"
                + $"{string.Concat(Holding(job).Select(type => $" {type}"))}{going}",
            CronJob cronJob => $"{cronJob.Status.Active.Count} active, last {cronJob.Status.LastScheduleTime:HH:mm:ss}"
                + $"{(cronJob.Spec.Suspend is true ? " suspended" : "")}{going}",
            DaemonSet set => $"{set.Status.UpdatedNumberScheduled} updated, {set.Status.NumberAvailable} available of "
                + $"{set.Status.DesiredNumberScheduled}, {set.Status.NumberMisscheduled} elsewhere, generation "
                + $"{set.Metadata.Generation} seen {set.Status.ObservedGeneration}{going}",
            StatefulSet set => $"{set.Status.UpdatedReplicas} updated, {set.Status.AvailableReplicas} available of "
                + $"{set.Spec.Replicas}, {set.Status.Replicas} there, generation {set.Metadata.Generation}"
                + $" seen {set.Status.ObservedGeneration}{Reasons(set)}{going}",
            Node node => $"{Ready(node)}{(node.Spec.Unschedulable ? " cordoned" : "")}{going}",
            Event told => $"{told.Reason} x{told.Count}: {told.Message}",
            _ => going.TrimStart(),
        };
    }

    public static bool IsReady(Pod pod) =>
        pod.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" });

    public static bool IsReady(Node node) =>
        node.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" });

    /// <summary>It has ended, well or not.</summary>
    public static bool IsFinished(Job job) => Holding(job).Any(type => type is "Complete" or "Failed");

    /// <summary>It has ended well.</summary>
    public static bool IsComplete(Job job) => Holding(job).Contains("Complete");

    /// <summary>It has ended, or it is decided how it does: it starts nothing more.</summary>
    public static bool IsDecided(Job job) => Holding(job).Any(
        type => type is "Complete" or "Failed" or "SuccessCriteriaMet" or "FailureTarget");

    public static bool IsOver(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    private static IEnumerable<string> Holding(Job job) =>
        job.Status.Conditions.Where(condition => condition.Status == "True").Select(condition => condition.Type);

    private static string Reasons(StatefulSet set) => string.Concat(set.Status.Conditions.Select(
        condition => $", {condition.Type}={condition.Status} {condition.Reason}: {condition.Message}"));

    private static string Ready(Node node) =>
        node.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.Status switch
        {
            "True" => "ready",
            "False" => "not ready",
            _ => "unknown",
        };
}
