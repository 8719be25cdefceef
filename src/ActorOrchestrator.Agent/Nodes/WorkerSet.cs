using System.Collections.Concurrent;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>The workers of a node by pod uid. Used by the agent's loop only, but for the lookup by sandbox.</summary>
internal sealed class WorkerSet(NodePorts ports, Func<WorkerPorts> workerPorts, CancellationToken stop)
{
    private readonly Dictionary<string, (PodWorker Worker, Task Run)> _workers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _uidBySandbox = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Uids => _workers.Keys;

    public bool Has(string uid) => _workers.ContainsKey(uid);

    public void RememberSandbox(string sandboxId, string uid) => _uidBySandbox[sandboxId] = uid;

    public string? UidOf(string sandboxId) => _uidBySandbox.GetValueOrDefault(sandboxId);

    /// <summary>Starts a worker; <paramref name="onEnd"/> gets the uid, and the failure if it was one.</summary>
    public void Start(Pod pod, PodRemains remains, bool isRemoved, Action<string, Exception?> onEnd)
    {
        var uid = pod.Metadata.Uid ?? throw new InvalidOperationException($"pod {pod.Metadata.Name} has no uid");
        var worker = new PodWorker(pod, remains, workerPorts());
        if (isRemoved)
            worker.Post(new PodMessage.Removed(IsForced: false));
        ports.Instruments.PodTaken();
        _workers.Add(uid, (worker, RunAsync(worker, uid, onEnd)));
    }

    public void Post(string uid, PodMessage message)
    {
        if (_workers.TryGetValue(uid, out var known))
            known.Worker.Post(message);
    }

    public void PostToNamespace(string podNamespace, PodMessage message)
    {
        foreach (var (worker, _) in _workers.Values.Where(w => w.Worker.Pod.Metadata.Namespace == podNamespace))
            worker.Post(message);
    }

    public Pod? Forget(string uid)
    {
        if (!_workers.Remove(uid, out var known))
            return null;
        ports.Instruments.PodLeft();
        foreach (var (sandbox, owner) in _uidBySandbox.Where(entry => entry.Value == uid).ToList())
            _uidBySandbox.TryRemove(KeyValuePair.Create(sandbox, owner));
        return known.Worker.Pod;
    }

    /// <summary>Ends when every worker has; they were told by the cancellation that the set was made with.</summary>
    public Task WhenAllEndedAsync() => Task.WhenAll(_workers.Values.Select(w => w.Run));

    private async Task RunAsync(PodWorker worker, string uid, Action<string, Exception?> onEnd)
    {
        // A worker's first decision must not run inside the loop that starts it.
        await Task.Yield();
        try
        {
            await worker.RunAsync(stop);
            onEnd(uid, null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The agent stops: containers run on and the next agent takes them over.
        }
#pragma warning disable CA1031 // A bug met by one pod must not end the others' workers.
        catch (Exception bug)
        {
            onEnd(uid, bug);
        }
#pragma warning restore CA1031
    }
}
