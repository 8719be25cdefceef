using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
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

        found.AddRange(Abandoned(world));
        found.AddRange(ConfigProblems.Find(world));
        found.AddRange(UnclaimedSandboxes(world));
        return found;
    }

    /// <summary>What refers to an owner that is gone: garbage collection takes it, or the reference.</summary>
    private static IEnumerable<string> Abandoned(World world)
    {
        var uids = world.Truth.Objects.Values.Select(value => value.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        return from value in world.Truth.Objects.Values
               from owner in value.Metadata.OwnerReferences.Where(owner => !uids.Contains(owner.Uid)).Take(1)
               select $"{value.Kind} {value.Metadata.Namespace}/{value.Metadata.Name} belongs to {owner.Kind} "
                   + $"{owner.Name} ({owner.Uid}), which is gone";
    }

    /// <summary>What is there that nobody wants any more.</summary>
    public static IReadOnlyList<string> Remains(World world)
    {
        var found = world.Truth.Objects.Values
            .Where(value => value is Pod or ReplicaSet or Deployment or DaemonSet or StatefulSet or ControllerRevision
                or PersistentVolumeClaim or Job or CronJob)
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
            DaemonSet set => Of(world, set),
            StatefulSet set => Of(world, set),
            Job job => Of(job),
            CronJob cronJob => Of(world, cronJob),
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

    /// <summary>One pod on each node that the template asks for, none elsewhere, all of the present template. (The
    /// only taints that there are at rest are such as every daemon tolerates.)</summary>
    private static string? Of(World world, DaemonSet set)
    {
        var (status, selector) = (set.Status, set.Spec.Template.Spec.NodeSelector);
        var image = set.Spec.Template.Spec.Containers[0].Image;
        var wanted = world.Truth.All<Node>()
            .Where(node => selector.All(label => node.Metadata.Labels.GetValueOrDefault(label.Key) == label.Value))
            .Select(node => node.Metadata.Name).ToList();
        var pods = world.Truth.All<Pod>().Where(pod => IsOf(set, pod)).ToList();
        return status.ObservedGeneration == set.Metadata.Generation && status.NumberMisscheduled == 0
            && status.DesiredNumberScheduled == wanted.Count && status.UpdatedNumberScheduled == wanted.Count
            && status.NumberAvailable == wanted.Count
            && pods.Select(pod => pod.Spec.NodeName).Order(StringComparer.Ordinal).SequenceEqual(wanted)
            && pods.TrueForAll(pod => pod.Spec.Containers[0].Image == image)
            ? null
            : $"{Describe.Object(set)}; is to be on [{string.Join(", ", wanted)}], and is on "
                + $"[{string.Join(", ", pods.Select(pod => $"{pod.Spec.NodeName} ({pod.Spec.Containers[0].Image})"))}]";
    }

    /// <summary>The pod of each number, none beside, all of the present template.</summary>
    private static string? Of(World world, StatefulSet set)
    {
        var (status, replicas) = (set.Status, set.Spec.Replicas ?? 1);
        var wanted = Enumerable.Range(set.Spec.Ordinals?.Start ?? 0, replicas)
            .Select(number => $"{set.Metadata.Name}-{number}").Order(StringComparer.Ordinal).ToList();
        var image = set.Spec.Template.Spec.Containers[0].Image;
        var pods = world.Truth.All<Pod>().Where(pod => IsOf(set, pod)).ToList();
        int[] counts =
        [
            status.Replicas, status.ReadyReplicas, status.AvailableReplicas, status.CurrentReplicas,
            status.UpdatedReplicas,
        ];
        return status.ObservedGeneration == set.Metadata.Generation && counts.All(count => count == replicas)
            && status.CurrentRevision == status.UpdateRevision
            && pods.Select(pod => pod.Metadata.Name).Order(StringComparer.Ordinal).SequenceEqual(wanted)
            && pods.TrueForAll(pod => pod.Spec.Containers[0].Image == image)
            ? null
            : $"{Describe.Object(set)}; is to have [{string.Join(", ", wanted)}], and has "
                + $"[{string.Join(", ", pods.Select(pod => $"{pod.Metadata.Name} ({pod.Spec.Containers[0].Image})"))}]";
    }

    private static string? Of(Job job) =>
        Describe.IsFinished(job) && job.Status is { Active: 0, Terminating: null or 0 }
        ? null
        : $"{Describe.Object(job)}; of {job.Spec.Completions?.ToString() ?? "any"}, parallelism {job.Spec.Parallelism}";

    /// <summary>Nothing of it runs, and no more of what has ended is kept than it says.</summary>
    private static string? Of(World world, CronJob cronJob)
    {
        var ended = world.Truth.All<Job>().Where(job => IsOf(cronJob, job)).ToList();
        var (good, bad) = (ended.Count(Describe.IsComplete), ended.Count(job => !Describe.IsComplete(job)));
        return cronJob is { Spec.Suspend: true, Status.Active.Count: 0 }
            && good <= cronJob.Spec.SuccessfulJobsHistoryLimit && bad <= cronJob.Spec.FailedJobsHistoryLimit
            ? null
            : $"{Describe.Object(cronJob)}; {good} that succeeded of {cronJob.Spec.SuccessfulJobsHistoryLimit}, "
                + $"{bad} others of {cronJob.Spec.FailedJobsHistoryLimit}";
    }

    private static bool IsOf(KubeObject owner, KubeObject child) => child.Metadata.OwnerReferences.Any(
        reference => reference.Controller == true && reference.Uid == owner.Metadata.Uid);

    /// <summary>The pods of a Job that has ended stay, and nothing keeps them for it any more.</summary>
    private static string? OfEnded(Pod pod) => pod.Metadata.Finalizers.Count == 0
        ? null
        : $"{Describe.Object(pod)}, finalizers [{string.Join(", ", pod.Metadata.Finalizers)}]";

    private static string? Of(World world, Pod pod)
    {
        // As what was evicted, a fenced pod stays to be seen until somebody deletes it; its owner has another one.
        if (Describe.IsOver(pod) && (pod.Status.Reason == PodEviction.Fenced
            || pod.Metadata.OwnerReferences.Any(reference => reference.Kind == "Job")))
        {
            return OfEnded(pod);
        }

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
