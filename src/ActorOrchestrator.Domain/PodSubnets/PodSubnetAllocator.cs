using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.PodSubnets;

/// <summary>
/// Gives nodes the subnets of their pods, as Kubernetes' node IPAM controller does:
/// <code>
///   a Node wants one ──► claim (node, uid) written into the table ──► seen in the log ──► AssignPodSubnet to the Node
///   its Node is gone ──► the claim stays, with the time ──► a Node of the same name: claim rewritten for its uid
///                                                       └─► nothing else is free, and ReuseAfter is over: another's
/// </code>
/// The table is one object, written only over the version that was read, and a Node takes a subnet only under its uid
/// and only once. So two allocators at a time cannot give one subnet to two Nodes: one of their writes is refused, and
/// what the other has seen in the log is so.
/// </summary>
public sealed class PodSubnetAllocator(SubnetSettings settings) : IProjection
{
    public const string TableName = "pod-subnets";
    private const string Component = "node-ipam-controller";
    private const string Home = "kube-system";

    /// <summary>After this long a message may have been lost.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    private static readonly EntityKey TableKey = EntityKey.Of(KindRegistry.Of<ConfigMap>(), Home, TableName);

    private readonly SortedDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _toldAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _complained = new(StringComparer.Ordinal);
    private ConfigMap? _stored;
    private SubnetTable _known = new();
    private DateTimeOffset _lookAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _writeAgainAt;
    private bool _hasHome;
    private bool _isStarted;

    public string Name => "pod-subnets";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Node node:
                Observe(node, change);
                break;
            case ConfigMap when change.Key == TableKey:
                _stored = change.New as ConfigMap;
                _known = _stored is null ? _known : SubnetTable.Read(_stored.Data);
                _writeAgainAt = default;
                _lookAt = default;
                break;
            case Namespace when change.Key.Name == Home:
                _hasHome = change.New is not null;
                _lookAt = default;
                break;
        }
    }

    public void Started(ProjectionContext context)
    {
        _isStarted = true;
        _lookAt = default;
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_isStarted || !_hasHome)
        {
            return;
        }

        if (_lookAt <= context.Now)
        {
            _lookAt = DateTimeOffset.MaxValue;
            Look(context);
        }

        if (_lookAt < DateTimeOffset.MaxValue)
        {
            context.WakeAt(_lookAt);
        }
    }

    private void Observe(Node node, ObjectChange change)
    {
        var now = change.New as Node;
        if (now is null)
        {
            _nodes.Remove(node.Metadata.Name!);
            _complained.Remove(node.Metadata.Uid!);
            _toldAt.Remove(node.Metadata.Uid!);
        }
        else
        {
            _nodes[node.Metadata.Name!] = now;
        }

        if (now is null || change.Old is not Node old || old.Metadata.Annotations != now.Metadata.Annotations
            || old.Spec.PodCIDR != now.Spec.PodCIDR || old.Metadata.Uid != now.Metadata.Uid)
        {
            _lookAt = default;
        }
    }

    private void Look(ProjectionContext context)
    {
        var wanted = SubnetTable.Read(_known.Write());
        Review(wanted, context.Now);
        Occupy(wanted, context);
        Allocate(wanted, context);
        if (wanted.Write() is var data && (_stored is null ? data.Count > 0 : data != _stored.Data))
        {
            Store(data, context);
        }

        foreach (var (subnet, claim) in (_stored is null ? new SubnetTable() : _known).Claims)
        {
            if (_nodes.GetValueOrDefault(claim.Node) is { } node && node.Metadata.Uid == claim.Uid
                && !IsTold(node, subnet) && MayTell(node, context))
            {
                context.Tell(
                    EntityKey.Of(node), new AssignPodSubnet(claim.Uid, $"{subnet}", $"{settings.Cluster}"));
            }
        }
    }

    /// <summary>What claims mean now: of Nodes that are there, that are there anew, or that are gone.</summary>
    private void Review(SubnetTable table, DateTimeOffset now)
    {
        foreach (var (subnet, claim) in table.Claims.ToList())
        {
            var node = _nodes.GetValueOrDefault(claim.Node);
            if (node is null)
            {
                table.Put(subnet, claim with { GoneAt = claim.GoneAt ?? ObjectLifecycle.Truncate(now) });
            }
            else if (node.Spec.PodCIDR is { Length: > 0 } has && has != $"{subnet}")
            {
                table.Remove(subnet);
            }
            else if (SubnetWish.Of(node) is { IsFixed: true, Preferred: { } only } && only != subnet
                && node.Spec.PodCIDR is null or "")
            {
                table.Remove(subnet);
            }
            else
            {
                table.Put(subnet, new SubnetClaim(claim.Node, node.Metadata.Uid!, GoneAt: null));
            }
        }
    }

    /// <summary>Subnets that Nodes have without a claim: somebody wrote them, or the table is gone.</summary>
    private void Occupy(SubnetTable table, ProjectionContext context)
    {
        foreach (var (name, node) in _nodes)
        {
            if (!Subnet.TryParse(node.Spec.PodCIDR, out var subnet) || table.Of(name) is not null)
            {
                continue;
            }

            var others = table.Overlapping(subnet);
            if (others.FirstOrDefault(other => table.Claims[other].GoneAt is null) is { Prefix: > 0 } taken)
            {
                Complain(
                    node, $"its podCIDR {subnet} overlaps {taken}, which is {table.Claims[taken].Node}'s", context);
                continue;
            }

            foreach (var other in others)
            {
                table.Remove(other);
            }

            table.Put(subnet, new SubnetClaim(name, node.Metadata.Uid!, GoneAt: null));
        }
    }

    private void Allocate(SubnetTable table, ProjectionContext context)
    {
        SubnetSearch? search = null;
        var waiting = _nodes.Values
            .Where(node => node.Spec.PodCIDR is null or "" && table.Of(node.Metadata.Name!) is null
                && SubnetWish.Of(node) is not null)
            .OrderBy(node => node.Metadata.CreationTimestamp)
            .ThenBy(node => node.Metadata.Name, StringComparer.Ordinal);
        foreach (var node in waiting)
        {
            search ??= new SubnetSearch(settings, table, context.Now);
            if (search.Find(SubnetWish.Of(node)!) is { } subnet)
            {
                _complained.Remove(node.Metadata.Uid!);
                table.Put(subnet, new SubnetClaim(node.Metadata.Name!, node.Metadata.Uid!, GoneAt: null));
            }
            else
            {
                Complain(node, search.Refusal(SubnetWish.Of(node)!), context);
            }
        }

        if (search?.NextFree is { } due)
        {
            LookAgain(due);
        }
    }

    private void Store(ValueMap<string> data, ProjectionContext context)
    {
        if (_writeAgainAt <= context.Now)
        {
            _writeAgainAt = context.Now + AskAgain;
            context.Tell(TableKey, _stored is null
                ? new Create(new ConfigMap { Metadata = new() { Namespace = Home, Name = TableName }, Data = data })
                : new Replace(_stored with { Data = data }));
        }

        LookAgain(_writeAgainAt);
    }

    private bool IsTold(Node node, Subnet subnet) => node.Spec.PodCIDR == $"{subnet}"
        && node.Metadata.Annotations.GetValueOrDefault(PodSubnetNotes.ClusterAnnotation) == $"{settings.Cluster}";

    /// <summary>Tells the Node, too, until it shows it; an Event once.</summary>
    private void Complain(Node node, string why, ProjectionContext context)
    {
        if (_complained.Add(node.Metadata.Uid!))
        {
            context.RecordEvent(
                node, "Warning", "CIDRNotAvailable", $"Node {node.Metadata.Name} gets no pods' subnet: {why}",
                Component);
        }

        if (!Domain.Nodes.NodeNetworks.Shows(node, why) && MayTell(node, context))
        {
            context.Tell(EntityKey.Of(node), new NoPodSubnet(node.Metadata.Uid!, why));
        }
    }

    private bool MayTell(Node node, ProjectionContext context)
    {
        var uid = node.Metadata.Uid!;
        var due = _toldAt.TryGetValue(uid, out var at) ? at + AskAgain : context.Now;
        if (due <= context.Now)
        {
            _toldAt[uid] = context.Now;
            LookAgain(context.Now + AskAgain);
            return true;
        }

        LookAgain(due);
        return false;
    }

    private void LookAgain(DateTimeOffset at) => _lookAt = at < _lookAt ? at : _lookAt;
}
