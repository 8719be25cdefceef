using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>What operators do to nodes and machines.</summary>
internal static class NodeOperations
{
    private const int MachinesMax = 8;

    /// <summary>Of nodes; its only value is <c>edge</c>.</summary>
    public const string ChangingLabel = "tier";

    public static readonly IReadOnlyList<Operation> All =
    [
        new("node-cordon", CordonAsync),
        new("node-uncordon", UncordonAsync),
        new("node-drain", DrainAsync),
        new("node-delete", DeleteAsync),
        new("node-label", LabelAsync),
        new("machine-add", AddAsync),
        new("machine-remove", RemoveAsync),
    ];

    public static MachineShape Shape(int number) => new(2_000, 4L << 30)
    {
        Labels = number % 2 == 0
            ? new SortedDictionary<string, string> { ["disk"] = "ssd" }
            : new SortedDictionary<string, string>(),
    };

    private static async Task CordonAsync(WorkloadContext user)
    {
        if (user.Pick<Node>() is { } node)
        {
            await user.PatchAsync(node, """{"spec":{"unschedulable":true}}""");
        }
    }

    private static async Task UncordonAsync(WorkloadContext user)
    {
        if (user.Pick<Node>(node => node.Spec.Unschedulable) is { } node)
        {
            await user.PatchAsync(node, """{"spec":{"unschedulable":null}}""");
        }
    }

    /// <summary>As <c>kubectl drain</c>: cordon, then evict what is there.</summary>
    private static async Task DrainAsync(WorkloadContext user)
    {
        if (user.Pick<Node>() is not { } node)
        {
            return;
        }

        await user.PatchAsync(node, """{"spec":{"unschedulable":true}}""");
        var pods = user.World.Truth.All<Pod>().Where(pod => pod.Spec.NodeName == node.Metadata.Name).ToList();
        foreach (var pod in pods)
        {
            await BudgetOperations.EvictAsync(user, pod);
        }
    }

    /// <summary>The object only: a machine that lives registers again.</summary>
    private static async Task DeleteAsync(WorkloadContext user)
    {
        if (user.Pick<Node>() is { } node)
        {
            await user.DeleteAsync(node);
        }
    }

    private static async Task LabelAsync(WorkloadContext user)
    {
        if (user.Pick<Node>() is { } node)
        {
            var value = node.Metadata.Labels.ContainsKey(ChangingLabel) ? "null" : "\"edge\"";
            await user.PatchAsync(node, $$$$"""{"metadata":{"labels":{"{{{{ChangingLabel}}}}":{{{{value}}}}}}}""");
        }
    }

    private static Task AddAsync(WorkloadContext user)
    {
        if (user.World.Machines.Count < MachinesMax)
        {
            user.World.AddMachine(Shape(user.World.MachinesMade + 1));
        }

        return Task.CompletedTask;
    }

    /// <summary>A machine leaves for good, and its node is deleted, as one does.</summary>
    private static async Task RemoveAsync(WorkloadContext user)
    {
        if (user.World.Machines.Count < 2)
        {
            return;
        }

        var machine = user.Dice.Pick([.. user.World.Machines.Values]);
        user.World.RemoveMachine(machine);
        if (user.World.Truth.Find<Node>(null, machine.Name) is { } node)
        {
            await user.DeleteAsync(node);
        }
    }
}
