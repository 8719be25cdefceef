using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Groups;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Processes;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Containerd;

/// <summary>
/// The agent's own containerd. It runs in a session of its own and outlives the agent, as do the containers:
/// <code>
///             socket answers                          process gone
/// Start ──────────────────────► Running ◄──────────► Restarting (Problem is set; back-off 0.1 s to 10 s)
///   └─ else launch, wait ──────────┘      answers
/// </code>
/// An agent that stops leaves it alone; <see cref="StopAsync"/> and <see cref="PurgeAsync"/> are for taking the
/// machine down.
/// </summary>
public sealed class ContainerdDaemon
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerPollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RestartDelayMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RestartDelayMax = TimeSpan.FromSeconds(10);

    /// <summary>One that ran for that long starts the back-off anew.</summary>
    private static readonly TimeSpan StableTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// containerd's own shutdown takes well below a second; its containers' shims are not part of it.
    /// </summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The log is the agent's alone; containerd makes its containers' files as it would anywhere.</summary>
    private const string Launch =
        $"exec >>\"$3\" 2>&1 </dev/null; umask {ContainerUmask.Value}; exec \"$1\" --config \"$2\"";

    private readonly TimeProvider _time;
    private ContainerdSettings _settings;
    private readonly ILogger<ContainerdDaemon> _log;
    private readonly ContainerdSocket _socket;
    private ProcessIdentity? _process;
    private Process? _child;
    private volatile string? _problem = "containerd has not been started yet";

    public ContainerdDaemon(ContainerdSettings settings, TimeProvider time, ILogger<ContainerdDaemon> log)
    {
        _settings = settings;
        _time = time;
        _log = log;
        _socket = new ContainerdSocket(settings.SocketPath, time);
    }

    public string SocketPath => _settings.SocketPath;

    /// <summary>As it was configured last.</summary>
    public CniNetwork Network => _settings.Network;

    /// <summary>Why containers cannot be run now, in a sentence; null while containerd runs.</summary>
    public string? Problem => _problem;

    /// <summary>The process id of the running containerd, or null.</summary>
    public int? Pid => _process is { IsAlive: true } process ? process.Pid : null;

    /// <summary>
    /// Writes the configuration, then adopts the containerd that answers on the socket, or launches one.
    /// </summary>
    /// <exception cref="NetworkSetupException">The machine lacks what the pod network needs.</exception>
    /// <exception cref="ContainerRuntimeException">
    /// containerd is missing or does not come up; with its last words.
    /// </exception>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="onPrepared">Called when the machine is prepared, before containerd is launched: the pods' network
    /// may be changed from then on.</param>
    public async Task StartAsync(CancellationToken cancellation, Action? onPrepared = null)
    {
        _settings.Network.Check();
        var changed = ContainerdFiles.Write(_settings);
        await new MachineRecord(_time).EnterAsync(_settings.Network.BridgeName, _settings.Directory, cancellation);
        await HostNetwork.PrepareAsync(_settings.Network, cancellation);
        onPrepared?.Invoke();
        var listener = await _socket.ListenerAsync(cancellation);
        _process = listener?.Process;
        if (_process is not null && (changed || listener?.Cri == CriState.Missing))
        {
            ContainerdLog.Restarting(_log, _process.Pid);
            await StopAsync(cancellation);
        }
        if (_process is null)
        {
            await LaunchAsync(cancellation);
        }
        else
        {
            await AnswersAsync(_process, cancellation);
        }

        _problem = null;
    }

    /// <summary>Gives the pods that are started from now on another network; containerd reads of it by
    /// itself.</summary>
    /// <exception cref="NetworkSetupException">The machine lacks what it needs.</exception>
    public async Task ConfigureAsync(CniNetwork network, CancellationToken cancellation)
    {
        network.Check();
        await HostNetwork.PrepareAsync(network, cancellation);
        HostNetwork.WriteConfiguration(network, _settings.CniDirectory);
        _settings = _settings with { Network = network };
    }

    /// <summary>Restarts containerd whenever it dies, until cancelled. Run after <see cref="StartAsync"/>.</summary>
    public async Task SuperviseAsync(CancellationToken cancellation)
    {
        var delay = RestartDelayMin;
        var since = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await GoneOrIntervalAsync(cancellation);
                if (_process is { IsAlive: true })
                {
                    continue;
                }

                delay = _time.GetElapsedTime(since) > StableTime ? RestartDelayMin : Min(delay * 2, RestartDelayMax);
                await RestartAsync(delay, cancellation);
                since = _time.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            ContainerdLog.LeftRunning(_log, _process?.Pid ?? 0);
        }
    }

    /// <summary>Stops containerd itself; containers go on under their shims. Harmless when none runs.</summary>
    /// <exception cref="ContainerRuntimeException">It survived SIGKILL (kind Timeout).</exception>
    public async Task StopAsync(CancellationToken cancellation)
    {
        var process = _process ?? (await _socket.ListenerAsync(cancellation))?.Process;
        _problem = "containerd has been stopped";
        foreach (var signal in (int[])[NativeMethods.SigTerm, NativeMethods.SigKill])
        {
            if (process is null || !process.Signal(signal))
            {
                break;
            }

            await GoneAsync(process, StopTimeout, cancellation);
        }
        if (process is { IsAlive: true })
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Timeout, $"containerd (process {process.Pid}) did not end within {StopTimeout * 2}");
        }
        _child?.Dispose();
        _child = null;
        _process = null;
    }

    /// <summary>
    /// Removes every sandbox with its containers, stops containerd, and deletes the bridge, mounts and the directory;
    /// what the machine had before any agent came is put back.
    /// </summary>
    /// <exception cref="NetworkSetupException">A part of the network could not be removed.</exception>
    /// <exception cref="ContainerRuntimeException">containerd does not start, or keeps a sandbox.</exception>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(_settings.Directory))
        {
            return;
        }

        // Sandboxes are taken down by the containerd that knows them: only so their network is given back too.
        if (File.Exists(_settings.ConfigPath))
        {
            await StartForPurgeAsync(cancellation);
            try
            {
                await _socket.RemoveAllSandboxesAsync(cancellation);
            }
            finally
            {
                await StopAsync(cancellation);
            }
        }

        await ContainerdShims.EndAsync(_settings.SocketPath, _time, cancellation);
        if (_settings.PodsDirectory is { } pods)
        {
            new LinuxPodGroups(pods).RemoveAll();
        }

        await ContainerdFiles.RemoveAsync(_settings, cancellation);
        await new MachineRecord(_time).LeaveAsync(_settings.Network.BridgeName, cancellation);
        ContainerdLog.Purged(_log, _settings.Directory);
    }

    /// <summary>With the configuration that the sandboxes were made with; with ours where it does not start with
    /// that.</summary>
    private async Task StartForPurgeAsync(CancellationToken cancellation)
    {
        if (await _socket.ListenerAsync(cancellation) is { Cri: CriState.Answers } listener)
        {
            _process = listener.Process;
            return;
        }
        await StopAsync(cancellation);
        try
        {
            await LaunchAsync(cancellation);
        }
        catch (ContainerRuntimeException)
        {
            ContainerdFiles.Write(_settings);
            await LaunchAsync(cancellation);
        }
    }

    private async Task RestartAsync(TimeSpan delay, CancellationToken cancellation)
    {
        _problem = $"containerd is not running; it is being restarted (see {_settings.LogPath})";
        ContainerdLog.Died(_log, _settings.LogPath, delay.TotalMilliseconds);
        await Task.Delay(delay, _time, cancellation);
        try
        {
            _process = (await _socket.ListenerAsync(cancellation))?.Process;
            if (_process is null)
            {
                await LaunchAsync(cancellation);
            }
            else
            {
                await AnswersAsync(_process, cancellation);
            }

            _problem = null;
        }
        catch (ContainerRuntimeException failure)
        {
            _problem = failure.Message;
            ContainerdLog.StartFailed(_log, failure.Message);
        }
    }

    private async Task LaunchAsync(CancellationToken cancellation)
    {
        ContainerdFiles.RotateLog(_settings.LogPath);
        _child = Spawn();
        var launched = ProcessIdentity.Of(_child.Id) ?? throw Failed("exited at once");
        try
        {
            await AnswersAsync(launched, cancellation);
        }
        finally
        {
            // Not the one that answers: it failed, or another agent's launch was faster and holds the store's lock.
            if (_process != launched)
            {
                launched.Signal(NativeMethods.SigKill);
            }
        }
    }

    /// <summary>Waits until a containerd answers on the socket, and makes it this daemon's.</summary>
    /// <param name="awaited">The process that is expected to; its death ends the wait.</param>
    private async Task AnswersAsync(ProcessIdentity awaited, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < _settings.StartTimeout)
        {
            var listener = await _socket.ListenerAsync(cancellation);
            if (listener is { Cri: CriState.Answers })
            {
                _process = listener.Process;
                ContainerdLog.Answers(_log, _process.Pid, _time.GetElapsedTime(started).TotalMilliseconds);
                return;
            }
            if (listener is { Cri: CriState.Missing })
            {
                throw Failed("runs, but its CRI part did not load");
            }

            if (!awaited.IsAlive)
            {
                throw Failed("exited at once");
            }

            await Task.Delay(AnswerPollInterval, _time, cancellation);
        }
        throw Failed($"did not answer on {_settings.SocketPath} within {_settings.StartTimeout}");
    }

    private ContainerRuntimeException Failed(string what) => new(
        RuntimeErrorKind.Unavailable,
        $"{_settings.Executable} {what}. The end of {_settings.LogPath}:\n"
        + ContainerdFiles.LogTail(_settings.LogPath));

    /// <summary>
    /// In a session of its own, so that no signal meant for the agent (a terminal's Ctrl-C, a killed process group)
    /// reaches it; the shell only redirects the output, sets the umask, and becomes containerd.
    /// </summary>
    private Process Spawn()
    {
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList =
            {
                "sh", "-c", Launch, "sh",
                _settings.Executable, _settings.ConfigPath, _settings.LogPath,
            },
            WorkingDirectory = "/",
            UseShellExecute = false,
        };
        start.Environment.Remove("NOTIFY_SOCKET");
        try
        {
            return Process.Start(start)
                ?? throw new ContainerRuntimeException(RuntimeErrorKind.Unavailable, "setsid could not be started");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Unavailable, $"setsid (package util-linux) could not be started: {missing.Message}",
                missing);
        }
    }

    /// <summary>Until a child of this process exits, or it is time to look at one that was adopted.</summary>
    private async Task GoneOrIntervalAsync(CancellationToken cancellation)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var interval = Task.Delay(CheckInterval, _time, done.Token);
        if (_child is { HasExited: false } child)
        {
            await Task.WhenAny(interval, child.WaitForExitAsync(done.Token));
        }
        else
        {
            await Task.WhenAny(interval);
        }

        cancellation.ThrowIfCancellationRequested();
        await done.CancelAsync();
    }

    private async Task GoneAsync(ProcessIdentity process, TimeSpan timeout, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        while (process.IsAlive && _time.GetElapsedTime(started) < timeout)
        {
            await Task.Delay(AnswerPollInterval, _time, cancellation);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
