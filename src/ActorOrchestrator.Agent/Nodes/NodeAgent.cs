using System.Threading.Channels;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>
/// The agent of one machine: registers its node, tells that it lives, and keeps one worker for each pod that is bound
/// to it or that the runtime still holds. Stopping it touches no container; started again it takes over what runs.
/// </summary>
public sealed partial class NodeAgent
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(10);

    private const int BeatsBetweenRegistrations = 6;

    private readonly NodeSettings _settings;
    private readonly NodePorts _ports;
    private readonly NodeHeart _heart;
    private readonly WorkerLimits _limits;
    private readonly Channel<Action> _turns =
        Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly UnclaimedPods _unclaimed = new();
    private WorkerSet? _workers;
    private CancellationToken _stop;
    private bool _isRecovered;

    public NodeAgent(NodeSettings settings, NodePorts ports)
    {
        _settings = settings;
        _ports = ports;
        _heart = new NodeHeart(settings, ports);
        _limits = new WorkerLimits(settings.ParallelSandboxes, settings.ParallelPulls);
    }

    /// <summary>Ends when the node is registered and the first snapshot of its pods was taken over.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Runs until cancelled; then workers end and containers run on.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _stop = all.Token;
        await RegisterAsync(all.Token);
        _workers = new WorkerSet(_ports, WorkerPortsNow, all.Token);
        Task[] parts =
        [
            TurnAsync(all.Token), BeatAsync(all.Token), AssignmentsAsync(all.Token), RuntimeEventsAsync(all.Token),
            ConfigurationAsync(all.Token), RelistAsync(all.Token),
        ];
        try
        {
            // Each part ends by cancellation alone; if one fails otherwise, all end and the failure is thrown.
            await await Task.WhenAny(parts);
        }
        finally
        {
            // On this thread: what listens only notes the end.
            all.Cancel();
            await Task.WhenAll(parts.Append(_workers.WhenAllEndedAsync()))
                .ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private WorkerPorts WorkerPortsNow() => new(
        _ports.Runtime, _ports.Cluster, _ports.Files, _ports.Prober,
        new NodeView(_settings.NodeName, _settings.HostIps, _heart.Version.Name),
        new PodEnvironment(_settings.Dns, _settings.MachineDns, NodeReport.Allocatable(_settings, _heart.Facts)),
        _limits, _ports.Time, _ports.Log, _ports.Instruments)
    {
        OnSandbox = (sandboxId, uid) => _workers?.RememberSandbox(sandboxId, uid),
    };

    private WorkerSet Workers => _workers ?? throw new InvalidOperationException("the agent does not run");

    private async Task RegisterAsync(CancellationToken stop)
    {
        await RepeatedAsync("registration", async () =>
        {
            await _heart.IdentifyRuntimeAsync(stop);
            await _ports.Cluster.RegisterNodeAsync(await _heart.NodeAsync(stop), stop);
            return true;
        }, stop);
        LogRegistered(_ports.Log, _settings.NodeName, _heart.Version.Name, _heart.Version.Version);
    }

    /// <summary>Everything that touches the workers runs here, one after the other.</summary>
    private async Task TurnAsync(CancellationToken stop)
    {
        while (await _turns.Reader.WaitToReadAsync(stop))
        {
            while (_turns.Reader.TryRead(out var turn))
                turn();
        }
    }

    private void InTurn(Action turn) => _turns.Writer.TryWrite(turn);

    private async Task BeatAsync(CancellationToken stop)
    {
        for (var beats = 1; ; beats++)
        {
            await Task.Delay(_settings.HeartbeatInterval, _ports.Time, stop);
            // A node that somebody deleted comes back by itself.
            var isRegistration = beats % BeatsBetweenRegistrations == 0;
            await RepeatedAsync("heartbeat", async () =>
            {
                if (isRegistration)
                    await _ports.Cluster.RegisterNodeAsync(await _heart.NodeAsync(stop), stop);
                else
                    await _ports.Cluster.HeartbeatAsync(_settings.NodeName, await _heart.StatusAsync(stop), stop);
                return true;
            }, stop);
        }
    }

    private Task AssignmentsAsync(CancellationToken stop) => RepeatedAsync("the stream of assignments", async () =>
    {
        await foreach (var assignment in _ports.Cluster.AssignmentsAsync(_settings.NodeName, stop))
        {
            if (assignment is Assignment.Snapshot snapshot)
            {
                var inventory = _isRecovered
                    ? null
                    : await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, stop);
                InTurn(() => TakeSnapshot(snapshot.Pods, inventory));
                _isRecovered = true;
            }
            else
                InTurn(() => Take(assignment));
        }

        return false;
    }, stop);

    private void TakeSnapshot(IReadOnlyList<Pod> pods, RuntimeInventory? inventory)
    {
        var wanted = pods.Select(p => p.Metadata.Uid ?? "").ToHashSet(StringComparer.Ordinal);
        foreach (var pod in pods)
            Desire(pod, inventory);
        foreach (var gone in Workers.Uids.Where(uid => !wanted.Contains(uid)).ToList())
            Workers.Post(gone, new PodMessage.Removed(IsForced: false));
        if (inventory is null)
            return;
        var orphans = inventory.Pods.Keys.Where(uid => !Workers.Has(uid)).ToList();
        foreach (var uid in orphans)
            EndOrphan(uid, inventory);
        RemoveOldTraces();
        LogRecovered(_ports.Log, pods.Count, orphans.Count);
        _ready.TrySetResult();
    }

    /// <summary>Ends what the runtime holds for a pod that is not wanted here.</summary>
    private void EndOrphan(string uid, RuntimeInventory inventory)
    {
        if (inventory.Pods.GetValueOrDefault(uid) is not { } found || Workers.Has(uid))
            return;
        var pod = PodRecovery.Orphan(found.Sandbox.Namespace, found.Sandbox.Name, uid, found.GraceSeconds);
        Workers.Start(pod, found.Remains, isRemoved: true, OnWorkerEnded);
    }

    private void Desire(Pod pod, RuntimeInventory? inventory)
    {
        var uid = pod.Metadata.Uid ?? "";
        if (Workers.Has(uid))
        {
            Workers.Post(uid, new PodMessage.Desired(pod));
            return;
        }

        var remains = inventory?.Pods.GetValueOrDefault(uid)?.Remains ?? PodRemains.None;
        Workers.Start(pod, remains, isRemoved: false, OnWorkerEnded);
    }

    private void Take(Assignment assignment)
    {
        switch (assignment)
        {
            case Assignment.Changed changed:
                Desire(changed.Pod, null);
                break;
            case Assignment.Removed removed:
                Workers.Post(removed.Uid, new PodMessage.Removed(IsForced: true));
                break;
            default:
                throw new InvalidOperationException($"no way to take {assignment.GetType().Name}");
        }
    }

    private void OnWorkerEnded(string uid, Exception? bug) => InTurn(() =>
    {
        var pod = Workers.Forget(uid);
        if (bug is null || pod is null)
            return;
        LogWorkerDied(_ports.Log, $"{pod.Metadata.Namespace}/{pod.Metadata.Name}", bug);
        _ = ReviveAsync(pod);
    });

    /// <summary>
    /// A worker that met a bug starts over from what the runtime holds, as after a restart of the agent.
    /// </summary>
    private async Task ReviveAsync(Pod pod)
    {
        await Task.Delay(RetryLongest, _ports.Time, _stop);
        await RepeatedAsync("the restart of a worker", async () =>
        {
            var inventory = await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, _stop);
            InTurn(() => Desire(pod, inventory));
            return true;
        }, _stop);
    }

    /// <summary>Directories and logs of pods that neither the cluster nor the runtime knows any more.</summary>
    private void RemoveOldTraces()
    {
        foreach (var place in _ports.Files.Known().Where(p => !Workers.Has(p.Uid)))
        {
            try
            {
                _ports.Files.RemoveTraces(place);
            }
            catch (Exception stuck) when (stuck is IOException or UnauthorizedAccessException)
            {
                LogTraces(_ports.Log, place.Uid, stuck.Message);
            }
        }
    }

    private Task RuntimeEventsAsync(CancellationToken stop) => RepeatedAsync("the runtime's event stream", async () =>
    {
        await foreach (var told in _ports.Runtime.EventsAsync(stop))
        {
            if (told.Kind == RuntimeEventKind.Reconnected)
                InTurn(() => _ = RelistOnceAsync(stop));
            else if (told.Kind != RuntimeEventKind.ContainerStarted)
                InTurn(() => Route(told));
        }

        return false;
    }, stop);

    private void Route(RuntimeEvent told)
    {
        var containerId = told.Kind == RuntimeEventKind.SandboxExited ? "" : told.ContainerId;
        if (Workers.UidOf(told.SandboxId) is { } uid)
            Workers.Post(uid, new PodMessage.RuntimeChanged(containerId, told.SandboxId));
    }

    private Task ConfigurationAsync(CancellationToken stop) => RepeatedAsync("the stream of configuration", async () =>
    {
        await foreach (var changed in _ports.Cluster.ConfigurationChangesAsync(stop))
        {
            var kind = changed is Secret ? "Secret" : "ConfigMap";
            var message = new PodMessage.ConfigurationChanged(kind, changed.Metadata.Name ?? "");
            InTurn(() => Workers.PostToNamespace(changed.Metadata.Namespace ?? "", message));
        }

        return false;
    }, stop);

    private async Task RelistAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(_settings.RelistInterval, _ports.Time, stop);
            await RelistOnceAsync(stop);
        }
    }

    private async Task RelistOnceAsync(CancellationToken stop)
    {
        try
        {
            var inventory = await RuntimeInventory.ListAsync(_ports.Runtime, _ports.Time, stop);
            InTurn(() =>
            {
                foreach (var uid in Workers.Uids)
                {
                    var remains = inventory.Pods.GetValueOrDefault(uid)?.Remains ?? PodRemains.None;
                    Workers.Post(uid, new PodMessage.Relisted(remains, inventory.At));
                }

                Compare(inventory, stop);
            });
        }
        catch (ContainerRuntimeException down)
        {
            LogRetry(_ports.Log, "the runtime's list", _settings.RelistInterval.TotalMilliseconds, down.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The agent stops; the next one lists first of all.
        }
    }

    /// <summary>What is left of a pod without a worker is ended once the lists of a whole interval say so.</summary>
    private void Compare(RuntimeInventory inventory, CancellationToken stop)
    {
        if (!_ready.Task.IsCompleted)
            return;
        _unclaimed.See(inventory.Pods.Keys.Where(uid => !Workers.Has(uid)), inventory.At);
        if (_unclaimed.Since(inventory.At - _settings.RelistInterval) is { Count: > 0 } leaked)
            _ = EndUnclaimedAsync(leaked, stop);
    }

    private async Task EndUnclaimedAsync(List<string> uids, CancellationToken stop)
    {
        LogLeaked(_ports.Log, string.Join(' ', uids));
        try
        {
            var details = await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, stop);
            InTurn(() => uids.ForEach(uid => EndOrphan(uid, details)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next life of the agent begins with a look at what is left.
        }
        catch (Exception away) when (away is ContainerRuntimeException or OperationCanceledException)
        {
            // The next list names them too.
            LogRetry(_ports.Log, "the look at what is left", _settings.RelistInterval.TotalMilliseconds, away.Message);
        }
    }

    /// <summary>Does something until it says that it is done; after a failure again, ever more slowly.</summary>
    private async Task RepeatedAsync(string what, Func<Task<bool>> work, CancellationToken stop)
    {
        for (var failures = 0; ;)
        {
            var problem = "it ended";
            try
            {
                if (await work())
                    return;
                failures = 0;
            }
#pragma warning disable CA1031 // The control plane and the runtime may be away for any reason: the agent outlasts it.
            catch (Exception failed) when (!stop.IsCancellationRequested)
            {
                problem = failed.Message;
            }
#pragma warning restore CA1031
            var delay = BackOff.Doubling(RetryFirst, RetryLongest, failures++);
            LogRetry(_ports.Log, what, delay.TotalMilliseconds, problem);
            await Task.Delay(delay, _ports.Time, stop);
        }
    }
}
