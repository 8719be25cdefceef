using System.Net;
using System.Net.NetworkInformation;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.PodSubnets;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Network;

/// <summary>
/// Keeps the machine's pod network as the cluster has it: its own pods' subnet from its Node, and ways to the pods of
/// all other Nodes. What it knew last, it goes on with while nobody is heard.
/// <code>
///   Nodes, as they change ─────┐                  ┌─► containerd's configuration of CNI, masquerading, MTU
///   addresses of the machine ──┴─► what is wanted ┴─► routes and the tunnel's device, as far as they differ
/// </code>
/// </summary>
public sealed partial class PodNetwork : INodeNetwork
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(10);

    /// <summary>How long containerd may take to read its configuration of CNI.</summary>
    private static readonly TimeSpan ReadWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(10);

    private readonly PodNetworkSettings _settings;
    private readonly ContainerdDaemon _daemon;
    private readonly IClusterLink _cluster;
    private readonly Func<CancellationToken, Task<bool>> _isReady;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly KernelRoutes _kernel;
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Channel<object> _changes = Channel.CreateBounded<object>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private PodNetworkState? _state;
    private Underlay? _underlay;
    private IReadOnlyList<PeerRoute>? _routes;
    private string _unreachable = "";
    private volatile string? _problem;

    /// <param name="settings">What it needs to know.</param>
    /// <param name="daemon">Whose pods these are.</param>
    /// <param name="cluster">Who tells of Nodes.</param>
    /// <param name="isReady">Whether the runtime says that pods get a network.</param>
    /// <param name="time">The machine's clock.</param>
    /// <param name="log">For people.</param>
    public PodNetwork(
        PodNetworkSettings settings, ContainerdDaemon daemon, IClusterLink cluster,
        Func<CancellationToken, Task<bool>> isReady, TimeProvider time, ILogger<PodNetwork> log)
    {
        (_settings, _daemon, _cluster, _isReady) = (settings, daemon, cluster, isReady);
        (_time, _log) = (time, log);
        _state = PodNetworkState.Read(settings.Directory, Path.Combine(settings.Directory, ContainerdSettings.CniName));
        _kernel = new KernelRoutes(Tunnel, settings.VxlanId, settings.VxlanPort);
        _problem = daemon.Network.PodSubnet is null
            ? "the cluster has not given this machine a subnet for its pods yet"
            : null;
    }

    /// <inheritdoc/>
    public string Wish => _settings.Fixed is { } only
        ? new SubnetWish(only, IsFixed: true).ToString()
        : new SubnetWish(
            _state is { } known && Subnet.TryParse(known.Subnet, out var subnet) ? subnet : null, IsFixed: false)
            .ToString();

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <summary>Whether pods have a subnet, and so need not wait for the cluster.</summary>
    public bool IsKnown => _daemon.Network.PodSubnet is not null;

    private string Tunnel => PodNetworkSettings.DeviceNameFor(_daemon.Network.BridgeName);

    /// <summary>The pods' network as it is known from before; with a fixed subnet, as it will be.</summary>
    public static CniNetwork Remembered(CniNetwork network, string directory, Subnet? only)
    {
        var known = PodNetworkState.Read(directory, Path.Combine(directory, ContainerdSettings.CniName));
        return known is not null ? Of(network, known)
            : only is { } subnet ? network with { PodSubnet = $"{subnet}" }
            : network;
    }

    /// <summary>The pods' subnets of other machines that an agent has made routes to.</summary>
    public static async Task<IReadOnlyList<string>> RoutedAsync(CancellationToken cancellation)
    {
        var all = new KernelRoutes(device: "", vxlanId: 0, vxlanPort: 0);
        return [.. (await all.ReadAsync(new Subnet(0, 0), cancellation)).Select(route => $"{route.Subnet}")];
    }

    public static bool HasDevice(string name) => HostNetwork.DeviceExists(name);

    /// <summary>Whether a firewall lets nothing through that it has no rule for. Nobody but root sees that.</summary>
    public static async Task<bool> DropsForwardedAsync(CancellationToken cancellation) =>
        Environment.IsPrivilegedProcess
        && (await HostNetwork.RunAsync("nft", ["list", "chains"], "", cancellation)).Split('\n').Any(line =>
            line.Contains("hook forward", StringComparison.Ordinal)
            && line.Contains("policy drop", StringComparison.Ordinal));

    /// <summary>Removes what an agent made for the pods of other machines.</summary>
    internal static async Task RemoveAsync(
        string bridge, string directory, string cniDirectory, CancellationToken cancellation)
    {
        var kernel = new KernelRoutes(PodNetworkSettings.DeviceNameFor(bridge), vxlanId: 0, vxlanPort: 0);
        if (PodNetworkState.Read(directory, cniDirectory)?.Cluster is { } cluster)
        {
            await kernel.ChangeAsync(await kernel.ReadAsync(Subnet.Parse(cluster), cancellation), [], cancellation);
        }

        await kernel.RemoveDeviceAsync(cancellation);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<object> ChangesAsync(CancellationToken cancellation) =>
        _changes.Reader.ReadAllAsync(cancellation);

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested; failures++)
        {
            try
            {
                await FollowAsync(() => failures = 0, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) when (failed is NetworkSetupException or IOException)
            {
                LogFailed(FailureWords.Of(failed));
                _routes = null;
            }

            var pause = BackOff.Doubling(RetryFirst, RetryLongest, failures);
            await Task.Delay(pause, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(Action onDone, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var news = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
        NetworkAddressChangedEventHandler onAddresses = (_, _) => news.Writer.TryWrite(NetworkChanged.Instance);
        NetworkChange.NetworkAddressChanged += onAddresses;
        var pump = PumpAsync(news.Writer, ending.Token);
        try
        {
            while (await news.Reader.WaitToReadAsync(cancellation))
            {
                while (news.Reader.TryRead(out var next))
                {
                    Take(next);
                }

                await ApplyAsync(cancellation);
                onDone();
            }

            await pump;
            throw new IOException("the stream of nodes ended");
        }
        finally
        {
            NetworkChange.NetworkAddressChanged -= onAddresses;
            await ending.CancelAsync();
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PumpAsync(ChannelWriter<object> into, CancellationToken ending)
    {
        Exception? broken = null;
        try
        {
            await foreach (var seen in _cluster.NodesAsync(ending))
            {
                into.TryWrite(seen);
            }
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException)
        {
            broken = failed;
        }

        into.TryComplete(broken);
    }

    private void Take(object news)
    {
        switch (news)
        {
            case NodesSeen.All all:
                _nodes.Clear();
                foreach (var node in all.Nodes)
                {
                    _nodes[node.Metadata.Name!] = node;
                }

                break;
            case NodesSeen.Changed changed:
                _nodes[changed.Node.Metadata.Name!] = changed.Node;
                break;
            case NodesSeen.Gone gone:
                _nodes.Remove(gone.Name);
                break;
            default:
                (_underlay, _routes) = (null, null);
                break;
        }
    }

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        var before = _problem;
        try
        {
            _problem = await TryApplyAsync(cancellation);
        }
        catch (NetworkSetupException failed)
        {
            _problem = IsKnown ? null : failed.Message;
            throw;
        }
        finally
        {
            if (_problem != before)
            {
                _changes.Writer.TryWrite(NetworkChanged.Instance);
            }
        }
    }

    /// <returns>Why pods get no network; null when they do.</returns>
    private async Task<string?> TryApplyAsync(CancellationToken cancellation)
    {
        if (_nodes.GetValueOrDefault(_settings.NodeName) is not { } self
            || !Subnet.TryParse(self.Spec.PodCIDR, out var own)
            || !Subnet.TryParse(ClusterOf(self), out var cluster))
        {
            return IsKnown ? null : _problem;
        }

        if (_settings.Fixed is { } only && only != own)
        {
            return $"node.pod-subnet is {only}, but Node {_settings.NodeName} has podCIDR {own}: set that, or nothing, "
                + "or delete the Node so that it comes again with the other one";
        }

        _underlay ??= await Underlay.ReadAsync(cancellation);
        if (_underlay.Within(cluster).ToList() is { Count: > 0 } taken)
        {
            return $"network.cluster-cidr {cluster} contains addresses of this machine: {string.Join(", ", taken)}; "
                + "set another one on all members";
        }

        var plan = PeerRoutes.Plan(_nodes.Values, _settings.NodeName, own, _underlay, _settings.Mode, Tunnel);
        var assigned = PodNetworkState.Assigned(_state, own, cluster);
        var usesVxlan = plan.UsesVxlan || _settings.Mode == NetworkMode.Vxlan
            || (assigned.UsesVxlan && _settings.Mode == NetworkMode.Auto);
        var underlayMtu = _underlay.MtuOf(Machine);
        await ConfigureAsync(
            assigned with
            {
                UsesVxlan = usesVxlan, Mtu = usesVxlan ? underlayMtu - KernelRoutes.VxlanOverhead : underlayMtu,
            },
            cancellation);
        await RouteAsync(plan, own, cluster, underlayMtu - KernelRoutes.VxlanOverhead, cancellation);
        return null;
    }

    private IPAddress Machine => _settings.HostIps.Select(IPAddress.Parse)
        .FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork,
            IPAddress.Loopback);

    private async Task ConfigureAsync(PodNetworkState wanted, CancellationToken cancellation)
    {
        var network = Of(_daemon.Network, wanted);
        if (wanted.Equals(_state) && network.Conflist() == _daemon.Network.Conflist()
            && network.Inside().SequenceEqual(_daemon.Network.Inside()))
        {
            return;
        }

        var isOther = _state is not null && _state.Subnet != wanted.Subnet;
        wanted.Write(_settings.Directory);
        await PodLinks.AdaptAsync(network, cancellation);
        await _daemon.ConfigureAsync(network, cancellation);
        _state = wanted;
        LogConfigured(wanted.Subnet, wanted.Cluster ?? "", wanted.Mtu);
        if (isOther)
        {
            LogChanged(string.Join(", ", wanted.Former));
        }

        var started = _time.GetTimestamp();
        while (!await _isReady(cancellation) && _time.GetElapsedTime(started) < ReadWait)
        {
            await Task.Delay(ReadPause, _time, cancellation);
        }
    }

    /// <summary>What is there is read first, and only what differs is changed.</summary>
    private async Task RouteAsync(
        PeerRoutes plan, Subnet own, Subnet cluster, int tunnelMtu, CancellationToken cancellation)
    {
        if (string.Join("; ", plan.Unreachable) is var unreachable && unreachable != _unreachable)
        {
            _unreachable = unreachable;
            LogUnreachable(unreachable.Length == 0 ? "none" : unreachable);
        }

        if (_routes is not null && _routes.SequenceEqual(plan.Routes))
        {
            return;
        }

        if (plan.UsesVxlan && _routes?.Any(route => route.IsTunnelled) != true)
        {
            await _kernel.EnsureDeviceAsync(own, Machine, tunnelMtu, cancellation);
        }

        var before = _routes ?? await _kernel.ReadAsync(cluster, cancellation);
        if (_settings.Mode == NetworkMode.None && before.Count == 0)
        {
            _routes = before;
            return;
        }

        await _kernel.ChangeAsync(before, plan.Routes, cancellation);
        if (!plan.UsesVxlan)
        {
            await _kernel.RemoveDeviceAsync(cancellation);
        }

        _routes = plan.Routes;
        if (!before.ToHashSet().SetEquals(plan.Routes))
        {
            LogRouted(plan.Routes.Count, plan.Routes.Count(route => route.IsTunnelled));
        }
    }

    private static string? ClusterOf(Node node) =>
        node.Metadata.Annotations.GetValueOrDefault(PodSubnetNotes.ClusterAnnotation);

    private static CniNetwork Of(CniNetwork network, PodNetworkState state) => network with
    {
        PodSubnet = state.Subnet, ClusterCidr = state.Cluster, Mtu = state.Mtu, Former = state.Former,
    };

    [LoggerMessage(4130, LogLevel.Information,
        "Pods get addresses of {Subnet} (all nodes' pods: {Cluster}), MTU {Mtu}")]
    private partial void LogConfigured(string subnet, string cluster, int mtu);

    [LoggerMessage(4131, LogLevel.Warning,
        "The cluster has given this machine another subnet; pods with addresses of {Former} keep them until they end, "
        + "and are not reached from other machines")]
    private partial void LogChanged(string former);

    [LoggerMessage(4132, LogLevel.Information,
        "Pods of {Count} other machines are reached, {Tunnelled} of them by VXLAN")]
    private partial void LogRouted(int count, int tunnelled);

    [LoggerMessage(4133, LogLevel.Warning, "Nodes whose pods are not reached from here: {Nodes}")]
    private partial void LogUnreachable(string nodes);

    [LoggerMessage(4134, LogLevel.Warning, "The pod network is not as it should be, and is tried again: {Why}")]
    private partial void LogFailed(string why);
}
