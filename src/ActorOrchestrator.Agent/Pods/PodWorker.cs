using System.Threading.Channels;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// The shell around <see cref="PodPlan"/> for one pod (uid): a loop that takes in what happened, decides once, begins
/// the operations that the step names and reports the status when it changed. Single-threaded: only the loop touches
/// the state; operations run beside it and come back as messages.
/// </summary>
public sealed partial class PodWorker
{
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReportRetry = TimeSpan.FromSeconds(1);

    private readonly WorkerPorts _ports;
    private readonly PodOperations _operations;
    private readonly Channel<PodMessage> _mailbox =
        Channel.CreateUnbounded<PodMessage>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Dictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lookAgain = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private readonly long _takenAt;
    private Pod _pod;
    private PodState _state;
    private PodStatus? _reported;
    private bool _isReporting;
    private bool _isStartCounted;
    private DateTimeOffset _reportNotBefore = DateTimeOffset.MinValue;
    private CancellationToken _stop;

    public PodWorker(Pod pod, PodRemains remains, WorkerPorts ports)
    {
        _pod = pod;
        _ports = ports;
        _operations = new PodOperations(ports);
        var seen = remains.Containers.Select(c => LastWords.Added(ports.Files, pod, c)).ToList();
        _state = PodRecovery.StateOf(pod, remains with { Containers = seen }, ports.Time.GetUtcNow());
        _reported = pod.Status.Phase is null ? null : AgentConditions.OwnPart(pod.Status);
        _isStartCounted = remains.Containers.Count > 0;
        _takenAt = ports.Time.GetTimestamp();
        _timer = ports.Time.CreateTimer(
            _ => Post(new PodMessage.Woken()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var sandbox in remains.Sandboxes)
            ports.OnSandbox(sandbox.Id, pod.Metadata.Uid ?? "");
    }

    public Pod Pod => _pod;

    /// <summary>Why the pod does not move further, after the latest decision.</summary>
    public PodReason Reason { get; private set; } = new PodReason.Settled();

    internal void Post(PodMessage message) => _mailbox.Writer.TryWrite(message);

    /// <summary>Runs until the pod is gone from this machine, or until cancelled: then containers run on.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        try
        {
            while (true)
            {
                while (_mailbox.Reader.TryRead(out var message))
                    Hear(message);
                if (Decide())
                    return;
                await _mailbox.Reader.WaitToReadAsync(stop);
            }
        }
        finally
        {
            await _timer.DisposeAsync();
        }
    }

    private void Hear(PodMessage message)
    {
        var now = _ports.Time.GetUtcNow();
        switch (message)
        {
            case PodMessage.Desired desired:
                HearDesired(desired.Pod, now);
                break;
            case PodMessage.Removed removed:
                _state = _state with { Removed = true };
                if (removed.IsForced)
                    _pod = _pod with { Metadata = _pod.Metadata with { DeletionGracePeriodSeconds = 0 } };
                break;
            case PodMessage.ConfigurationChanged changed when VolumePlan.Uses(_pod, changed.Kind, changed.Name):
                _state = PodFacts.Apply(_state, _pod, new PodFact.ConfigurationChanged(), now);
                break;
            case PodMessage.RuntimeChanged changed:
                LookAt(changed.ContainerId, changed.SandboxId);
                break;
            case PodMessage.Relisted relisted:
                Compare(relisted);
                break;
            case PodMessage.Ended ended:
                if (_running.Remove(ended.Key, out var limit))
                    limit.Dispose();
                _state = PodFacts.End(_state, _pod, ended.Key, ended.Outcome, now);
                if (_lookAgain.Remove(ended.Key) && ended.Outcome is PodFact.ContainerSeen seen)
                    LookAt(seen.Status.Id, "");
                break;
            case PodMessage.Reported reported:
                _isReporting = false;
                if (reported.Succeeded)
                    _reported = reported.Status;
                else
                    _reportNotBefore = now + ReportRetry;
                break;
        }
    }

    private void HearDesired(Pod pod, DateTimeOffset now)
    {
        var isMetadataNew = pod.Metadata.Labels != _pod.Metadata.Labels
            || pod.Metadata.Annotations != _pod.Metadata.Annotations;
        _pod = pod;
        DoubtReport();
        if (isMetadataNew && pod.Spec.Volumes.Any(v => v.DownwardAPI is not null || v.Projected is not null))
            _state = PodFacts.Apply(_state, pod, new PodFact.ConfigurationChanged(), now);
    }

    /// <returns>Whether the pod is gone and the worker's work done.</returns>
    private bool Decide()
    {
        var now = _ports.Time.GetUtcNow();
        var step = PodPlan.Next(_pod, _state, _ports.Node, now);
        _state = _state with { LastStatus = step.Status };
        if (step.Reason != Reason)
            LogStep(_ports.Log, Name, step.Reason.ToString());
        Reason = step.Reason;
        foreach (var told in step.Events)
            _ports.Record(_pod, told);
        foreach (var key in step.Cancellations)
            Cancel(key);
        foreach (var action in step.Actions)
        {
            _state = PodFacts.Begin(_state, _pod, action, now);
            Begin(action.Key, action.GetType().Name, PodOperations.TimeoutOf(action), WithState(action));
        }

        Report(step.Status, now);
        WakeAt(step.WakeAt);
        return step.Reason is PodReason.Gone && _running.Count == 0 && !_isReporting;
    }

    /// <summary>The operation works on the state of this instant; the field moves on while it runs.</summary>
    private Func<CancellationToken, Task<PodFact>> WithState(PodAction action)
    {
        var (pod, state) = (_pod, _state);
        return cancellation => _operations.RunAsync(action, pod, state, cancellation);
    }

    private void Cancel(string key)
    {
        if (_running.TryGetValue(key, out var running))
            running.Cancel();
    }

    private void WakeAt(DateTimeOffset? at)
    {
        var now = _ports.Time.GetUtcNow();
        if (_reportNotBefore > now && (at is null || _reportNotBefore < at))
            at = _reportNotBefore;
        var delay = at is { } instant ? instant - now : Timeout.InfiniteTimeSpan;
        _timer.Change(at is not null && delay < TimeSpan.Zero ? TimeSpan.Zero : delay, Timeout.InfiniteTimeSpan);
    }

    private void LookAt(string containerId, string sandboxId)
    {
        if (containerId.Length == 0)
        {
            if (_state.Sandbox?.Id == sandboxId && !_state.IsInFlight($"look/{sandboxId}"))
                Look($"look/{sandboxId}", cancellation => _operations.LookAtSandboxAsync(sandboxId, cancellation));
            return;
        }

        var track = _state.Containers.Values.FirstOrDefault(t => t.Current?.Id == containerId);
        if (track is null || track.HasExited)
            return;
        var key = $"look/{containerId}";
        if (_state.IsInFlight(key))
        {
            _lookAgain.Add(key);
            return;
        }

        var pod = _pod;
        Look(key, cancellation => _operations.LookAsync(pod, track.Name, containerId, cancellation));
    }

    private void Look(string key, Func<CancellationToken, Task<PodFact>> look)
    {
        _state = _state with { InFlight = _state.InFlight.Add(key) };
        Begin(key, "Look", ReportTimeout, look);
    }

    /// <summary>
    /// What the list says otherwise than the state is looked at closely; what is newer than the list is not.
    /// </summary>
    private void Compare(PodMessage.Relisted relisted)
    {
        DoubtReport();
        var listed = relisted.Remains;
        if (_state.Sandbox is { Ready: true } sandbox && sandbox.CreatedAt < relisted.At
            && !listed.Sandboxes.Any(s => s.Id == sandbox.Id && s.Ready))
            LookAt("", sandbox.Id);
        foreach (var track in _state.Containers.Values)
        {
            if (track.Current is not { } current || track.HasExited || current.CreatedAt >= relisted.At)
                continue;
            if (!listed.Containers.Any(c => c.Id == current.Id && c.State == current.State))
                LookAt(current.Id, "");
        }
    }

    /// <summary>What the control plane has otherwise than it was told is told again: a report may be lost on its way,
    /// and the pods of a node that was silent for a while are marked as not ready.</summary>
    private void DoubtReport()
    {
        if (!_isReporting && _reported is not null && AgentConditions.OwnPart(_pod.Status) != _reported)
            _reported = null;
    }

    private void Begin(string key, string kind, TimeSpan timeout, Func<CancellationToken, Task<PodFact>> operation)
    {
        LogBegin(_ports.Log, Name, key);
        var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        _running[key] = limit;
        _ = CarryOutAsync(key, kind, timeout, limit, operation);
    }

    private async Task CarryOutAsync(
        string key, string kind, TimeSpan timeout, CancellationTokenSource limit,
        Func<CancellationToken, Task<PodFact>> operation)
    {
        var began = _ports.Time.GetTimestamp();
        using var clock = new CancellationTokenSource(timeout, _ports.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, clock.Token);
        var outcome = await OutcomeAsync(key, operation, timeout, clock, both.Token);
        _ports.Instruments.OperationEnded(kind, _ports.Time.GetElapsedTime(began), outcome is PodFact.Abandoned);
        Post(new PodMessage.Ended(key, outcome));
    }

    private async Task<PodFact> OutcomeAsync(
        string key, Func<CancellationToken, Task<PodFact>> operation, TimeSpan timeout, CancellationTokenSource clock,
        CancellationToken cancellation)
    {
        try
        {
            return await operation(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return clock.IsCancellationRequested
                ? Abandoned(key, $"no end within {timeout.TotalSeconds}s")
                : new PodFact.Cancelled();
        }
        catch (Exception failed) when (failed is ContainerRuntimeException or VolumeException or IOException
            or UnauthorizedAccessException)
        {
            return Abandoned(key, failed.Message);
        }
#pragma warning disable CA1031 // A bug in one operation must not leave its pod waiting: it is told and retried.
        catch (Exception bug)
        {
            LogBug(_ports.Log, Name, key, bug);
            return new PodFact.Abandoned(bug.Message);
        }
#pragma warning restore CA1031
    }

    private PodFact.Abandoned Abandoned(string key, string problem)
    {
        LogFailed(_ports.Log, Name, key, problem);
        return new PodFact.Abandoned(problem);
    }

    /// <summary>One report at a time; what changes meanwhile goes out together in the next.</summary>
    private void Report(PodStatus status, DateTimeOffset now)
    {
        var isSilent = _state.Removed || _state.StoppedReportedAt is not null || _state.IsInFlight("report-stopped");
        if (_isReporting || isSilent || status == _reported || _reportNotBefore > now)
            return;
        _isReporting = true;
        if (!_isStartCounted && status.Phase == PodPhases.Running)
        {
            _isStartCounted = true;
            _ports.Instruments.PodStarted(_ports.Time.GetElapsedTime(_takenAt));
        }

        _ = ReportAsync(status);
    }

    private async Task ReportAsync(PodStatus status)
    {
        using var clock = new CancellationTokenSource(ReportTimeout, _ports.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop, clock.Token);
        var place = PodPlace.Of(_pod);
        var isReported = false;
        try
        {
            await _ports.Cluster.ReportPodStatusAsync(place.Namespace, place.Name, place.Uid, status, both.Token);
            _ports.Instruments.StatusReported();
            isReported = true;
        }
#pragma warning disable CA1031 // Whatever keeps the control plane from hearing it, the report is made again.
        catch (Exception failed)
        {
            LogReportFailed(_ports.Log, Name, failed.Message);
        }
#pragma warning restore CA1031
        Post(new PodMessage.Reported(status, isReported));
    }

    private string Name => $"{_pod.Metadata.Namespace}/{_pod.Metadata.Name}";
}
