using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>
/// One container as a process group:
/// <code>
/// Created ──start──► Running ──process ends──► Exited
///    └──── command cannot be run (128) ───────────┘
/// </code>
/// </summary>
internal sealed class ProcessContainer : IAsyncDisposable
{
    private static readonly TimeSpan CopyInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PidPollInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan PidTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The kernel ends a killed process at once, unless a device holds it.</summary>
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    private readonly ProcessStore _store;
    private readonly ProcessEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _directory;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _detach = new();
    private volatile ContainerRecord _record;
    private Task _watch = Task.CompletedTask;
    private volatile LogTranscriber? _log;

    public ProcessContainer(
        ContainerRecord record, ProcessStore store, ProcessEvents events, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _record = record;
        _store = store;
        _events = events;
        _time = time;
        _directory = store.ContainerDirectory(record.Status.Id);
    }

    public ContainerRuntimeStatus Status => _record.Status;

    /// <summary>With the environment that the processes were started with, whoever started them.</summary>
    public ProcessSpec Spec => _record.Spec.Environment is null && Living is { } process
        ? _record.Spec with { Environment = ProcessFigures.EnvironmentOf(process.Pid) }
        : _record.Spec;

    /// <summary>The supervising shell, which has the container's environment too, or the container's own
    /// process.</summary>
    private ProcessIdentity? Living =>
        _record.Supervisor is { IsAlive: true } supervisor ? supervisor
            : _record.Main is { IsAlive: true } main ? main : null;

    /// <summary>The session of its processes; null before the start.</summary>
    public int? Session => _record.Main?.Pid;

    /// <summary>Stops watching; the process goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _detach.CancelAsync();
        await _watch;
        _detach.Dispose();
    }

    /// <exception cref="ContainerRuntimeException">It was started before, or its command cannot be run.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (Status.State != ContainerRuntimeState.Created)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument, $"container {Status.Id} is {Status.State} and cannot be started");
        }

        if (Spec.Command.Count == 0)
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument,
                $"container {Status.Id} was created by an agent that has ended, and is to be created again");
        }

        try
        {
            var supervisor = ProcessLauncher.Supervised(Spec, _directory);
            await RunningAsync(supervisor, cancellation);
            _watch = WatchAsync(supervisor, _detach.Token);
        }
        catch (ContainerRuntimeException failure)
        {
            var now = _time.GetUtcNow();
            Save(_record with
            {
                Status = Status with
                {
                    State = ContainerRuntimeState.Exited, StartedAt = now, FinishedAt = now, ExitCode = 128,
                    Reason = "StartError", Message = failure.Message,
                },
            });
            throw;
        }
    }

    /// <summary>Goes on watching what an earlier agent started.</summary>
    public void Recover()
    {
        // Older releases kept the command and the environment in the record.
        Save(_record);
        if (Status.State == ContainerRuntimeState.Created)
        {
            Adopt();
        }

        if (Status.State == ContainerRuntimeState.Running)
        {
            _watch = WatchAsync(null, _detach.Token);
        }
    }

    public void ReopenLog() => _log?.Reopen();

    /// <summary>The stop signal to the process group, SIGKILL after the grace. Harmless when it has ended.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellation)
    {
        if (Status.State != ContainerRuntimeState.Running || _record.Main is not { } main)
        {
            return;
        }

        if (grace > TimeSpan.Zero)
        {
            SignalGroup(main, ContainerSignals.NumberOf(Status.StopSignal ?? "") ?? NativeMethods.SigTerm);
            if (await EndsWithinAsync(grace, cancellation))
            {
                return;
            }
        }
        SignalGroup(main, NativeMethods.SigKill);
        if (!await EndsWithinAsync(KillTimeout, cancellation))
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.Timeout, $"process {main.Pid} of container {Status.Id} has survived SIGKILL");
        }
    }

    private async Task RunningAsync(Process supervisor, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        int? pid;
        while ((pid = _store.ReadNumber(Status.Id, "pid")) is null)
        {
            if (_time.GetElapsedTime(started) > PidTimeout)
            {
                throw new ContainerRuntimeException(
                    RuntimeErrorKind.Timeout, $"the process did not start within {PidTimeout.TotalSeconds} s");
            }
            await Task.Delay(PidPollInterval, _time, cancellation);
        }
        // A process that has ended already has no identity any more; then only its exit code is of interest.
        Save(_record with
        {
            Status = Status with { State = ContainerRuntimeState.Running, StartedAt = _time.GetUtcNow() },
            Supervisor = ProcessIdentity.Of(supervisor.Id),
            Main = ProcessIdentity.Of(pid.Value),
        });
        _events.Publish(RuntimeEventKind.ContainerStarted, Status);
    }

    /// <summary>
    /// An agent died between starting the process and noting it: the shell's files and arguments tell.
    /// </summary>
    private void Adopt()
    {
        if (_store.ReadNumber(Status.Id, "supervisor") is not { } supervisor)
        {
            return;
        }

        var isOurs = File.Exists($"/proc/{supervisor}/cmdline")
            && File.ReadAllText($"/proc/{supervisor}/cmdline").Contains(Status.Id, StringComparison.Ordinal);
        Save(_record with
        {
            Status = Status with { State = ContainerRuntimeState.Running, StartedAt = Status.CreatedAt },
            Supervisor = isOurs ? ProcessIdentity.Of(supervisor) : null,
            Main = isOurs && _store.ReadNumber(Status.Id, "pid") is { } pid ? ProcessIdentity.Of(pid) : null,
        });
    }

    /// <summary>Copies the log until the process has ended, then notes how.</summary>
    private async Task WatchAsync(Process? supervisor, CancellationToken detach)
    {
        using var log = new LogTranscriber(_directory, Status.LogPath, _time);
        _log = log;
        try
        {
            var exited = supervisor?.WaitForExitAsync(detach);
            while (!HasEnded())
            {
                Copy(log, isEnd: false);
                var interval = Task.Delay(CopyInterval, _time, detach);
                if (exited is { IsCompleted: false })
                {
                    await Task.WhenAny(interval, exited);
                }
                else
                {
                    await interval;
                }

                detach.ThrowIfCancellationRequested();
            }
            // A container ends with its first process: what that leaves behind in its group goes with it.
            if (_record.Main is { } main)
            {
                _ = NativeMethods.kill(-main.Pid, NativeMethods.SigKill);
            }

            Copy(log, isEnd: true);
            End(_store.ReadNumber(Status.Id, "exit"));
        }
        catch (OperationCanceledException) when (detach.IsCancellationRequested)
        {
            Copy(log, isEnd: false);
        }
        finally
        {
            _log = null;
            supervisor?.Dispose();
        }
    }

    /// <summary>A full disk costs no container: what could not be copied is copied later.</summary>
    private void Copy(LogTranscriber log, bool isEnd)
    {
        try
        {
            log.Copy(isEnd);
        }
        catch (IOException failure)
        {
            ProcessLog.LogNotWritten(_logger, Status.Id, FailureWords.Of(failure));
        }
    }

    private bool HasEnded() =>
        _store.ReadNumber(Status.Id, "exit") is not null
        || (_record.Supervisor is not { IsAlive: true } && _record.Main is not { IsAlive: true });

    /// <param name="exitCode">Null: the shell that would have noted it was killed.</param>
    private void End(int? exitCode)
    {
        Save(_record with
        {
            Status = Status with
            {
                State = ContainerRuntimeState.Exited,
                FinishedAt = _time.GetUtcNow(),
                ExitCode = exitCode ?? 255,
                Reason = exitCode switch { null => "Unknown", 0 => "Completed", _ => "Error" },
                Message = exitCode is null ? "the process ended, but its exit code is not known" : "",
            },
        });
        _events.Publish(RuntimeEventKind.ContainerExited, Status);
        _ended.TrySetResult();
    }

    private static void SignalGroup(ProcessIdentity leader, int signal)
    {
        if (leader.IsAlive)
        {
            _ = NativeMethods.kill(-leader.Pid, signal);
        }
    }

    private async Task<bool> EndsWithinAsync(TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            await _ended.Task.WaitAsync(time, _time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What cannot be saved is found again by the next agent from the files that the shell writes.</summary>
    private void Save(ContainerRecord record)
    {
        try
        {
            _store.Save(record);
        }
        catch (IOException failure)
        {
            ProcessLog.StateNotSaved(_logger, Status.Id, FailureWords.Of(failure));
        }
        _record = record;
    }
}
