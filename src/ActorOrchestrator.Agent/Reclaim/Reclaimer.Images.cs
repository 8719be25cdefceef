using ActorOrchestrator.Agent.Containers;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>
/// The removal of unused images, one by one:
/// <code>
///   list images ──► ask the agent for its pods ──► remove one ─┐
///                        │  ▲                                  │
///    none is to go  ◄────┘  └──────────────────────────────────┘
/// </code>
/// The pods are asked for anew before each removal, so that an image which a new pod wants is not the next to go. One
/// that is taken for present and goes at the same moment is pulled again: a container that cannot be made asks for it.
/// </summary>
internal sealed partial class Reclaimer
{
    /// <summary>After a collection that did not succeed; kubelet's interval of collections.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

    private ImageLedger _ledger = ImageLedger.Empty;
    private ImageCollection? _collection;
    private int _failures;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    private void OnImageMessage(object message)
    {
        switch (message)
        {
            case ReclaimMessage.Seen seen:
                _ledger = _ledger.Seen(seen.Images, seen.Uses, Now);
                break;
            case ReclaimMessage.Listed listed when _collection is { } collection:
                _ledger = _ledger.Seen(listed.Images, ImageUses.None.And(listed.Kept), Now);
                _collection = collection with { Kept = ImageUses.None.And(listed.Kept) };
                AskForPods();
                break;
            case ReclaimMessage.Removed removed when _collection is { } collection:
                OnRemoved(collection, removed);
                break;
            case ReclaimMessage.Failed failed:
                LogCollectionFailed(_ports.Log, failed.Problem);
                OnFailed(failed.Problem);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <returns>Whether there is a reason to, and it has begun.</returns>
    private bool CollectsImages()
    {
        if (ImageDisk() is not { } disk || Now < _notBefore)
        {
            return false;
        }

        var bytes = ImageGarbage.Excess(disk.Bytes, _settings.Images);
        if (bytes == 0 && !ImageGarbage.HasExpired(_ledger, _settings.Images, Now))
        {
            return false;
        }

        Collect(new ImageCollection(bytes, _settings.Images));
        return true;
    }

    private void Collect(ImageCollection collection)
    {
        _collection = collection;
        Attempt(async () => new ReclaimMessage.Listed(
            await _ports.Runtime.ListImagesAsync(_stop), await _ports.Runtime.KeptImagesAsync(_stop)));
    }

    private void RemoveNext(ImageCollection collection, ImageUses uses)
    {
        if (ImageGarbage.Next(_ledger, uses, collection.Wanting, collection.Rules, Now) is not { } next)
        {
            EndCollection(collection.Shortfall);
            return;
        }

        var image = next.Image;
        RemoveAsync(image).PipeTo(Self, useConfigureAwait: true);
    }

    private async Task<ReclaimMessage> RemoveAsync(ImageInfo image)
    {
        try
        {
            await _ports.Runtime.RemoveImageAsync(image.Id, _stop);
            return new ReclaimMessage.Removed(image, null);
        }
        catch (ContainerRuntimeException failed)
        {
            return new ReclaimMessage.Removed(image, failed.Message);
        }
    }

    private void OnRemoved(ImageCollection collection, ReclaimMessage.Removed removed)
    {
        // One that could not be removed is not tried again before the next collection.
        _ledger = _ledger.Without(removed.Image.Id);
        _collection = removed.Problem is { } problem
            ? collection with { Problems = collection.Problems.Add(problem) }
            : collection with { Freed = collection.Freed + removed.Image.SizeBytes };
        var name = removed.Image.Tags.Concat(removed.Image.Digests).FirstOrDefault() ?? removed.Image.Id;
        LogImageRemoved(_ports.Log, name, removed.Image.SizeBytes, removed.Problem ?? "removed");
        AskForPods();
    }

    private void OnFailed(string problem)
    {
        if (_relief is null)
        {
            EndCollection(problem);
            return;
        }

        // No pod goes while it is not known which images could.
        _collection = null;
        Sleep();
    }

    private void EndCollection(string? problem)
    {
        var ended = _collection;
        _collection = null;
        if (_relief is not null)
        {
            // Whether it was enough the machine says, and what was not may be found in pods.
            AskForPods();
            return;
        }

        _failures = problem is null ? 0 : _failures + 1;
        if (problem is not null)
        {
            _notBefore = Now + RetryAfter;
            if (ended?.Shortfall is not null)
            {
                Warn("FreeDiskSpaceFailed", problem);
            }

            // As kubelet: the first failure may be the runtime's start.
            if (_failures > 1)
            {
                Warn("ImageGCFailed", problem);
            }
        }

        Sleep();
    }
}
