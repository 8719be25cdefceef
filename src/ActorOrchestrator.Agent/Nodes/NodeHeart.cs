using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>Observes the machine and its runtime for registration and heartbeats.</summary>
public sealed class NodeHeart(NodeSettings settings, NodePorts ports)
{
    /// <summary>kubelet's limit on the images told in a node's status.</summary>
    private const int MaxImages = 50;

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    private readonly MachineFacts _facts = ports.Machine.Facts();
    private RuntimeVersion _version = new("unknown", "0");
    private NodeStatus? _last;

    public RuntimeVersion Version => _version;

    public MachineFacts Facts => _facts;

    /// <summary>All images, as the runtime told last.</summary>
    public IReadOnlyList<ImageInfo> AllImages { get; private set; } = [];

    /// <summary>What the machine is short of, as the node's conditions.</summary>
    public IReadOnlyCollection<string> Pressures { get; set; } = [];

    /// <summary>The machine is about to be shut down.</summary>
    public bool IsShuttingDown { get; set; }

    /// <summary>The node as it was last introduced to the cluster; null before.</summary>
    public Node? Introduced { get; private set; }

    /// <summary>Asks the runtime who it is; what it says goes into the node's info and into container ids.</summary>
    public async Task IdentifyRuntimeAsync(CancellationToken cancellation) =>
        _version = await ports.Runtime.VersionAsync(cancellation);

    /// <summary>The node while its runtime is not asked yet.</summary>
    public static Node Starting(NodeSettings settings, NodePorts ports) => NodeReport.NodeOf(
        settings,
        new NodeObservation(
            ports.Machine.Facts(), [], new RuntimeVersion("unknown", "0"), Health: null, "it is starting", [])
        {
            SubnetWish = ports.Network?.Wish,
            FenceAfter = ports.Fence?.Term,
        },
        before: null, ports.Time.GetUtcNow());

    public async Task<Node> NodeAsync(CancellationToken cancellation)
    {
        var now = ports.Time.GetUtcNow();
        var node = NodeReport.NodeOf(settings, await ObserveAsync(cancellation), _last, now);
        _last = node.Status;
        Introduced = node;
        return node;
    }

    public async Task<NodeStatus> StatusAsync(CancellationToken cancellation)
    {
        var seen = await ObserveAsync(cancellation);
        _last = NodeReport.StatusOf(settings, seen, _last, ports.Time.GetUtcNow());
        return _last;
    }

    private async Task<NodeObservation> ObserveAsync(CancellationToken cancellation)
    {
        RuntimeHealth? health = null;
        string? problem = null;
        var images = _last?.Images ?? [];
        using var limit = new CancellationTokenSource(AskTimeout, ports.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            health = await ports.Runtime.StatusAsync(both.Token);
            AllImages = await ports.Runtime.ListImagesAsync(both.Token);
            images = Images(AllImages);
        }
        catch (ContainerRuntimeException down)
        {
            problem = down.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            problem = $"no answer within {AskTimeout.TotalSeconds}s";
        }

        return new NodeObservation(_facts, Pressures, _version, health, problem, images)
        {
            IsShuttingDown = IsShuttingDown,
            SubnetWish = ports.Network?.Wish,
            FenceAfter = ports.Fence?.Term,
            NetworkProblem = ports.Network?.Problem,
        };
    }

    private static ValueList<ContainerImage> Images(IReadOnlyList<ImageInfo> images) =>
        images.OrderByDescending(i => i.SizeBytes).ThenBy(i => i.Id, StringComparer.Ordinal).Take(MaxImages)
            .Select(i => new ContainerImage { Names = i.Digests.Concat(i.Tags).ToValueList(), SizeBytes = i.SizeBytes })
            .ToValueList();
}
