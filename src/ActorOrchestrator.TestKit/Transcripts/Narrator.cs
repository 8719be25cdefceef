using System.Globalization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// Tells the cluster's story: one line for each change that a reader wants to know of, with the time since the start.
/// <code>
///   0:12.4 pod web-7d5-x2x4z is on node-1
///   0:15.1 node-1 runs app of web-7d5-x2x4z
/// </code>
/// </summary>
internal sealed class Narrator(Action<string> say) : Check
{
    /// <summary>What can be told of.</summary>
    public static readonly IReadOnlyList<string> Topics =
        ["container", "deployment", "event", "node", "object", "pod", "replicaset"];

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public override string Guarantee => "story";

    /// <summary>Tells of these from now on, and of nothing else.</summary>
    public void TellOf(IEnumerable<string> topics)
    {
        _told.Clear();
        _told.UnionWith(topics);
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        var name = change.Key.Name;
        switch (change.Old ?? change.New)
        {
            case Pod:
                Tell("pod", $"pod {name}", PodChange((Pod?)change.Old, (Pod?)change.New));
                break;
            case ReplicaSet:
                Tell("replicaset", $"replicaset {name}", SetChange((ReplicaSet?)change.Old, (ReplicaSet?)change.New));
                break;
            case Deployment:
                Tell("deployment", $"deployment {name}",
                    DeploymentChange((Deployment?)change.Old, (Deployment?)change.New));
                break;
            case Node:
                Tell("node", $"node {name}", NodeChange((Node?)change.Old, (Node?)change.New));
                break;
            case Event when change is { Old: null, New: Event { Type: "Warning" } told }:
                Tell("event", $"warning {told.Reason}",
                    $"of {told.InvolvedObject.Kind?.ToLowerInvariant()} {told.InvolvedObject.Name}: {told.Message}");
                break;
            case ConfigMap or Secret:
                Tell("object", $"{(change.Old ?? change.New)!.Kind.ToLowerInvariant()} {name}",
                    change.New is null ? "is gone" : change.Old is null ? "is made" : "changes");
                break;
        }
    }

    public override void OnContainer(ContainerChange change)
    {
        var what = $"{change.Container} of {change.PodName}";
        Tell("container", change.Machine, change.Kind switch
        {
            ContainerChangeKind.Started => $"runs {what}{(change.Attempt > 0 ? $", start {change.Attempt + 1}" : "")}",
            ContainerChangeKind.Exited => $"ends {what}, exit code {change.ExitCode}",
            _ => null,
        });
    }

    private static string? PodChange(Pod? old, Pod? now)
    {
        if (now is null)
        {
            return "is gone";
        }

        var changes = new List<string>();
        if (old?.Spec.NodeName is null && now.Spec.NodeName is { } node)
        {
            changes.Add($"is on {node}");
        }

        if (old?.Metadata.DeletionTimestamp is null && now.Metadata.DeletionTimestamp is not null)
        {
            changes.Add("is told to stop");
        }

        if (old is not null && ControllerOf(old) != ControllerOf(now))
        {
            changes.Add(ControllerOf(now) is { } owner ? $"now belongs to {owner}" : "belongs to nobody any more");
        }

        if (old?.Status.Phase != now.Status.Phase && now.Status.Phase is "Succeeded" or "Failed")
        {
            changes.Add($"has {now.Status.Phase.ToLowerInvariant()}");
        }

        var wasReady = old is not null && Describe.IsReady(old);
        if (wasReady != Describe.IsReady(now))
        {
            changes.Add(wasReady ? "is not ready any more" : "is ready");
        }

        return changes.Count == 0 ? null : string.Join(", ", changes);
    }

    private static string? SetChange(ReplicaSet? old, ReplicaSet? now) => (old, now) switch
    {
        (_, null) => "is gone",
        (null, _) => $"is made, for {now.Spec.Replicas}",
        _ when old.Spec.Replicas != now.Spec.Replicas => $"goes from {old.Spec.Replicas} to {now.Spec.Replicas}",
        _ when ControllerOf(old) != ControllerOf(now) =>
            ControllerOf(now) is { } owner ? $"now belongs to {owner}" : "belongs to nobody any more",
        _ => null,
    };

    private static string? DeploymentChange(Deployment? old, Deployment? now)
    {
        if (now is null)
        {
            return "is gone";
        }

        var (before, text) = (old is null ? "" : Progress(old), Progress(now));
        return before == text ? null : text;
    }

    /// <summary>Such as <c>1 updated, 3 of 4 available (wants 3)</c>.</summary>
    private static string Progress(Deployment deployment)
    {
        var status = deployment.Status;
        var stuck = status.Conditions.FirstOrDefault(one => one is { Type: "Progressing", Status: "False" });
        return $"{status.UpdatedReplicas} updated, {status.AvailableReplicas} of {status.Replicas} available"
            + $" (wants {deployment.Spec.Replicas})"
            + (deployment.Spec.Paused ? ", paused" : "")
            + (stuck is null ? "" : $", {stuck.Reason}")
            + (deployment.Metadata.DeletionTimestamp is null ? "" : ", terminating");
    }

    private static string? NodeChange(Node? old, Node? now)
    {
        if (now is null)
        {
            return "is gone";
        }

        var (before, after) = (old is null ? "" : Standing(old), Standing(now));
        return before == after ? null : after;
    }

    private static string Standing(Node node)
    {
        var ready = node.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return (ready?.Status == "True" ? "is ready" : $"is not ready ({ready?.Reason ?? "never heard of"})")
            + (node.Spec.Unschedulable ? ", cordoned" : "");
    }

    private static string? ControllerOf(KubeObject value) =>
        value.Metadata.OwnerReferences.FirstOrDefault(owner => owner.Controller == true) is { } owner
            ? $"{owner.Kind?.ToLowerInvariant()} {owner.Name}"
            : null;

    private void Tell(string topic, string who, string? what)
    {
        if (what is not null && _told.Contains(topic))
        {
            var at = World.Loop.Elapsed;
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"  {(int)at.TotalMinutes}:{at.Seconds:00}.{at.Milliseconds / 100} {who} {what}"));
        }
    }
}
