using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What users do to pods.</summary>
internal static class PodOperations
{
    private const int BarePodsMax = 8;

    /// <summary>Within it a pod is bound, its sandbox made, its image pulled and its container started; in a storm
    /// hardly one of these.</summary>
    private static readonly TimeSpan BriefLifeMost = TimeSpan.FromSeconds(15);

    public static readonly IReadOnlyList<Operation> All =
    [
        new("pod-create", CreateAsync),
        new("pod-brief", BriefAsync),
        new("pod-delete", DeleteAsync),
        new("pod-delete-now", ForceAsync),
        new("pod-evict", EvictAsync),
        new("pod-release", ReleaseAsync),
        new("pod-label", LabelAsync),
    ];

    private static async Task CreateAsync(WorkloadContext user)
    {
        if (HasRoom(user))
        {
            await user.CreateAsync(NewPod(user, "bare"));
        }
    }

    /// <summary>Somebody changes his mind while the pod is on its way.</summary>
    private static async Task BriefAsync(WorkloadContext user)
    {
        if (HasRoom(user))
        {
            var pod = NewPod(user, "brief");
            await user.CreateAsync(pod);
            await Task.Delay(user.Dice.Between(TimeSpan.Zero, BriefLifeMost), user.Client.Process.Clock);
            await user.DeleteAsync(pod, user.Dice.Chance(0.5) ? "{}" : """{"gracePeriodSeconds":0}""");
        }
    }

    private static bool HasRoom(WorkloadContext user) =>
        user.World.Truth.All<Pod>().Count(pod => pod.Metadata.OwnerReferences.Count == 0) < BarePodsMax;

    /// <summary>One that runs on, or one that does its work and is over.</summary>
    private static Pod NewPod(WorkloadContext user, string prefix)
    {
        var spec = Templates.PodSpec(user.Dice);
        return new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = user.NextName(prefix), Namespace = user.Dice.Pick(WorkloadContext.Namespaces),
                Annotations = Templates.MaybeFenced(user.Dice),
            },
            Spec = user.Dice.Chance(0.4)
                ? spec with { RestartPolicy = "Never", Containers = [spec.Containers[0] with { Image = "job:v1" }] }
                : spec with { RestartPolicy = user.Dice.Pick(["Always", "OnFailure"]) },
        };
    }

    private static async Task DeleteAsync(WorkloadContext user)
    {
        if (user.Pick<Pod>() is { } pod)
        {
            await user.DeleteAsync(pod);
        }
    }

    /// <summary>As <c>kubectl delete --force --grace-period=0</c>.</summary>
    private static async Task ForceAsync(WorkloadContext user)
    {
        if (user.Pick<Pod>() is { } pod)
        {
            await user.DeleteAsync(pod, """{"gracePeriodSeconds":0}""");
        }
    }

    private static async Task EvictAsync(WorkloadContext user)
    {
        if (user.Pick<Pod>() is { } pod)
        {
            await BudgetOperations.EvictAsync(user, pod);
        }
    }

    /// <summary>A pod whose labels no longer fit leaves its owner, who makes another.</summary>
    private static async Task ReleaseAsync(WorkloadContext user)
    {
        if (user.Pick<Pod>(pod => pod.Metadata.OwnerReferences.Count > 0) is { } pod)
        {
            await user.PatchAsync(pod, """{"metadata":{"labels":{"app":"released"}}}""");
        }
    }

    private static async Task LabelAsync(WorkloadContext user)
    {
        if (user.Pick<Pod>() is { } pod)
        {
            await user.PatchAsync(pod, $$$$"""{"metadata":{"labels":{"touched":"{{{{user.Dice.Suffix(4)}}}}"}}}""");
        }
    }
}
