using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.StatefulSets;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.StatefulSets;

/// <summary>Plays a StatefulSet, its revisions, claims and pods against each other, and checks at every committed event
/// that a number never has two pods, that order and partition are kept, and that no more pods are unavailable than may
/// be; and that all comes to rest in the desired state. The seed is in every failure: run it alone by its
/// number.</summary>
public sealed class StatefulSetPropertyTests
{
    private static readonly Unkindness Calm = new();
    private static readonly Unkindness Rough = new() { LostPercent = 10, DoubledPercent = 10, RestartPermille = 15 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Keeps_order_and_bounds_at_every_instant_and_converges_when_nothing_fails(int block) =>
        Play(1000 * block, 150, Calm);

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public void Keeps_order_although_messages_are_lost_and_doubled_and_actors_restart(int block) =>
        Play(1000 * block, 150, Rough);

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    public void Keeps_order_although_pods_fail_are_deleted_and_get_unready(int block) =>
        Play(1000 * block, 150, Rough with { PodFailurePermille = 20 });

    private static void Play(int firstSeed, int count, Unkindness unkindness)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var play = new StatefulPlay(seed, unkindness);
            var trouble = play.Run();
            Assert.True(trouble is null, $"seed {seed}: {trouble}\n{string.Join('\n', play.Script)}");
        }
    }
}

/// <summary>One random story: a user changes a StatefulSet again and again, then stops.</summary>
internal sealed class StatefulPlay
{
    private const int StepsToRestMax = 50_000;

    private readonly World _world;
    private readonly Random _user;
    private readonly bool _isOrdered;
    private readonly bool _checksAvailable;
    private readonly bool _hasClaims;
    private StatefulSet _wanted;
    private string _stayed = "v1";
    private int _unavailableMax = 1;
    private string? _trouble;

    public StatefulPlay(int seed, Unkindness unkindness)
    {
        (_world, _user) = (new World(seed, unkindness), new Random(seed + 3));
        _checksAvailable = unkindness == new Unkindness();
        _isOrdered = _user.Next(3) > 0;
        _hasClaims = _user.Next(2) == 0;
        _world.Committed += Check;
        _wanted = StatefulSetBuilder.Make(_user.Next(1, 5), policy: _isOrdered ? "OrderedReady" : "Parallel")
            .WithSpec(spec => spec with
            {
                MinReadySeconds = _user.Next(3) == 0 ? 10 : 0,
                RevisionHistoryLimit = _user.Next(4),
                Ordinals = _user.Next(4) == 0 ? new StatefulSetOrdinals { Start = 3 } : null,
            });
        _wanted = _hasClaims ? _wanted.WithClaims(Policy(), Policy()) : _wanted;
    }

    public List<string> Script { get; } = [];

    private int Start => _wanted.Spec.Ordinals?.Start ?? 0;

    public string? Run()
    {
        Tell("create", new Create(_wanted));
        for (var i = _user.Next(1, 6); i > 0 && _trouble is null; i--)
        {
            RunFor(_user.Next(3) == 0 ? StepsToRestMax : _user.Next(200));
            Change();
        }

        _wanted = _wanted.WithImage("v9").WithRolling();
        Apply("mend");
        _world.IsKind = true;
        for (var round = 0; round < 4; round++)
        {
            RunFor(StepsToRestMax);
            CollectGarbage();
            _world.ResyncAll();
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

            CollectGarbage();
            if (IsAtRest())
            {
                (_stayed, _unavailableMax) = (Image, MaxUnavailable);
            }

            if ((!_world.IsKind && i > 2_000) || !_world.Wait())
            {
                return;
            }
        }
    }

    private string Image => _wanted.Spec.Template.Spec.Containers[0].Image!;

    private int MaxUnavailable => _wanted.Spec.UpdateStrategy.RollingUpdate!.MaxUnavailable!.Value.Number;

    private void Change()
    {
        var images = new[] { "v1", "v2", "v3", "broken" };
        switch (_user.Next(_hasClaims ? 5 : 4))
        {
            case 0 or 1:
                _wanted = _wanted.WithImage(images[_user.Next(images.Length)]);
                Apply("image");
                break;
            case 2:
                _wanted = _wanted.WithReplicas(_user.Next(0, 6));
                Apply("replicas");
                break;
            case 3:
                _wanted = _wanted.WithRolling(_user.Next(2) * _user.Next(4), _user.Next(1, 3));
                Apply("rolling");
                break;
            default:
                _wanted = _wanted.WithClaims(Policy(), Policy());
                Apply("claims");
                break;
        }
    }

    private string Policy() => _user.Next(2) == 0 ? "Retain" : "Delete";

    private void Apply(string what)
    {
        var stored = _world.Find<StatefulSet>(StatefulSetBuilder.Key)!;
        Tell(what, new Replace(stored with { Spec = _wanted.Spec }));
    }

    private void Tell(string what, Message message)
    {
        var rolling = _wanted.Spec.UpdateStrategy.RollingUpdate!;
        Script.Add($"{what}: {_wanted.Spec.Replicas} of {Image} from {Start}, partition {rolling.Partition}, "
            + $"unavailable {rolling.MaxUnavailable}, ordered {_isOrdered}, claims {_hasClaims}");
        _unavailableMax = Math.Max(_unavailableMax, MaxUnavailable);
        Assert.IsType<Reply.Accepted>(_world.Ask(StatefulSetBuilder.Key, message));
    }

    /// <summary>What is owned by a pod that is no more.</summary>
    private void CollectGarbage()
    {
        var uids = _world.All<Pod>().Select(pod => pod.Metadata.Uid).ToHashSet();
        foreach (var claim in _world.All<PersistentVolumeClaim>().Where(claim =>
            claim.Metadata.OwnerReferences.Any(owner => owner.Kind == "Pod" && !uids.Contains(owner.Uid))).ToList())
        {
            _world.Ask(EntityKey.Of(claim), Delete.Exactly(claim.Metadata.Uid!));
        }
    }

    private void Check(EntityKey key, Api.KubeObject? before, DomainEvent @event)
    {
        if (key.Resource != "pods" || _trouble is not null || Ordinal(key.Name) is not { } ordinal)
        {
            return;
        }

        if (@event is ObjectCreated { Object: Pod made })
        {
            CheckMade(ordinal, made);
        }
        else if (@event is DeletionRequested && before is Pod { Metadata.DeletionTimestamp: null } pod)
        {
            CheckLeaving(ordinal, pod);
        }
    }

    private void CheckMade(int ordinal, Pod made)
    {
        if (_world.All<Pod>().Count(pod => pod.Metadata.Name == made.Metadata.Name) != 1)
        {
            _trouble = $"two pods are {made.Metadata.Name}";
        }

        if (_hasClaims && _world.Find<PersistentVolumeClaim>(
            new EntityKey("persistentvolumeclaims", "default", $"data-{made.Metadata.Name}")) is null)
        {
            _trouble = $"{made.Metadata.Name} is made without its claim";
        }

        // A creation that was asked for may come through after its predecessor has been lost.
        var missing = Enumerable.Range(Start, Math.Max(0, ordinal - Start)).Where(earlier =>
            Find(earlier) is not { } pod || !(IsReady(pod) || pod.Metadata.DeletionTimestamp is not null)).ToList();
        if (_checksAvailable && _isOrdered && missing.Count > 0)
        {
            _trouble = $"{made.Metadata.Name} is made before {string.Join(", ", missing)} are ready";
        }
    }

    private void CheckLeaving(int ordinal, Pod pod)
    {
        var (replicas, rolling) = (_wanted.Spec.Replicas!.Value, _wanted.Spec.UpdateStrategy.RollingUpdate!);
        var isSurplus = ordinal - Start >= replicas;
        if (!_checksAvailable || !IsReady(pod))
        {
            return;
        }

        if (isSurplus && _isOrdered && _world.All<Pod>().Any(other => Ordinal(other.Metadata.Name!) > ordinal))
        {
            _trouble = $"{pod.Metadata.Name} goes before a higher one";
        }

        var isUpdated = !isSurplus && pod.Spec.Containers[0].Image != Image;
        if (isUpdated && ordinal - Start < rolling.Partition && pod.Spec.Containers[0].Image == _stayed)
        {
            _trouble = $"{pod.Metadata.Name} goes, which the partition {rolling.Partition} keeps";
        }

        var unavailable = Enumerable.Range(Start, replicas).Count(other =>
            Find(other) is not { Metadata.DeletionTimestamp: null } found || !IsReady(found));
        if (isUpdated && unavailable > _unavailableMax)
        {
            _trouble = $"{unavailable} pods are not available after the deletion of {pod.Metadata.Name}, "
                + $"{_unavailableMax} may be";
        }
    }

    private Pod? Find(int ordinal) =>
        _world.Find<Pod>(new EntityKey("pods", "default", StatefulPodFromTemplate.PodName("web", ordinal)));

    private static bool IsReady(Pod pod) => PodObservation.Of(pod).IsReady;

    private static int? Ordinal(string pod) => StatefulPodFromTemplate.OrdinalOf("web", pod);

    /// <summary>Every number, and no other, has a pod that is ready and of the wanted template.</summary>
    private bool IsAtRest()
    {
        var pods = _world.All<Pod>().ToList();
        return pods.All(pod => PodObservation.Of(pod) is { IsActive: true, IsReady: true }
                && pod.Spec.Containers[0].Image == Image)
            && pods.Select(pod => Ordinal(pod.Metadata.Name!)!.Value).Order()
                .SequenceEqual(Enumerable.Range(Start, _wanted.Spec.Replicas!.Value));
    }

    private string? Unsettled()
    {
        var set = _world.Find<StatefulSet>(StatefulSetBuilder.Key)!;
        var restless = _world.Restless().ToList();
        var isShown = set.Status.ReadyReplicas == set.Spec.Replicas
            && set.Status.AvailableReplicas == set.Spec.Replicas
            && set.Status.CurrentRevision == set.Status.UpdateRevision && set.Status.Conditions.Count == 0
            && set.Status.ObservedGeneration == set.Metadata.Generation;
        if (IsAtRest() && isShown && restless.Count == 0)
        {
            return null;
        }

        var pods = _world.All<Pod>().Select(pod => $"{pod.Metadata.Name} {pod.Spec.Containers[0].Image} "
            + $"{pod.Status.Phase} {pod.Metadata.DeletionTimestamp} ready {IsReady(pod)}");
        return $"no rest: {string.Join(", ", restless)}\n{set.Status}\n{string.Join('\n', pods)}\n";
    }
}
