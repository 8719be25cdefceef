using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Host.Remote;

/// <summary>Makes of what is seen of pods and of the Node what the agent hears: a snapshot as soon as both are known,
/// then every change.</summary>
internal sealed class AssignedPods(OwnPods pods)
{
    private bool _hasNode;
    private bool _hasPods;
    private Node? _node;

    /// <summary>Whether pods came, went or name something else since the last time that it was asked.</summary>
    public bool HasNewNames
    {
        get
        {
            var has = field;
            field = false;
            return has;
        }

        private set;
    }

    public IEnumerable<Assignment> Take(Seen seen) => seen switch
    {
        Seen.All { Kind.Kind: "Pod" } all => Pods([.. all.Objects.Cast<Pod>()]),
        Seen.All all => NodeIs(all.Objects.OfType<Node>().FirstOrDefault()),
        Seen.Changed { Object: Node node } => NodeIs(node),
        Seen.Gone { Object: Node } => NodeIs(null),
        Seen.Changed { Object: Pod pod } => Changed(pod),
        Seen.Gone { Object: Pod pod } => Gone(pod),
        _ => [],
    };

    private IEnumerable<Assignment> Pods(IReadOnlyList<Pod> all)
    {
        var uids = all.Select(pod => pod.Metadata.Uid).ToHashSet();
        foreach (var gone in pods.All.Where(pod => !uids.Contains(pod.Metadata.Uid)))
        {
            pods.Remove(gone);
        }

        foreach (var pod in all)
        {
            pods.Put(pod);
        }

        (_hasPods, HasNewNames) = (true, true);
        return _hasNode ? [Snapshot()] : [];
    }

    private IEnumerable<Assignment> NodeIs(Node? node)
    {
        var isFirst = !_hasNode;
        (_hasNode, _node) = (true, node);
        return isFirst && _hasPods ? [Snapshot()]
            : !isFirst && _hasPods && node is not null ? [new Assignment.NodeChanged(node)]
            : [];
    }

    private IEnumerable<Assignment> Changed(Pod pod)
    {
        var before = pods.Of(pod.Metadata.Uid!);
        pods.Put(pod);
        HasNewNames |= before is null || before.Spec != pod.Spec;
        return _hasNode ? [new Assignment.Changed(pod)] : [];
    }

    private IEnumerable<Assignment> Gone(Pod pod)
    {
        pods.Remove(pod);
        HasNewNames = true;
        var metadata = pod.Metadata;
        return _hasNode
            ? [new Assignment.Removed(metadata.Namespace!, metadata.Name!, metadata.Uid!)]
            : [];
    }

    private Assignment.Snapshot Snapshot() => new([.. pods.All]) { Node = _node };
}
