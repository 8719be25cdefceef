using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// No node is asked for more than it has: judged at each binding, of all pods that are bound to the node and not over.
/// And the node fits the pod: labels, cordon, taints. A binding that was decided just before a node was cordoned may
/// come a little behind that. While there are two schedulers, and until a new one has seen what its predecessor did, a
/// node may get too much: nothing but the scheduler adds up what a node was given.
/// </summary>
internal sealed class CapacityCheck : Check
{
    /// <summary>A binding that is not seen in the log is told again after 5 s.</summary>
    private static readonly TimeSpan BindingMax = TimeSpan.FromSeconds(12);

    private readonly Dictionary<string, NodeLoad> _loads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<(Node? Node, DateTimeOffset Until)>> _before =
        new(StringComparer.Ordinal);

    public override string Guarantee => "G11";

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if ((change.New ?? change.Old) is Node)
        {
            Remember(change);
        }

        if ((change.New ?? change.Old) is not Pod)
        {
            return;
        }

        var (old, now) = (Placed(change.Old), Placed(change.New));
        if (old is not null)
        {
            LoadOf(old).Remove(old.Spec);
        }

        if (now is not null)
        {
            LoadOf(now).Add(now.Spec);
            if (old?.Metadata.Uid != now.Metadata.Uid)
            {
                HoldBinding(now, change);
            }
        }
    }

    private void HoldBinding(Pod pod, ObjectChange change)
    {
        var name = pod.Spec.NodeName!;
        var node = World.Truth.Find<Node>(null, name);
        // Two schedulers each know their own placements only, until the view shows them the other's.
        var shards = World.Control.Shards;
        if (shards.SingletonDoubledAt + BindingMax > World.Loop.Now || shards.DoubledAt + BindingMax > World.Loop.Now)
        {
            return;
        }

        if (node is not null && LoadOf(pod).Overcommitted(node.Status.Allocatable) is { } excess)
        {
            Violate($"{change.Key} at {change.Sequence} overcommits {name}: {excess}, by {LoadOf(pod).PodCount} pods");
        }

        var problem = Misfit(pod, node);
        if (problem is null || World.Calm.ControlTroubledAt + BindingMax > World.Loop.Now)
        {
            return;
        }

        if (!Lately(name).Any(before => Misfit(pod, before) is null))
        {
            Violate($"{change.Key} was bound at {change.Sequence} to {name}, where it does not belong: {problem}");
        }
    }

    /// <summary>What the node was within the time that a binding may take.</summary>
    private IEnumerable<Node?> Lately(string name) =>
        _before.TryGetValue(name, out var former)
            ? former.Where(entry => entry.Until + BindingMax >= World.Loop.Now).Select(entry => entry.Node)
            : [];

    private void Remember(ObjectChange change)
    {
        if (!_before.TryGetValue(change.Key.Name, out var former))
        {
            _before.Add(change.Key.Name, former = new Queue<(Node?, DateTimeOffset)>());
        }

        former.Enqueue((change.Old as Node, World.Loop.Now));
        while (former.Peek().Until + BindingMax < World.Loop.Now)
        {
            former.Dequeue();
        }
    }

    private NodeLoad LoadOf(Pod pod)
    {
        if (!_loads.TryGetValue(pod.Spec.NodeName!, out var load))
        {
            _loads.Add(pod.Spec.NodeName!, load = new NodeLoad());
        }

        return load;
    }

    private static Pod? Placed(object? value) =>
        value is Pod { Spec.NodeName.Length: > 0, Status.Phase: not ("Succeeded" or "Failed") } pod ? pod : null;

    /// <returns>Why the pod must not be placed on the node; null when it may.</returns>
    private static string? Misfit(Pod pod, Node? node)
    {
        if (node is null)
        {
            return "the node is not there";
        }

        foreach (var (key, value) in pod.Spec.NodeSelector)
        {
            if (node.Metadata.Labels.GetValueOrDefault(key) != value)
            {
                return $"its nodeSelector asks for {key}={value}";
            }
        }

        if (node.Spec.Unschedulable && !pod.Spec.Tolerations.Any(toleration => Tolerates(toleration, Cordon)))
        {
            return "the node is cordoned";
        }

        var taint = node.Spec.Taints.FirstOrDefault(taint => taint.Effect is "NoSchedule" or "NoExecute"
            && !pod.Spec.Tolerations.Any(toleration => Tolerates(toleration, taint)));
        return taint is null ? null : $"the node has the taint {taint.Key}:{taint.Effect}";
    }

    private static readonly Taint Cordon = new()
    {
        Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule",
    };

    /// <summary>v1 Toleration: no effect stands for all, no key (with Exists) too.</summary>
    private static bool Tolerates(Toleration toleration, Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (string.IsNullOrEmpty(toleration.Key) ? toleration.Operator == "Exists" : toleration.Key == taint.Key)
        && (toleration.Operator == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));
}
