using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>What the runtime does with sandboxes; all of it runs in its own process.</summary>
public sealed partial class SimulatedRuntime
{
    private static readonly TimeSpan SandboxLeast = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SandboxMost = TimeSpan.FromMilliseconds(400);

    internal async Task<string> RunSandboxAsync(SandboxConfig config)
    {
        var name = NameOf(config);
        Reserve(name);
        await WorkAsync(SandboxLeast, SandboxMost);
        var ip = config.Network == NamespaceMode.Node ? null : _addresses.Take();
        if (ip is null && config.Network != NamespaceMode.Node)
        {
            _names.Remove(name);
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Other, "failed to setup network for sandbox: no IP addresses available in range set");
        }

        var sandbox = new SimulatedSandbox(config, new SandboxStatus
        {
            Id = NextId('s'),
            Name = config.Name,
            Namespace = config.Namespace,
            Uid = config.Uid,
            Attempt = config.Attempt,
            Ready = true,
            CreatedAt = WallClock,
            Ips = ip is null ? [] : [ip],
            Labels = config.Labels,
            Annotations = config.Annotations,
        });
        _sandboxes.Add(sandbox.Id, sandbox);
        Tell(ContainerChangeKind.SandboxStarted, sandbox);
        return sandbox.Id;
    }

    internal async Task StopSandboxAsync(string id)
    {
        if (!_sandboxes.TryGetValue(id, out var sandbox))
        {
            return;
        }

        // One that is being started meanwhile is left to its start, which finds its sandbox dead.
        await Task.WhenAll(ContainersOf(sandbox).Where(c => c.IsRunning).Select(KillAsync).ToList());
        if (sandbox.Status.Ready)
        {
            EndSandbox(sandbox);
            PublishExit(RuntimeEventKind.SandboxExited, "", id, KilledExitCode);
        }
    }

    internal async Task RemoveSandboxAsync(string id)
    {
        await StopSandboxAsync(id);
        if (!_sandboxes.TryGetValue(id, out var sandbox))
        {
            return;
        }

        foreach (var container in ContainersOf(sandbox).ToList())
        {
            await RemoveContainerAsync(container.Id);
        }

        if (_sandboxes.Remove(id))
        {
            _names.Remove(NameOf(sandbox.Config));
            Tell(ContainerChangeKind.SandboxRemoved, sandbox);
        }
    }

    internal SandboxStatus? SandboxStatus(string id) => _sandboxes.GetValueOrDefault(id)?.Status;

    /// <summary>As CRI's list has them: without addresses.</summary>
    internal IReadOnlyList<SandboxStatus> ListSandboxes() =>
        [.. _sandboxes.Values.Select(s => s.Status with { Ips = [] })];

    /// <summary>Its process is gone and its address free; its containers are not touched.</summary>
    private void EndSandbox(SimulatedSandbox sandbox)
    {
        if (sandbox.Status.Ready)
        {
            _addresses.GiveBack(sandbox.Status.Ips);
            sandbox.Status = sandbox.Status with { Ready = false, Ips = [] };
            Tell(ContainerChangeKind.SandboxStopped, sandbox);
        }
    }

    private IEnumerable<SimulatedContainer> ContainersOf(SimulatedSandbox sandbox) =>
        _containers.Values.Where(c => c.Sandbox == sandbox);

    private void Reserve(string name)
    {
        if (!_names.Add(name))
        {
            throw new ContainerRuntimeException(RuntimeErrorKind.AlreadyExists, $"name \"{name}\" is reserved");
        }
    }

    private static string NameOf(SandboxConfig config) =>
        $"{config.Name}_{config.Namespace}_{config.Uid}_{config.Attempt}";

    private static string NameOf(SandboxConfig sandbox, ContainerConfig config) =>
        $"{config.Name}_{sandbox.Name}_{sandbox.Namespace}_{sandbox.Uid}_{config.Attempt}";
}
