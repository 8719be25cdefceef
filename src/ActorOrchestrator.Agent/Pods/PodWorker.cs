using ActorOrchestrator.Agent.Mailboxes;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// The shell around <see cref="PodPlan"/> for one pod (uid): an actor that takes in what happened, decides once for all
/// that waited, begins the operations that the step names and reports the status when it changed. Operations run beside
/// it and come back as messages. It ends when the pod is gone from this machine; stopped before, containers run on.
/// </summary>
internal sealed partial class PodWorker : UntypedActor, IDisposable
{
    private const string Mailbox = "akka.actor.worker-mailbox";

    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(30);

    private readonly WorkerPorts _ports;
    private readonly PodOperations _operations;
    private readonly Dictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lookAgain = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly long _takenAt;
    private ICancelable? _alarm;
    private Pod _pod;
    private PodState _state;
    private PodReason _reason = new PodReason.Settled();
    private bool _isDecisionQueued;

    public PodWorker(
        PodMessage.Desired desired, PodRemains remains, NodeRejection? rejection, PodMessage.Removed? removed,
        WorkerPorts ports)
    {
        var pod = _pod = desired.Pod;
        _ports = ports;
        _operations = new PodOperations(ports);
        var seen = remains.Containers.Select(c => LastWords.Added(ports.Files, pod, c)).ToList();
        _state = PodRecovery.StateOf(pod, remains with { Containers = seen }, ports.Time.GetUtcNow())
            with { Rejection = rejection, ResizeRefusal = desired.Refusal };
        _reported = pod.Status.Phase is null ? null : AgentConditions.OwnPart(pod.Status);
        _isStartCounted = remains.Containers.Count > 0;
        _takenAt = ports.Time.GetTimestamp();
        if (removed is not null)
        {
            Hear(removed);
        }
    }

    /// <param name="desired">The pod as it is wanted.</param>
    /// <param name="remains">What the runtime has of it.</param>
    /// <param name="rejection">Why the node does not take it; null when it does.</param>
    /// <param name="removed">Set when nobody wants it any more.</param>
    /// <param name="ports">What the machine's workers share.</param>
    public static Props Props(
        PodMessage.Desired desired, PodRemains remains, NodeRejection? rejection, PodMessage.Removed? removed,
        WorkerPorts ports) =>
        Akka.Actor.Props.Create(() => new PodWorker(desired, remains, rejection, removed, ports))
            .WithDispatcher(NodeSupervisor.Dispatcher).WithMailbox(Mailbox);

    protected override void PreStart() => QueueDecision();

    protected override void PostStop()
    {
        _alarm?.Cancel();
        // On this thread: what listens only notes the end.
        _stop.Cancel();
        Dispose();
    }

    public void Dispose() => _stop.Dispose();

    protected override void OnReceive(object message)
    {
        if (message is PodMessage.Decide)
        {
            _isDecisionQueued = false;
            Decide();
            return;
        }

        Hear(message);
        QueueDecision();
    }

    /// <summary>One decision for all that waits in the mailbox.</summary>
    private void QueueDecision()
    {
        if (!_isDecisionQueued)
        {
            _isDecisionQueued = true;
            Self.Tell(new PodMessage.Decide());
        }
    }

    private void Hear(object message)
    {
        var now = _ports.Time.GetUtcNow();
        switch (message)
        {
            case PodMessage.Desired desired:
                _state = _state with { ResizeRefusal = desired.Refusal };
                HearDesired(desired.Pod, now);
                break;
            case PodMessage.Removed removed:
                _state = _state with { Removed = true };
                if (removed.IsForced)
                {
                    _pod = _pod with { Metadata = _pod.Metadata with { DeletionGracePeriodSeconds = 0 } };
                }

                break;
            case PodMessage.ConfigurationChanged:
                _state = PodFacts.Apply(_state, _pod, new PodFact.ConfigurationChanged(), now);
                break;
            case PodMessage.Evicted evicted:
                _state = _state with { Eviction = _state.Eviction ?? evicted.Eviction };
                break;
            case PodMessage.MakeRoom:
                _state = _state with { IsInTheWay = PodPhases.IsTerminal(_state.LastStatus?.Phase) };
                break;
            case PodMessage.RuntimeChanged changed:
                LookAt(changed.ContainerId, changed.SandboxId);
                break;
            case PodMessage.Relisted relisted:
                Compare(relisted);
                break;
            case PodMessage.Ended ended:
                if (_running.Remove(ended.Key, out var limit))
                {
                    limit.Dispose();
                }

                _state = PodFacts.End(_state, _pod, ended.Key, ended.Outcome, now);
                if (_lookAgain.Remove(ended.Key) && ended.Outcome is PodFact.ContainerSeen seen)
                {
                    LookAt(seen.Status.Id, "");
                }

                break;
            case PodMessage.Reported reported:
                HearReported(reported, now);
                break;
            case MailboxOverflowed:
                LookAtEverything(now);
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
        {
            _state = PodFacts.Apply(_state, pod, new PodFact.ConfigurationChanged(), now);
        }
    }

    /// <summary>Whatever was heard, and however late: a pod whose lease was over has ended for good.</summary>
    private void ObeyFence()
    {
        if (_state.Eviction is not { IsAtOnce: true } && _ports.Fence is { } fence
            && fence.Forbids(_pod.Metadata.Uid ?? ""))
        {
            _state = _state with { Eviction = PodEviction.OfFence(fence.Term) };
        }
    }

    private void Decide()
    {
        ObeyFence();
        var now = _ports.Time.GetUtcNow();
        var step = PodPlan.Next(_pod, _state, _ports.Node, now);
        _state = _state with { LastStatus = step.Status };
        if (step.Reason != _reason)
        {
            LogStep(_ports.Log, Name, step.Reason.ToString());
        }

        _reason = step.Reason;
        foreach (var told in step.Events)
        {
            _ports.Record(_pod, told);
        }

        foreach (var key in step.Cancellations)
        {
            Cancel(key);
        }

        foreach (var action in step.Actions)
        {
            _state = PodFacts.Begin(_state, _pod, action, now);
            Begin(action.Key, action.GetType().Name, PodOperations.TimeoutOf(action), WithState(action));
        }

        Report(step.Status, now);
        WakeAt(Earliest(step.WakeAt, ReportAt(now)));
        if (step.Reason is PodReason.Gone && _running.Count == 0 && !_isReporting)
        {
            Context.Stop(Self);
        }
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
        {
            running.Cancel();
        }
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        other is null || one < other ? one : other;

    private void WakeAt(DateTimeOffset? at)
    {
        var now = _ports.Time.GetUtcNow();
        _alarm?.Cancel();
        _alarm = at is not { } instant
            ? null
            : Context.System.Scheduler.ScheduleTellOnceCancelable(
                instant > now ? instant - now : TimeSpan.Zero, Self, new PodMessage.Woken(), Self);
    }

    private void LookAt(string containerId, string sandboxId)
    {
        if (containerId.Length == 0)
        {
            if (_state.Sandbox?.Id == sandboxId && !_state.IsInFlight($"look/{sandboxId}"))
            {
                Look($"look/{sandboxId}", cancellation => _operations.LookAtSandboxAsync(sandboxId, cancellation));
            }

            return;
        }

        var track = _state.Containers.Values.FirstOrDefault(t => t.Current?.Id == containerId);
        if (track is null || track.HasExited)
        {
            return;
        }

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
        Begin(key, "Look", LookTimeout, look);
    }

    /// <summary>Messages were lost, so whatever they told of may be other than it is known.</summary>
    private void LookAtEverything(DateTimeOffset now)
    {
        LogOverflowed(_ports.Log, Name);
        _ports.Agent.Tell(new NodeMessage.TellAgain(_pod.Metadata.Uid ?? ""));
        _state = PodFacts.Apply(_state, _pod, new PodFact.ConfigurationChanged(), now);
        if (_state.Sandbox is { } sandbox)
        {
            LookAt("", sandbox.Id);
        }

        foreach (var track in _state.Containers.Values.Where(t => t.Current is not null))
        {
            LookAt(track.Current!.Id, "");
        }
    }

    /// <summary>What the list says otherwise than the state is looked at closely. That may be newer than the list, but
    /// no time of day tells: clocks are set back.</summary>
    private void Compare(PodMessage.Relisted relisted)
    {
        DoubtReport();
        var listed = relisted.Remains;
        if (_state.Sandbox is { Ready: true } sandbox
            && !listed.Sandboxes.Any(s => s.Id == sandbox.Id && s.Ready))
        {
            LookAt("", sandbox.Id);
        }

        foreach (var track in _state.Containers.Values)
        {
            if (track.Current is not { } current || track.HasExited)
            {
                continue;
            }

            if (!listed.Containers.Any(c => c.Id == current.Id && c.State == current.State))
            {
                LookAt(current.Id, "");
            }
        }
    }

    private void Begin(string key, string kind, TimeSpan timeout, Func<CancellationToken, Task<PodFact>> operation)
    {
        LogBegin(_ports.Log, Name, key);
        var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _running[key] = limit;
        CarryOutAsync(new BoundedOperation(_ports, Name, key, kind, timeout, operation), limit.Token)
            .PipeTo(Self, useConfigureAwait: true);
    }

    private static async Task<PodMessage> CarryOutAsync(BoundedOperation operation, CancellationToken limit) =>
        new PodMessage.Ended(operation.Key, await operation.RunAsync(limit));

    private string Name => $"{_pod.Metadata.Namespace}/{_pod.Metadata.Name}";
}
