using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>
/// Gives back what a machine is short of: a child of its <see cref="NodeAgent"/>. Every ten seconds it looks at the
/// disk; when that is too full, or an image has lain unused for too long, unused images are removed one by one.
/// <code>
///   idle ──► list images ──► ask the agent for its pods ──► remove one ─┐
///    ▲                            │  ▲                                  │
///    └──────── none is to go ─────┘  └──────────────────────────────────┘
/// </code>
/// The pods are asked for anew before each removal, so that an image which a new pod wants is not the next to go. One
/// that is taken for present and goes at the same moment is pulled again: each start asks for it.
/// </summary>
internal sealed partial class Reclaimer : UntypedActor, IWithTimers, IDisposable
{
    /// <summary>As kubelet's housekeeping. A look costs two system calls.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>After a collection that did not succeed; kubelet's interval of collections.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(5);

    private readonly NodeSettings _settings;
    private readonly NodePorts _ports;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _stop;
    private ImageLedger _ledger = ImageLedger.Empty;
    private string? _imageDirectory;
    private bool _isLocated;
    private ImageCollection? _collection;
    private int _failures;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    public Reclaimer(NodeSettings settings, NodePorts ports)
    {
        _settings = settings;
        _ports = ports;
        _stop = _ending.Token;
    }

    /// <summary>Akka's, who sets it before the actor starts.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeSettings settings, NodePorts ports) =>
        Akka.Actor.Props.Create<Reclaimer>(settings, ports).WithDispatcher(NodeSupervisor.Dispatcher);

    private DateTimeOffset Now => _ports.Time.GetUtcNow();

    public void Dispose() => _ending.Dispose();

    protected override void PreStart() => Sleep();

    protected override void PostStop()
    {
        // On this thread: what listens only notes the end.
        _ending.Cancel();
        Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReclaimMessage.Round:
                OnRound();
                break;
            case ReclaimMessage.Located located:
                (_imageDirectory, _isLocated) = (located.Directory, true);
                OnRound();
                break;
            case ReclaimMessage.Seen seen:
                _ledger = _ledger.Seen(seen.Images, seen.Uses, Now);
                break;
            case ReclaimMessage.Listed listed when _collection is { } collection:
                _ledger = _ledger.Seen(listed.Images, ImageUses.None.And(listed.Kept), Now);
                _collection = collection with { Kept = ImageUses.None.And(listed.Kept) };
                Context.Parent.Tell(new NodeMessage.PodsAsked());
                break;
            case ReclaimMessage.Present present when _collection is { } collection:
                RemoveNext(collection, collection.Kept.And(ImageUses.Of(present.Pods)));
                break;
            case ReclaimMessage.Removed removed when _collection is { } collection:
                OnRemoved(collection, removed);
                break;
            case ReclaimMessage.Failed failed:
                LogCollectionFailed(_ports.Log, failed.Problem);
                End(failed.Problem);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Sleep() => Timers.StartSingleTimer(nameof(ReclaimMessage.Round), new ReclaimMessage.Round(), Interval);

    private void OnRound()
    {
        if (!_isLocated)
        {
            Attempt(async () => new ReclaimMessage.Located(await _ports.Runtime.ImageDirectoryAsync(_stop)));
            return;
        }

        if (_imageDirectory is null || Now < _notBefore)
        {
            Sleep();
            return;
        }

        var bytes = ImageGarbage.Excess(_ports.Machine.FileSystem(_imageDirectory).Bytes, _settings.Images);
        if (bytes == 0 && !ImageGarbage.HasExpired(_ledger, _settings.Images, Now))
        {
            Sleep();
            return;
        }

        _collection = new ImageCollection(bytes);
        Attempt(async () => new ReclaimMessage.Listed(
            await _ports.Runtime.ListImagesAsync(_stop), await _ports.Runtime.KeptImagesAsync(_stop)));
    }

    private void RemoveNext(ImageCollection collection, ImageUses uses)
    {
        if (ImageGarbage.Next(_ledger, uses, collection.Wanting, _settings.Images, Now) is not { } next)
        {
            End(collection.Shortfall);
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
        Context.Parent.Tell(new NodeMessage.PodsAsked());
    }

    private void End(string? problem)
    {
        var isShort = _collection?.Shortfall is not null;
        _collection = null;
        _failures = problem is null ? 0 : _failures + 1;
        if (problem is not null)
        {
            _notBefore = Now + RetryAfter;
            if (isShort)
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

    private void Warn(string reason, string message) =>
        _ports.RecordOfNode(_settings.NodeName, PodEvent.Warning, reason, message);

    private void Attempt(Func<Task<ReclaimMessage>> work) => work().PipeTo(
        Self, useConfigureAwait: true, failure: problem => new ReclaimMessage.Failed(problem.Message));

    [LoggerMessage(4110, LogLevel.Information, "unused image {Image} of {Bytes} bytes: {Outcome}")]
    private static partial void LogImageRemoved(ILogger log, string image, long bytes, string outcome);

    [LoggerMessage(4111, LogLevel.Warning, "images could not be collected: {Problem}")]
    private static partial void LogCollectionFailed(ILogger log, string problem);
}
