using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>
/// Gives back what a machine is short of: a child of its <see cref="NodeAgent"/>. Every ten seconds it looks at the
/// machine. While a threshold is passed it makes room on the disk first, and evicts a pod only if that is not enough.
/// <code>
///   idle ──► a threshold is passed ──────────────► its room on the disk ──► still passed: one pod is evicted ──► idle
///    │                                              images, ended pods
///    └─────► the images' disk is too full, or one has lain unused for too long ──► images ──────────────────────► idle
/// </code>
/// </summary>
internal sealed partial class Reclaimer : UntypedActor, IWithTimers, IDisposable
{
    /// <summary>As kubelet's housekeeping. A look costs a few system calls.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NodeSettings _settings;
    private readonly NodePorts _ports;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _stop;
    private string? _imageDirectory;
    private bool _isLocated;

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

    protected override void PreStart() => OnRound();

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
            case ReclaimMessage.Present present when _collection is { } collection:
                RemoveNext(collection, collection.Kept.And(ImageUses.Of(present.Pods)));
                break;
            case ReclaimMessage.Present present when _relief is { } relief:
                Relieve(relief, present.Pods);
                break;
            case ReclaimMessage.Unknown:
                // Any image may be one of theirs.
                _collection = null;
                Sleep();
                break;
            case ReclaimMessage.Measured measured when _relief is { } relief:
                EvictOne(relief, measured.Usages);
                break;
            case ReclaimMessage.Failed failed when _relief is not null && _collection is null:
                LogReliefFailed(_ports.Log, failed.Problem);
                Sleep();
                break;
            default:
                OnImageMessage(message);
                break;
        }
    }

    private void Sleep()
    {
        _relief = null;
        Timers.StartSingleTimer(nameof(ReclaimMessage.Round), new ReclaimMessage.Round(), Interval);
    }

    private void OnRound()
    {
        if (!_isLocated)
        {
            Attempt(async () => new ReclaimMessage.Located(await _ports.Runtime.ImageDirectoryAsync(_stop)));
            return;
        }

        if (Look() is { } breach)
        {
            Begin(breach);
        }
        else if (!CollectsImages())
        {
            Sleep();
        }
    }

    private static void AskForPods() => Context.Parent.Tell(new NodeMessage.PodsAsked());

    private FileSystemLoad? ImageDisk() =>
        _imageDirectory is null ? null : _ports.Machine.FileSystem(_imageDirectory);

    private void Warn(string reason, string message) =>
        _ports.RecordOfNode(_settings.NodeName, PodEvent.Warning, reason, message);

    private void Attempt(Func<Task<ReclaimMessage>> work) => work().PipeTo(
        Self, useConfigureAwait: true, failure: problem => new ReclaimMessage.Failed(problem.Message));

    [LoggerMessage(4110, LogLevel.Information, "unused image {Image} of {Bytes} bytes: {Outcome}")]
    private static partial void LogImageRemoved(ILogger log, string image, long bytes, string outcome);

    [LoggerMessage(4111, LogLevel.Warning, "images could not be collected: {Problem}")]
    private static partial void LogCollectionFailed(ILogger log, string problem);

    [LoggerMessage(4112, LogLevel.Warning, "pods could not be measured, though the node is short: {Problem}")]
    private static partial void LogReliefFailed(ILogger log, string problem);

    [LoggerMessage(4113, LogLevel.Warning, "pod {Pod} is evicted: {Why}")]
    private static partial void LogEvicted(ILogger log, string pod, string why);

    [LoggerMessage(4114, LogLevel.Warning, "the node is short of {Resource}, and no pod may be evicted for it")]
    private static partial void LogNobody(ILogger log, string resource);
}
