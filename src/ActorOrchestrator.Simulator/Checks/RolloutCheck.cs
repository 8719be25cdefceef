using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a Deployment and its ReplicaSets do by themselves keeps the bounds of the rollout:
/// <list type="bullet">
/// <item>A ReplicaSet never has more pods than it was ever to have, and those that it adopted.</item>
/// <item>The pods that a Deployment has, or may come to have, are never raised above replicas and surge.</item>
/// <item>A ReplicaSet is made smaller only if enough available pods stay, or no available one goes.</item>
/// <item>Recreate starts no pod while one of another ReplicaSet is not over.</item>
/// </list>
/// Judged by every version of the spec of the last minutes, since what was decided before a change may still be on its
/// way; and not where somebody else resizes ReplicaSets behind the Deployment's back.
/// </summary>
internal sealed class RolloutCheck : Check
{
    /// <summary>How old a Deployment's knowledge of its ReplicaSets may be while nothing is wrong.</summary>
    private static readonly TimeSpan HearsayMax = TimeSpan.FromMinutes(1);

    private readonly RolloutBook _book = new();
    private readonly Dictionary<string, RecentBounds> _bounds = new(StringComparer.Ordinal);
    private readonly OpenWrites _writes = new();

    public override string Guarantee => "G7";

    public override void OnRequest(Exchange exchange)
    {
        if (exchange.Call.Method != "GET" && RequestTarget.Of(exchange.Call) is { Kind.Kind: "ReplicaSet" } target)
        {
            _writes.Begin(target);
            Touch(target);
        }
    }

    public override void OnExchange(Exchange exchange)
    {
        if (exchange.Call.Method != "GET" && RequestTarget.Of(exchange.Call) is { Kind.Kind: "ReplicaSet" } target)
        {
            _writes.End(target, exchange);
            Touch(target);
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Deployment:
                TakeDeployment(change);
                break;
            case ReplicaSet:
                TakeSet(change, decided);
                break;
            case Pod:
                TakePod(change, decided);
                break;
        }
    }

    private void TakeDeployment(ObjectChange change)
    {
        var now = change.New as Deployment;
        _book.Take(change.Old as Deployment, now);
        if (now is not null)
        {
            BoundsOf(now.Metadata.Uid!).Take(now.Spec, World.Loop.Now);
        }
        else
        {
            _bounds.Remove(change.Old!.Metadata.Uid!);
        }
    }

    private void TakeSet(ObjectChange change, Decided decided)
    {
        var (old, now) = (change.Old as ReplicaSet, change.New as ReplicaSet);
        var owner = RolloutBook.ControllerOf(now ?? old);
        var before = owner is null ? 0 : _book.LevelOf(owner);
        _book.Take(old, now);
        var isOwnAct = (decided.IsCreation || decided.Has<ObjectReplaced>())
            && !_writes.MayChange(change.Key, World.Loop.Now);
        if (now is null || owner is null || _book.Find(owner) is not { } deployment || !isOwnAct)
        {
            return;
        }

        var isAdopted = old is not null && RolloutBook.ControllerOf(old) != owner;
        if (!isAdopted)
        {
            HoldLevel(deployment, before, $"{change.Key} at {change.Sequence}");
        }

        if (old is not null && SizeOf(now) < SizeOf(old))
        {
            HoldAvailable(deployment, change, old, now);
        }
    }

    private void TakePod(ObjectChange change, Decided decided)
    {
        var (old, now) = (change.Old as Pod, change.New as Pod);
        var owner = RolloutBook.ControllerOf(now);
        var deploymentUid = owner is null ? null : _book.SetOf(owner).OwnerUid;
        var before = deploymentUid is null ? 0 : _book.LevelOf(deploymentUid);
        if (_book.Take(change, old, now) is not { } set || !decided.IsCreation)
        {
            return;
        }

        if (set.Active - set.Adopted > set.LargestSize)
        {
            Violate($"{change.Key} at {change.Sequence} is one too many: {set}, never more than {set.LargestSize} were "
                + $"asked for, {set.Adopted} are adopted");
        }

        if (_book.Find(deploymentUid) is { } deployment)
        {
            HoldLevel(deployment, before, $"{change.Key} at {change.Sequence}");
            HoldRecreation(deployment, set, change);
        }
    }

    private void HoldLevel(Deployment deployment, int before, string cause)
    {
        var uid = deployment.Metadata.Uid!;
        var level = _book.LevelOf(uid);
        var recent = BoundsOf(uid);
        var most = recent.Within(World.Loop.Now).Max(bounds => bounds.PodsMax);

        // Somebody who resizes its sets behind its back makes pods that it could not know of when it decided.
        var isTouched = recent.TouchedAt + HearsayMax > World.Loop.Now;
        if (level > before && level > most && !isTouched)
        {
            Violate($"{cause} raises {EntityKey.Of(deployment)} from {before} to {level} pods; {most} are allowed: "
                + string.Join(", ", _book.SetsOf(uid)));
        }
    }

    /// <summary>Of n available pods a set of size m keeps min(n, m): it lets the others go first. What the Deployment
    /// knew of n is at most the most that was shown lately, and not less than what the set shows: it refuses to shrink
    /// when it has more than was known.</summary>
    private void HoldAvailable(Deployment deployment, ObjectChange change, ReplicaSet old, ReplicaSet now)
    {
        var recent = BoundsOf(deployment.Metadata.Uid!).Within(World.Loop.Now);
        if (World.Calm.ControlTroubledAt + HearsayMax > World.Loop.Now || recent.Any(bounds => bounds.IsRecreate)
            || old.Status.AvailableReplicas <= SizeOf(now))
        {
            return;
        }

        var kept = _book.SetsOf(deployment.Metadata.Uid!).Sum(set => Math.Min(AvailableLately(set.Set!), set.Size));
        var least = recent.Min(bounds => bounds.AvailableMin);
        if (kept < least)
        {
            Violate($"{change.Key} was made smaller at {change.Sequence}, from {SizeOf(old)} to {SizeOf(now)}, with "
                + $"{old.Status.AvailableReplicas} available: {kept} of {EntityKey.Of(deployment)} stay, and {least} "
                + $"have to: {string.Join(", ", _book.SetsOf(deployment.Metadata.Uid!))}");
        }
    }

    private int AvailableLately(ReplicaSet set)
    {
        var since = World.Loop.Now - HearsayMax;
        var most = set.Status.AvailableReplicas;
        var changes = World.History.Of(EntityKey.Of(set));
        for (var i = changes.Count - 1; i >= 0 && World.History.WhenAt(changes[i].Sequence) >= since; i--)
        {
            if (changes[i].Old is ReplicaSet before && before.Metadata.Uid == set.Metadata.Uid)
            {
                most = Math.Max(most, before.Status.AvailableReplicas);
            }
        }

        return most;
    }

    /// <summary>The first pod of a set is not made beside those of another; what a set has had is made again, and a
    /// Deployment that is scaled scales the set that it has.</summary>
    private void HoldRecreation(Deployment deployment, CountedSet set, ObjectChange change)
    {
        var bounds = BoundsOf(deployment.Metadata.Uid!);
        var versions = bounds.Within(World.Loop.Now);
        var isFirst = set.Active == 1 && set.MostBefore == 0;
        var isScaled = versions.Select(version => version.PodsMax).Distinct().Count() > 1;
        if (!isFirst || isScaled || bounds.TouchedAt + RecentBounds.Kept > World.Loop.Now
            || versions.Any(version => !version.IsRecreate || version.IsPaused))
        {
            return;
        }

        if (_book.SetsOf(deployment.Metadata.Uid!).FirstOrDefault(
            other => other != set && other.Unfinished > 0) is { } old)
        {
            Violate($"{change.Key} of {set.Set!.Metadata.Name} was made at {change.Sequence} while {old.Unfinished} "
                + $"pods of {old.Set!.Metadata.Name} are not over; {EntityKey.Of(deployment)} is to be recreated");
        }
    }

    private RecentBounds BoundsOf(string deploymentUid)
    {
        if (!_bounds.TryGetValue(deploymentUid, out var bounds))
        {
            _bounds.Add(deploymentUid, bounds = new RecentBounds());
        }

        return bounds;
    }

    private void Touch(RequestTarget target)
    {
        if (target.Name is not null && RolloutBook.ControllerOf(World.Truth.Find(target.Key)) is { } owner)
        {
            BoundsOf(owner).TouchedAt = World.Loop.Now;
        }
    }

    private static int SizeOf(ReplicaSet set) => set.Spec.Replicas ?? 1;
}
