using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>The lists of everything in the runtime, and what they show to be left over.</summary>
public sealed partial class NodeAgent
{
    /// <summary>Pods of which only files are left, while the runtime is asked for their images' views.</summary>
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);

    /// <summary>One list at a time: one that began before the latest gap is followed by another.</summary>
    private void Relist()
    {
        _isListOutdated = _isListing;
        if (_isListing)
        {
            return;
        }

        _isListing = true;
        Attempt("the runtime's list", async () => new NodeMessage.Relisted(
            await RuntimeInventory.ListAsync(_ports.Runtime, _ports.Time, _stop)));
    }

    private void OnRelisted(RuntimeInventory inventory)
    {
        _isListing = false;
        foreach (var uid in Workers.Uids)
        {
            Workers.Tell(uid, new PodMessage.Relisted(RemainsOf(uid, inventory)));
        }

        var running = inventory.Pods.Values.SelectMany(pod => pod.Remains.Containers);
        _reclaimer.Tell(new ReclaimMessage.Seen(
            _heart.AllImages, ImageUses.Of(Workers.Pods).And(ImageUses.Of(running))));
        Compare(inventory);
        if (_isListOutdated)
        {
            Relist();
        }
        else
        {
            Timers.StartSingleTimer(nameof(Relist), new NodeMessage.Relist(), _settings.RelistInterval);
        }
    }

    /// <summary>What is left of a pod without a worker is ended once the lists of a whole interval say so.</summary>
    private void Compare(RuntimeInventory inventory)
    {
        if (!_isRecovered)
        {
            return;
        }

        RemoveOldTraces(inventory);
        _unclaimed.See(inventory.Pods.Keys.Where(uid => !Workers.Has(uid)), inventory.At);
        if (_unclaimed.Since(inventory.At - _settings.RelistInterval) is not { Count: > 0 } leaked)
        {
            return;
        }

        LogLeaked(_ports.Log, string.Join(' ', leaked));
        Attempt("the look at what is left", async () => new NodeMessage.UnclaimedFound(
            leaked, await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, _stop)));
    }

    /// <summary>Directories and logs of pods that neither the cluster nor the runtime knows any more. They go last, as
    /// they are what tells of the pod.</summary>
    private void RemoveOldTraces(RuntimeInventory inventory)
    {
        foreach (var place in _ports.Files.Known()
            .Where(p => !Workers.Has(p.Uid) && !inventory.Pods.ContainsKey(p.Uid) && _forgotten.Add(p.Uid)))
        {
            Attempt("the removal of a pod's images", async () =>
            {
                await _ports.Runtime.RemoveImageViewsAsync(place.Uid, _stop);
                return new NodeMessage.TracesLeft(place);
            });
        }
    }

    private void RemoveTraces(PodPlace place)
    {
        _forgotten.Remove(place.Uid);
        if (Workers.Has(place.Uid))
        {
            return;
        }

        try
        {
            // Directories last: nothing would tell of a group once they are gone.
            _ports.Groups?.Remove(place.Uid);
            _ports.Files.RemoveTraces(place);
        }
        catch (Exception stuck) when (stuck is IOException or UnauthorizedAccessException)
        {
            LogTraces(_ports.Log, place.Uid, FailureWords.Of(stuck));
        }
    }

    private static PodRemains RemainsOf(string uid, RuntimeInventory? inventory) =>
        inventory?.Pods.GetValueOrDefault(uid)?.Remains ?? PodRemains.None;

    /// <summary>Ends what the runtime holds for a pod that is not wanted here.</summary>
    private void EndOrphan(string uid, RuntimeInventory inventory)
    {
        if (inventory.Pods.GetValueOrDefault(uid) is not { } found || Workers.Has(uid))
        {
            return;
        }

        var pod = PodRecovery.Orphan(found.Sandbox.Namespace, found.Sandbox.Name, uid, found.GraceSeconds);
        Workers.Desire(pod, found.Remains, isRemoved: true);
    }
}
