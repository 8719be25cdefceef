using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Groups;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Processes;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Serving;

/// <summary>
/// Takes a data directory and all that its servers made off the machine, however they ended. Needs no settings but the
/// directory: what they used stands in it.
/// </summary>
internal static class MachineReset
{
    public static bool IsExplained(Exception failure) =>
        failure is ContainerRuntimeException or NetworkSetupException or InvalidDataException or IOException
            or UnauthorizedAccessException;

    /// <returns>What is left in the directory because no server wrote it, for people; null when nothing is.</returns>
    /// <exception cref="ServerStartException">It is no data directory, or a server runs on it.</exception>
    public static async Task<string?> RunAsync(
        string path, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        using var directory = DataDirectory.OpenToRemove(path);
        if (Directory.Exists(directory.Containerd) && !Environment.IsPrivilegedProcess)
        {
            throw new ServerStartException($"containers of {path} can be ended by root only");
        }

        if (Directory.Exists(directory.Processes))
        {
            await using var processes = new ProcessRuntime(
                directory.Processes, time, loggers.CreateLogger<ProcessRuntime>());
            await RemoveAllAsync(processes, cancellation);
        }

        if (ForeignRuntime.Read(directory.ForeignRuntime) is { } foreign)
        {
            using var runtime = foreign.Open(time, loggers);
            await RemoveAllAsync(runtime, cancellation);
            new LinuxPodGroups(directory.Pods).RemoveAll();
        }

        await new ContainerdDaemon(
            ContainerdOf(directory), time, loggers.CreateLogger<ContainerdDaemon>()).PurgeAsync(cancellation);
        return ClusterFiles.Remove(directory.Root);
    }

    /// <summary>One that cannot be removed does not keep the others.</summary>
    private static async Task RemoveAllAsync(IContainerRuntime runtime, CancellationToken cancellation)
    {
        var failures = new List<ContainerRuntimeException>();
        foreach (var sandbox in await runtime.ListSandboxesAsync(cancellation))
        {
            await TryAsync(() => runtime.RemoveSandboxAsync(sandbox.Id, cancellation));
        }

        // Those whose sandbox's record did not outlive a crash.
        foreach (var container in await runtime.ListContainersAsync(cancellation))
        {
            await TryAsync(() => runtime.RemoveContainerAsync(container.Id, cancellation));
        }

        await TryAsync(() => runtime.RemoveImageViewsAsync(podUid: null, cancellation));
        if (failures is [var first, ..])
        {
            throw new ContainerRuntimeException(
                first.Kind,
                $"{failures.Count} sandboxes, containers or images cannot be removed, the first because of: "
                    + first.Message,
                first);
        }

        async Task TryAsync(Func<Task> remove)
        {
            try
            {
                await remove();
            }
            catch (ContainerRuntimeException failure)
            {
                failures.Add(failure);
            }
        }
    }

    private static ContainerdSettings ContainerdOf(DataDirectory directory) => new()
    {
        Directory = directory.Containerd,
        SandboxImage = "",
        PodsDirectory = directory.Pods,
        Network = new CniNetwork
        {
            BridgeName = CniNetwork.ConfiguredBridge(directory.Containerd) ?? CniNetwork.BridgeNameFor(directory.Root),
            StateDirectory = directory.CniState,
        },
    };
}

/// <summary>A container runtime that others have too, and what the node calls itself there.</summary>
internal sealed record ForeignRuntime(string Endpoint, string Owner)
{
    /// <returns>Null where none was used.</returns>
    public static ForeignRuntime? Read(string file) =>
        File.Exists(file) && File.ReadAllLines(file) is [var endpoint, var owner] ? new(endpoint, owner) : null;

    public void Write(string file) => File.WriteAllLines(file, [Endpoint, Owner]);

    /// <exception cref="FormatException">The endpoint is none.</exception>
    public CriRuntime Open(TimeProvider time, ILoggerFactory loggers) => new(
        CriRuntimeOptions.FromEndpoint(Endpoint, Owner), time, loggers.CreateLogger<CriRuntime>());
}
