using System.Text;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Processes;

public sealed partial class ProcessRuntime
{
    private const string MountsVariable = "ACTOR_ORCHESTRATOR_MOUNTS";
    private const int ExecOutputBytesMax = 10 * 1024;

    public Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken cancellation)
    {
        if (_sandboxes.GetValueOrDefault(sandboxId) is not { Status.Ready: true })
        {
            throw new ContainerRuntimeException(RuntimeErrorKind.NotFound, $"there is no running sandbox {sandboxId}");
        }

        Check(config);
        var id = ProcessStore.IdOf(sandboxId, config.Name, config.Attempt.ToString());
        var status = new ContainerRuntimeStatus
        {
            Id = id, SandboxId = sandboxId, Name = config.Name, Attempt = config.Attempt,
            State = ContainerRuntimeState.Created, CreatedAt = _time.GetUtcNow(),
            Image = config.Image, ImageRef = config.Image,
            LogPath = Path.Combine(sandbox.LogDirectory, config.LogPath),
            StopSignal = config.StopSignal, Labels = config.Labels, Annotations = config.Annotations,
        };
        var record = new ContainerRecord(status, Spec(config, sandbox));
        var container = new ProcessContainer(record, _store, _events, _time, _log);
        if (!_containers.TryAdd(id, container))
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.AlreadyExists, $"attempt {config.Attempt} of container {config.Name} exists already");
        }
        _store.Save(record);
        return Task.FromResult(id);
    }

    public Task StartContainerAsync(string containerId, CancellationToken cancellation) =>
        Find(containerId).StartAsync(cancellation);

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation)
    {
        if (_containers.TryGetValue(containerId, out var container))
        {
            await container.StopAsync(grace, cancellation);
        }
    }

    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation)
    {
        if (!_containers.TryGetValue(containerId, out var container))
        {
            return;
        }

        await container.StopAsync(TimeSpan.Zero, cancellation);
        if (!_containers.TryRemove(containerId, out _))
        {
            return;
        }

        await container.DisposeAsync();
        ProcessStore.Remove(_store.ContainerDirectory(containerId));
        _events.Publish(RuntimeEventKind.ContainerDeleted, container.Status);
    }

    public Task<ContainerRuntimeStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellation) =>
        Task.FromResult(_containers.GetValueOrDefault(containerId)?.Status);

    public Task<IReadOnlyList<ContainerRuntimeStatus>> ListContainersAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ContainerRuntimeStatus>>(
            [.. _containers.Values.Select(container => container.Status)]);

    /// <summary>Plain processes have no limits to change, as they have none to begin with.</summary>
    public Task UpdateResourcesAsync(string containerId, ResourceConfig resources, CancellationToken cancellation)
    {
        Find(containerId);
        return Task.CompletedTask;
    }

    public Task ReopenLogAsync(string containerId, CancellationToken cancellation)
    {
        Find(containerId).ReopenLog();
        return Task.CompletedTask;
    }

    public async Task<ExecResult> ExecAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellation)
    {
        var container = Find(containerId);
        if (container.Status.State != ContainerRuntimeState.Running)
        {
            throw new ContainerRuntimeException(RuntimeErrorKind.Other, $"container {containerId} is not running");
        }

        using var process = ProcessLauncher.Exec(container.Spec, command);
        process.StandardInput.Close();
        using var late = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var output = ReadAsync(process.StandardOutput, either.Token);
        var error = ReadAsync(process.StandardError, either.Token);
        try
        {
            var text = await output + await error;
            await process.WaitForExitAsync(either.Token);
            return new ExecResult(process.ExitCode, Cut(text), TimedOut: false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new ExecResult(-1, $"command timed out after {timeout.TotalSeconds:0.###}s", TimedOut: true);
        }
        finally
        {
            // setsid has become the command itself, and so leads its group.
            if (!process.HasExited)
            {
                _ = NativeMethods.kill(-process.Id, NativeMethods.SigKill);
            }
        }
    }

    /// <summary>Reads to the end, so that the command never waits; keeps what may be shown.</summary>
    private static async Task<string> ReadAsync(StreamReader from, CancellationToken cancellation)
    {
        var kept = new StringBuilder();
        var block = new char[4096];
        int read;
        while ((read = await from.ReadAsync(block, cancellation)) > 0)
        {
            kept.Append(block, 0, Math.Min(read, ExecOutputBytesMax - Math.Min(kept.Length, ExecOutputBytesMax)));
        }

        return kept.ToString();
    }

    private static string Cut(string text) => text.Length <= ExecOutputBytesMax ? text : text[..ExecOutputBytesMax];

    private static void Check(ContainerConfig config)
    {
        if (config.Command.Count == 0)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument,
                $"container \"{config.Name}\" has no command: the process runtime has no images, so it does not know "
                + $"what \"{config.Image}\" would run; set command");
        }
        if (config.Security.AppArmor is { Type: not AppArmor.Unconfined })
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument,
                $"container \"{config.Name}\" asks for an AppArmor profile: the process runtime confines nothing");
        }
        if (config.Security.RunAsUser is { } user && user != NativeMethods.geteuid())
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument,
                $"container \"{config.Name}\" asks for user {user}: the process runtime runs everything as the agent's "
                + $"own user {NativeMethods.geteuid()}");
        }
    }

    /// <remarks>HOSTNAME and HOME are what container runtimes set as well.</remarks>
    private static ProcessSpec Spec(ContainerConfig config, SandboxConfig sandbox)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOSTNAME"] = sandbox.Hostname ?? Environment.MachineName,
            ["HOME"] = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        };
        if (config.Mounts.Count > 0)
        {
            environment[MountsVariable] = string.Join(
                '\n', config.Mounts.Select(mount => $"{mount.ContainerPath}={mount.HostPath}"));
        }
        foreach (var (name, value) in config.Environment)
        {
            environment[name] = value;
        }

        return new ProcessSpec(config.WorkingDirectory ?? "/")
        {
            Command = [.. config.Command, .. config.Args],
            Environment = environment,
        };
    }

    private ProcessContainer Find(string containerId) => _containers.GetValueOrDefault(containerId)
        ?? throw new ContainerRuntimeException(RuntimeErrorKind.NotFound, $"there is no container {containerId}");
}
