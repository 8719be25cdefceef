using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// No node is asked for more than it has: judged at each binding, of all pods that are bound to the node and not over.
/// And the node fits the pod: labels, cordon, taints. That is judged each time that the pod is told: the message may be
/// long on its way, and what becomes of the node meanwhile nobody looks at; but no pod is bound that was not told.
/// While there are two schedulers, and until a new one has seen what its predecessor did, a node may get too much:
/// nothing but the scheduler adds up what a node was given.
/// </summary>
internal sealed class CapacityCheck : Check
{
    /// <summary>A binding that is not seen in the log is told again after 5 s.</summary>
    private static readonly TimeSpan BindingMax = TimeSpan.FromSeconds(12);

    /// <summary>A member that was not told of another's commits looks every second.</summary>
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(2);

    private readonly HashSet<(string Uid, string Node)> _told = [];
    private readonly Dictionary<string, NodeLoad> _loads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<(Node? Node, DateTimeOffset Until)>> _before =
        new(StringComparer.Ordinal);

    public override string Guarantee => "G11";

    /// <summary>Two schedulers each know their own placements only, until the view shows them the other's.</summary>
    private bool IsDoubled => World.Control.Shards.SingletonDoubledAt + BindingMax > World.Loop.Now
        || World.Control.Shards.DoubledAt + BindingMax > World.Loop.Now;

    public override void OnTold(EntityKey to, Message message)
    {
        if (message is not BindPod bind
            || World.Truth.Find<Pod>(to.Namespace, to.Name) is not { Spec.NodeName: null or "" } pod
            || (bind.Uid is { Length: > 0 } uid && uid != pod.Metadata.Uid))
        {
            return;
        }

        _told.Add((pod.Metadata.Uid!, bind.Node));
        HoldFit(pod, bind.Node, $"{to} was told to bind to {bind.Node}");
    }

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
                HoldBinding(now, change, decided);
            }
        }
    }

    private void HoldBinding(Pod pod, ObjectChange change, Decided decided)
    {
        var name = pod.Spec.NodeName!;
        if (!IsDoubled && World.Truth.Find<Node>(null, name) is { } node
            && LoadOf(pod).Overcommitted(node.Status.Allocatable) is { } excess)
        {
            Violate($"{change.Key} at {change.Sequence} overcommits {name}: {excess}, by {LoadOf(pod).PodCount} pods");
        }

        if (decided.Has<PodBound>() && !_told.Contains((pod.Metadata.Uid!, name)))
        {
            Violate($"{change.Key} was bound at {change.Sequence} to {name}, and nobody told it to");
        }
    }

    private void HoldFit(Pod pod, string name, string what)
    {
        if (Misfit(pod, World.Truth.Find<Node>(null, name)) is { } problem && !IsDoubled
            && World.Calm.ControlTroubledAt + BindingMax <= World.Loop.Now
            && !Lately(name).Any(before => Misfit(pod, before) is null))
        {
            Violate($"{what}, where it does not belong: {problem}");
        }
    }

    /// <summary>What the node was within the time that a member takes to see what became of it.</summary>
    private IEnumerable<Node?> Lately(string name) =>
        _before.TryGetValue(name, out var former)
            ? former.Where(entry => entry.Until + SeenWithin >= World.Loop.Now).Select(entry => entry.Node)
            : [];

    private void Remember(ObjectChange change)
    {
        if (!_before.TryGetValue(change.Key.Name, out var former))
        {
            _before.Add(change.Key.Name, former = new Queue<(Node?, DateTimeOffset)>());
        }

        former.Enqueue((change.Old as Node, World.Loop.Now));
        while (former.Peek().Until + SeenWithin < World.Loop.Now)
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
