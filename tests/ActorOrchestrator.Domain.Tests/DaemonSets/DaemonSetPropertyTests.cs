using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Tests.Deployments;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.DaemonSets;

/// <summary>Plays a DaemonSet, its revisions and its pods against each other, and checks at every committed event that
/// no node has more pods than it may, and that no more nodes lack one than may; and that all comes to rest in the
/// desired state. The seed is in every failure: run it alone by its number.</summary>
public sealed class DaemonSetPropertyTests
{
    private static readonly Unkindness Calm = new();
    private static readonly Unkindness Rough = new() { LostPercent = 10, DoubledPercent = 10, RestartPermille = 15 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Keeps_the_bounds_at_every_instant_and_converges_when_nothing_fails(int block) =>
        Play(1000 * block, 250, Calm, nodesChange: false);

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public void Keeps_the_bounds_although_messages_are_lost_and_doubled_and_actors_restart(int block) =>
        Play(1000 * block, 250, Rough, nodesChange: false);

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    public void No_node_has_too_many_pods_although_pods_fail_and_nodes_come_and_go(int block) =>
        Play(1000 * block, 250, Rough with { PodFailurePermille = 20 }, nodesChange: true);

    private static void Play(int firstSeed, int count, Unkindness unkindness, bool nodesChange)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var play = new DaemonPlay(seed, unkindness, nodesChange);
            var trouble = play.Run();
            Assert.True(trouble is null, $"seed {seed}: {trouble}\n{string.Join('\n', play.Script)}");
        }
    }
}

/// <summary>One random story: a user changes a DaemonSet, and nodes, again and again, then stops.</summary>
internal sealed class DaemonPlay
{
    private const int NodesMax = 5;
    private const int StepsToRestMax = 50_000;

    private readonly World _world;
    private readonly Random _user;
    private readonly bool _nodesChange;
    private readonly bool _checksAvailable;
    private readonly SortedDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private DaemonSet _wanted;
    private int _unavailableMax;
    private bool _surges;
    private bool _wasReached;
    private string? _trouble;

    public DaemonPlay(int seed, Unkindness unkindness, bool nodesChange)
    {
        (_world, _user, _nodesChange) = (new World(seed, unkindness), new Random(seed + 3), nodesChange);
        _checksAvailable = unkindness.PodFailurePermille == 0 && !nodesChange;
        _world.Committed += Check;
        _wanted = DaemonSetBuilder.Make().WithSpec(spec => spec with
        {
            UpdateStrategy = Strategy(),
            MinReadySeconds = _user.Next(3) == 0 ? 10 : 0,
            RevisionHistoryLimit = _user.Next(4),
        });
        for (var i = _user.Next(1, NodesMax); i > 0; i--)
        {
            Put(Node($"n{i}"));
        }
    }

    public List<string> Script { get; } = [];

    public string? Run()
    {
        Tell("create", new Create(_wanted));
        for (var i = _user.Next(1, 6); i > 0 && _trouble is null; i--)
        {
            RunFor(_user.Next(4) == 0 ? StepsToRestMax : _user.Next(200));
            Change();
        }

        _wanted = _wanted.WithImage("v1");
        Apply("mend");
        _world.IsKind = true;
        for (var round = 0; round < 4; round++)
        {
            RunFor(StepsToRestMax);
            _world.ResyncAll();
            RemoveStranded();
        }

        return _trouble ?? Unsettled();
    }

    private void RunFor(int steps)
    {
        for (var i = 0; i < steps && _trouble is null; i++)
        {
            if (_world.Step())
            {
                continue;
            }

            if (IsAtRest())
            {
                (_unavailableMax, _surges) = (0, false);
                Allow();
            }

            if ((!_world.IsKind && i > 2_000) || !_world.Wait())
            {
                return;
            }
        }
    }

    private void Change()
    {
        var images = new[] { "v1", "v2", "v3", "broken" };
        switch (_user.Next(_nodesChange ? 6 : 3))
        {
            case 0 or 1:
                _wanted = _wanted.WithImage(images[_user.Next(images.Length)]);
                Apply("image");
                break;
            case 2:
                _wanted = _wanted.WithSpec(spec => spec with { UpdateStrategy = Strategy() });
                Apply("strategy");
                break;
            case 3:
                Put(Node($"n{_user.Next(1, NodesMax + 1)}"));
                break;
            case 4:
                Put(Node($"n{_user.Next(1, NodesMax + 1)}").Tainted(
                    "maintenance", null, _user.Next(2) == 0 ? "NoSchedule" : "NoExecute"));
                break;
            default:
                Remove($"n{_user.Next(1, NodesMax + 1)}");
                break;
        }
    }

    private void Put(Node node)
    {
        Script.Add($"node {node.Metadata.Name} {string.Join(' ', node.Spec.Taints.Select(taint => taint.Effect))}");
        _nodes[node.Metadata.Name!] = node;
        _world.SetNode(node);
    }

    /// <summary>What was on the node goes with it, as the projection for stranded pods has it; what was on its way to
    /// it, later.</summary>
    private void Remove(string name)
    {
        Script.Add($"no node {name}");
        _nodes.Remove(name);
        _world.RemoveNode(name);
        RemoveStranded();
    }

    private void RemoveStranded()
    {
        foreach (var pod in _world.All<Pod>().Where(pod => pod.Spec.NodeName is { } node
            && !_nodes.ContainsKey(node)).ToList())
        {
            _world.Ask(EntityKey.Of(pod), Delete.Exactly(pod.Metadata.Uid!));
        }
    }

    private void Apply(string what)
    {
        var stored = _world.Find<DaemonSet>(DaemonSetBuilder.Key)!;
        Tell(what, new Replace(stored with { Spec = _wanted.Spec }));
    }

    private void Tell(string what, Message message)
    {
        var rolling = _wanted.Spec.UpdateStrategy.RollingUpdate!;
        var image = _wanted.Spec.Template.Spec.Containers[0].Image;
        Script.Add($"{what}: {image} surge {rolling.MaxSurge} unavailable {rolling.MaxUnavailable}");
        Allow();
        Assert.IsType<Reply.Accepted>(_world.Ask(DaemonSetBuilder.Key, message));
    }

    /// <summary>What any spec since the last rest allows is allowed.</summary>
    private void Allow()
    {
        var bounds = DaemonBounds.Of(_wanted.Spec.UpdateStrategy, _nodes.Count);
        _unavailableMax = Math.Max(_unavailableMax, bounds.MaxUnavailable);
        _surges |= bounds.MaxSurge > 0;
    }

    private DaemonSetUpdateStrategy Strategy() => new()
    {
        Type = "RollingUpdate",
        RollingUpdate = _user.Next(2) == 0
            ? new RollingUpdateDaemonSet { MaxUnavailable = _user.Next(1, 3), MaxSurge = 0 }
            : new RollingUpdateDaemonSet { MaxUnavailable = 0, MaxSurge = _user.Next(1, 3) },
    };

    private void Check(EntityKey key, Api.KubeObject? before, DomainEvent @event)
    {
        // Before it was shown, a pod that nobody knew to have come up may be taken for a broken one.
        _wasReached |= _world.Find<DaemonSet>(key) is { Status: var shown } && shown.NumberAvailable == _nodes.Count;
        if (key.Resource != "pods" || _trouble is not null)
        {
            return;
        }

        var pods = _world.All<Pod>().Where(pod => pod.Spec.NodeName is not { Length: > 0 } node
            || _nodes.ContainsKey(node)).ToList();
        foreach (var node in @event is ObjectCreated ? pods.GroupBy(NodeOf) : [])
        {
            var (all, active) = (node.Count(pod => !IsOver(pod)), node.Count(IsActive));
            if (active > (_surges ? 2 : 1) || (!_surges && all > 1))
            {
                _trouble = $"{active} active pods of {all} on {node.Key} after the creation of {key.Name}";
            }
        }

        var available = pods.Where(IsAvailable).Select(NodeOf).Distinct().Count();
        var isChecked = _checksAvailable && _wasReached && @event is DeletionRequested or ObjectDeleted;
        if (isChecked && before is Pod pod && IsAvailable(pod) && available < _nodes.Count - _unavailableMax)
        {
            _trouble = $"{available} of {_nodes.Count} nodes available after the deletion of {key.Name}, "
                + $"{_unavailableMax} may lack a pod";
        }
    }

    private static bool IsOver(Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null && PodObservation.Of(pod).IsFinished;

    private static bool IsActive(Pod pod) => PodObservation.Of(pod).IsActive;

    private bool IsAvailable(Pod pod) =>
        IsActive(pod) && PodObservation.Of(pod).IsAvailable(_wanted.Spec.MinReadySeconds, _world.Now);

    private static string NodeOf(Pod pod) => pod.Spec.NodeName ?? PodObservation.Of(pod).PinnedNode!;

    /// <summary>Every fit node, and no other, has one pod: of the wanted template, and available.</summary>
    private bool IsAtRest()
    {
        var image = _wanted.Spec.Template.Spec.Containers[0].Image;
        var spec = DaemonPodFromTemplate.Tolerant(_wanted.Spec.Template.Spec);
        var fits = _nodes.Values.ToDictionary(node => node.Metadata.Name!, node => NodeFits.Of(spec, node));
        var pods = _world.All<Pod>().ToList();
        return pods.All(pod => IsAvailable(pod) && pod.Spec.Containers[0].Image == image
                && fits.GetValueOrDefault(NodeOf(pod)) != NodeFit.Unfit)
            && pods.Select(NodeOf).Distinct().Count() == pods.Count
            && fits.Where(node => node.Value == NodeFit.Fit).All(node => pods.Any(pod => NodeOf(pod) == node.Key));
    }

    private string? Unsettled()
    {
        var set = _world.Find<DaemonSet>(DaemonSetBuilder.Key)!;
        var restless = set.Status.NumberMisscheduled > 0 ? [] : _world.Restless().ToList();
        if (IsAtRest() && set.Status.ObservedGeneration == set.Metadata.Generation && restless.Count == 0)
        {
            return null;
        }

        var pods = _world.All<Pod>().Select(pod => $"{pod.Metadata.Name} on {NodeOf(pod)} {pod.Status.Phase} "
            + $"{pod.Metadata.DeletionTimestamp} ready {World.IsReady(pod)}");
        return $"no rest: {string.Join(", ", restless)}\n{set.Status}\n{string.Join('\n', pods)}\n";
    }
}
