using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>Everything the runtime holds, by pod uid, at one instant.</summary>
internal sealed record RuntimeInventory(DateTimeOffset At, IReadOnlyDictionary<string, FoundPod> Pods)
{
    /// <summary>So many details are asked for side by side: enough to hide the runtime's latency.</summary>
    private const int ParallelLooks = 16;

    /// <summary>The bare list, without exit codes and addresses.</summary>
    public static async Task<RuntimeInventory> ListAsync(
        IContainerRuntime runtime, TimeProvider time, CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        var sandboxes = await runtime.ListSandboxesAsync(cancellation);
        var containers = await runtime.ListContainersAsync(cancellation);
        return new RuntimeInventory(at, ByPod(sandboxes, containers));
    }

    /// <summary>The list with every detail, for an agent that knows nothing yet.</summary>
    public static async Task<RuntimeInventory> ReadAsync(
        IContainerRuntime runtime, TimeProvider time, CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        var sandboxes = await runtime.ListSandboxesAsync(cancellation);
        var containers = await runtime.ListContainersAsync(cancellation);
        var looks = new ConcurrencyLimit(ParallelLooks);
        var fullSandboxes = await Task.WhenAll(sandboxes.Select(
            s => LookAsync(looks, () => runtime.SandboxStatusAsync(s.Id, cancellation), cancellation)));
        var fullContainers = await Task.WhenAll(containers.Select(
            c => LookAsync(looks, () => runtime.ContainerStatusAsync(c.Id, cancellation), cancellation)));
        // What went away between the list and the look is not there any more, and so is left out.
        var there = ByPod(
            [.. fullSandboxes.OfType<SandboxStatus>()], [.. fullContainers.OfType<ContainerRuntimeStatus>()]);
        return new RuntimeInventory(at, there);
    }

    private static async Task<T> LookAsync<T>(
        ConcurrencyLimit looks, Func<Task<T>> look, CancellationToken cancellation)
    {
        using var place = await looks.EnterAsync(cancellation);
        return await look();
    }

    private static Dictionary<string, FoundPod> ByPod(
        IReadOnlyList<SandboxStatus> sandboxes, IReadOnlyList<ContainerRuntimeStatus> containers)
    {
        var uidOf = sandboxes.ToDictionary(s => s.Id, s => s.Uid, StringComparer.Ordinal);
        var byPod = containers.ToLookup(c => uidOf.GetValueOrDefault(c.SandboxId)
            ?? c.Labels.GetValueOrDefault(RuntimeLabels.PodUid) ?? "");
        return sandboxes.GroupBy(s => s.Uid, StringComparer.Ordinal).ToDictionary(
            g => g.Key,
            g => new FoundPod(g.First(), new PodRemains([.. g.Select(SandboxView.From)], [.. byPod[g.Key]])),
            StringComparer.Ordinal);
    }
}

/// <summary>A pod as its sandbox names it, and what there is of it.</summary>
internal sealed record FoundPod(SandboxStatus Sandbox, PodRemains Remains)
{
    public long? GraceSeconds => long.TryParse(
        Sandbox.Annotations.GetValueOrDefault(Config.SandboxPlan.GraceAnnotation), out var seconds) ? seconds : null;
}
