using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>What keeps a cluster from being at rest, in words that say what is stuck and why.</summary>
internal static class ConvergenceProblems
{
    /// <summary>Everything is as wanted, and nothing is on its way.</summary>
    public static IReadOnlyList<string> Find(World world)
    {
        var found = new List<string>();
        if (!world.Control.IsServing)
        {
            found.Add("the control plane does not serve");
        }

        foreach (var value in world.Truth.Objects.Values)
        {
            if (Trouble(world, value) is { } trouble)
            {
                found.Add($"{value.Kind} {value.Metadata.Namespace}/{value.Metadata.Name}: {trouble}");
            }
        }

        found.AddRange(UnclaimedSandboxes(world));
        return found;
    }

    /// <summary>What is there that nobody wants any more.</summary>
    public static IReadOnlyList<string> Remains(World world)
    {
        var found = world.Truth.Objects.Values
            .Where(value => value is Pod or ReplicaSet or Deployment)
            .Select(value => $"{value.Kind} {value.Metadata.Namespace}/{value.Metadata.Name} is there: "
                + Describe.Object(value)).ToList();
        found.AddRange(UnclaimedSandboxes(world));
        return found;
    }

    /// <summary>Sandboxes on machines whose pod is not there, or is somewhere else.</summary>
    private static IEnumerable<string> UnclaimedSandboxes(World world)
    {
        var wanted = world.Truth.All<Pod>().ToDictionary(pod => pod.Metadata.Uid!, pod => pod.Spec.NodeName);
        return from machine in world.Machines.Values
               from sandbox in machine.Runtime.Sandboxes
               where wanted.GetValueOrDefault(sandbox.Uid) != machine.Name
               select $"{machine.Name} has a sandbox of {sandbox.Namespace}/{sandbox.Name} ({sandbox.Uid}), "
                   + "which is not wanted there";
    }

    private static string? Trouble(World world, KubeObject value)
    {
        if (value.Metadata.DeletionTimestamp is { } since)
        {
            return $"terminating since {since:T}, finalizers [{string.Join(", ", value.Metadata.Finalizers)}]";
        }

        return value switch
        {
            Deployment deployment => Of(deployment),
            ReplicaSet set => Of(set),
            Pod pod => Of(world, pod),
            Node node => Of(world, node),
            _ => null,
        };
    }

    private static string? Of(Deployment deployment)
    {
        var status = deployment.Status;
        var wanted = deployment.Spec.Replicas ?? 1;
        return status.ObservedGeneration == deployment.Metadata.Generation && status.Replicas == wanted
            && status.UpdatedReplicas == wanted && status.AvailableReplicas == wanted
            ? null
            : $"{Describe.Object(deployment)}; {Reasons(deployment)}";
    }

    private static string Reasons(Deployment deployment) => string.Join(", ", deployment.Status.Conditions.Select(
        condition => $"{condition.Type}={condition.Status} {condition.Reason}: {condition.Message}"));

    private static string? Of(ReplicaSet set) =>
        set.Status.ObservedGeneration == set.Metadata.Generation
        && set.Status.AvailableReplicas == (set.Spec.Replicas ?? 1) && set.Status.Replicas == (set.Spec.Replicas ?? 1)
            ? null
            : Describe.Object(set);

    private static string? Of(World world, Pod pod)
    {
        if (pod.Status.Phase != "Running" || !Describe.IsReady(pod))
        {
            var reasons = pod.Status.Conditions.Where(condition => condition.Status != "True")
                .Select(condition => $"{condition.Type}: {condition.Reason} {condition.Message}")
                .Concat(pod.Status.ContainerStatuses.Select(status =>
                    $"{status.Name}: {status.State?.Waiting?.Reason} {status.State?.Terminated?.Reason}"));
            return $"{Describe.Object(pod)}; {string.Join(", ", reasons)}";
        }

        return pod.Spec.NodeName is { } node && world.Machines.TryGetValue(node, out var machine)
            && RunningContainers(machine, pod) >= pod.Spec.Containers.Count
            ? null
            : $"reported ready, but its containers do not run on {pod.Spec.NodeName}";
    }

    private static int RunningContainers(Machine machine, Pod pod) => machine.Runtime.Containers.Count(container =>
        container.State == ContainerRuntimeState.Running
        && container.Labels.GetValueOrDefault(RuntimeLabels.PodUid) == pod.Metadata.Uid);

    private static string? Of(World world, Node node)
    {
        var isThere = world.Machines.ContainsKey(node.Metadata.Name!);
        var isReady = Describe.IsReady(node);
        return isThere == isReady
            ? null
            : $"{Describe.Object(node)}, and its machine is {(isThere ? "there" : "gone")}";
    }
}
