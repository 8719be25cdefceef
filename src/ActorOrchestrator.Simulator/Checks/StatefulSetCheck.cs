using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.StatefulSets;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a StatefulSet does by itself:
/// <list type="bullet">
/// <item>A pod is claimed in the journal before it is made, for a number of the set's that has none, of the revision
/// that the partition says, and after its claims on storage.</item>
/// <item>OrderedReady: only when all lower numbers have got ready; what is too much goes from the top, one by
/// one.</item>
/// <item>A pod that is to stay goes only for another revision, not below the partition nor with OnDelete, the highest
/// number first; while nothing is wrong no more than maxUnavailable are missing then.</item>
/// <item>A pod that goes leaves no container running, and no two pods of one name ever run, but for those that
/// somebody said to be gone: by force, or by deleting their node. Of fenced pods what is on a frozen machine does not
/// run.</item>
/// <item>Claims have the owner that the retention policy says before a surplus pod goes; none goes that nobody and no
/// owner's end has asked to.</item>
/// </list>
/// </summary>
internal sealed class StatefulSetCheck : Check
{
    /// <summary>How old its knowledge of pods may be while nothing is wrong.</summary>
    private static readonly TimeSpan HearsayMax = TimeSpan.FromMinutes(1);

    private static readonly string Resource = EntityKey.Of(KindRegistry.Of<StatefulSet>(), "", "").Resource;

    private readonly ForcedDeletions _forced = new();
    private readonly StatefulClaims _claims = new();
    private readonly Dictionary<string, StatefulBook> _books = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _nodesGone = new(StringComparer.Ordinal);
    private readonly Dictionary<(string PodUid, string Container), ContainerChange> _running = [];

    /// <summary>Pods that somebody has said to be gone.</summary>
    private readonly HashSet<string> _givenUp = new(StringComparer.Ordinal);

    private readonly HashSet<string> _uids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fenced = new(StringComparer.Ordinal);

    public override string Guarantee => "numbered";

    private DateTimeOffset Since => World.Loop.Now - HearsayMax;

    private bool IsCalm => World.Calm.ControlTroubledAt < Since;

    public override void OnRequest(Exchange exchange)
    {
        _forced.Begin(exchange);
        _claims.Begin(exchange);
    }

    public override void OnExchange(Exchange exchange)
    {
        _forced.End(exchange);
        _claims.End(exchange);
    }

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        foreach (var row in rows.Where(row => row.Entry.Resource == Resource))
        {
            var key = EntityKey.Parse(row.Row.PersistenceId);
            if (World.Truth.Find(key) is StatefulSet set)
            {
                TakeRow(set, row, $"{key} at {row.Row.Ordering}");
            }
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Node node when change.New is null:
                _nodesGone[node.Metadata.Name!] = World.Loop.Now;
                break;
            case Pod:
                TakePod(change, decided);
                break;
            case PersistentVolumeClaim when _claims.Take(change, World) is { } complaint:
                Violate(complaint);
                break;
        }
    }

    public override void OnContainer(ContainerChange change)
    {
        if (!_uids.Contains(change.PodUid))
        {
            return;
        }

        var container = (change.PodUid, change.Container);
        switch (change.Kind)
        {
            case ContainerChangeKind.Started:
                _running[container] = change;
                HoldAlone(change);
                break;
            case ContainerChangeKind.Exited or ContainerChangeKind.Removed
                when _running.TryGetValue(container, out var ended) && ended.Id == change.Id:
                _running.Remove(container);
                break;
        }
    }

    private void TakeRow(StatefulSet set, StoredRow row, string cause)
    {
        var book = BookOf(set.Metadata.Uid!);
        foreach (var @event in row.Entry.Events)
        {
            switch (@event)
            {
                case IChildrenClaimed<PodClaim> claimed:
                    foreach (var claim in claimed.NewClaims())
                    {
                        Claim(set, book, claim, cause);
                    }

                    break;
                case PodsUnclaimed unclaimed:
                    unclaimed.Uids.ToList().ForEach(uid => book.Open.Remove(uid));
                    break;
                case PodsDeletionRequested dismissed:
                    Dismiss(set, book, dismissed.Uids, cause);
                    break;
            }
        }
    }

    private void Claim(StatefulSet set, StatefulBook book, PodClaim claim, string cause)
    {
        if (StatefulBook.OrdinalOf(set.Metadata.Name!, claim.Name) is not { } ordinal)
        {
            Violate($"{cause} claims {claim.Name}, which is no name of a pod of its");
            return;
        }

        if (claim is StatefulPodClaim pod)
        {
            HoldClaim(set, book, pod, ordinal, $"{cause} asks for {claim.Name}");
        }

        book.Claimed.Add(claim.Uid);
        book.Open[claim.Uid] = ordinal;
    }

    private void HoldClaim(StatefulSet set, StatefulBook book, StatefulPodClaim claim, int ordinal, string cause)
    {
        var wish = new StatefulWish(set);
        if (!wish.IsInRange(ordinal) || set.Metadata.DeletionTimestamp is not null)
        {
            Violate($"{cause}: it is to have {wish.Replicas} from {wish.Start}: {Describe.Object(set)}");
        }

        if (book.Open.ContainsValue(ordinal))
        {
            Violate($"{cause}, and knows of no end of the former one");
        }

        if (claim.Revision != wish.RevisionOf(ordinal))
        {
            Violate($"{cause} of {claim.Revision}, and it is to be of {wish.RevisionOf(ordinal)}");
        }

        if (wish.IsOrdered && wish.Range.TakeWhile(lower => lower < ordinal).Where(lower => !book.HasBeenReady(lower)
            || (IsCalm && !book.WasReady(lower, Since))).ToList() is { Count: > 0 } waiting)
        {
            Violate($"{cause} while {string.Join(", ", waiting)} are not ready");
        }

        if (_claims.Missing(set, claim.Name, World) is { } missing)
        {
            Violate($"{cause} before there is {missing}");
        }
    }

    private void Dismiss(StatefulSet set, StatefulBook book, IReadOnlyList<string> uids, string cause)
    {
        var wish = new StatefulWish(set);
        var taken = new List<StatefulPodEntry>();
        foreach (var entry in uids.Select(uid => book.Pods.GetValueOrDefault(uid)).OfType<StatefulPodEntry>())
        {
            entry.IsDismissed = true;
        }

        foreach (var uid in uids)
        {
            if (!book.Open.TryGetValue(uid, out var ordinal))
            {
                continue;
            }

            var what = $"{cause} tells {set.Metadata.Name}-{ordinal} to go";
            if (!wish.IsInRange(ordinal))
            {
                HoldSurplus(set, book, uid, ordinal, what);
            }
            else if (book.Pods.GetValueOrDefault(uid) is { IsOver: false } entry)
            {
                HoldOutdated(set, book, entry, what);
                taken.Add(entry);
            }
        }

        HoldUnavailable(wish, book, taken, cause);
    }

    private void HoldSurplus(StatefulSet set, StatefulBook book, string uid, int ordinal, string cause)
    {
        var wish = new StatefulWish(set);
        if (wish.IsOrdered && book.Open.Any(open => open.Value > ordinal && !wish.IsInRange(open.Value)))
        {
            Violate($"{cause} before those with higher numbers: {string.Join(", ", book.Open.Values.Order())}");
        }

        if (wish.IsOrdered && wish.Range.FirstOrDefault(lower => !book.HasBeenReady(lower), -1) is >= 0 and var waiting)
        {
            Violate($"{cause} while {waiting}, which is to stay, is not ready");
        }

        if (_claims.Unkept(set, $"{set.Metadata.Name}-{ordinal}", wish.KeeperOf(ordinal, uid), World) is { } unkept)
        {
            Violate($"{cause} while {unkept}");
        }
    }

    private void HoldOutdated(StatefulSet set, StatefulBook book, StatefulPodEntry pod, string cause)
    {
        var wish = new StatefulWish(set);
        if (!wish.Rolls || wish.IsKeptBack(pod.Ordinal) || pod.Revision == set.Status.UpdateRevision)
        {
            Violate($"{cause}: it is of {pod.Revision}, the update is {set.Status.UpdateRevision} from "
                + $"{set.Spec.UpdateStrategy.RollingUpdate?.Partition ?? 0} on, {set.Spec.UpdateStrategy.Type}");
        }

        if (IsCalm && book.Pods.Values.FirstOrDefault(other => other.Ordinal > pod.Ordinal
            && wish.IsInRange(other.Ordinal) && other.Revision != set.Status.UpdateRevision
            && other.Serves(Since)) is { } higher)
        {
            Violate($"{cause} before {higher.Ordinal}, which is of {higher.Revision}");
        }
    }

    private void HoldUnavailable(StatefulWish wish, StatefulBook book, List<StatefulPodEntry> taken, string cause)
    {
        var available = book.Pods.Values.Where(pod => !pod.IsDismissed && pod.WasReady(Since))
            .Select(pod => pod.Ordinal).ToHashSet();
        var without = wish.Range.Count(ordinal => !available.Contains(ordinal));
        if (IsCalm && taken.Exists(pod => pod.IsReady && pod.ReadyChangedAt < Since) && without > wish.UnavailableMax)
        {
            Violate($"{cause} takes [{string.Join(", ", taken.Select(pod => pod.Ordinal))}]: {without} of "
                + $"{wish.Replicas} are without a pod then; {wish.UnavailableMax} are allowed");
        }
    }

    private void TakePod(ObjectChange change, Decided decided)
    {
        var (old, now) = (change.Old as Pod, change.New as Pod);
        _forced.Take(change, World.Loop.Now);
        var (former, owner) = (OwnerOf(old), OwnerOf(now));
        if (former is not null && former.Uid != owner?.Uid)
        {
            HoldGone(change, old!, BookOf(former.Uid!));
        }

        if (owner is null || StatefulBook.OrdinalOf(owner.Name!, change.Key.Name) is not { } ordinal)
        {
            return;
        }

        var (book, uid) = (BookOf(owner.Uid!), now!.Metadata.Uid!);
        _uids.Add(uid);
        _givenUp.Remove(uid);
        if (PodFencing.IsFenced(now))
        {
            _fenced.Add(uid);
        }

        book.Take(uid, now, ordinal, World.Loop.Now);
        if (decided.IsCreation && !book.Claimed.Contains(uid))
        {
            Violate($"{change.Key} ({uid}) was made at {change.Sequence}; its StatefulSet had not claimed it");
        }
    }

    /// <summary>The name is free for the next one: nothing of it may run any more.</summary>
    private void HoldGone(ObjectChange change, Pod pod, StatefulBook book)
    {
        var uid = pod.Metadata.Uid!;
        var entry = book.Pods.GetValueOrDefault(uid);
        entry?.Leave(World.Loop.Now);
        if (change.New is not null)
        {
            return;
        }

        var node = entry?.Node;
        var isLost = node is not null && (World.Truth.Find<Node>(null, node) is null
            || (_nodesGone.TryGetValue(node, out var gone) && gone >= entry!.BoundAt));
        if (isLost || _forced.MayHave(change, pod, World.Loop.Now))
        {
            _givenUp.Add(uid);
        }
        else if (_running.Values.FirstOrDefault(
            running => running.PodUid == uid && Runs(running)) is { } runs)
        {
            Violate($"{change.Key} is gone at {change.Sequence}, and {runs.Id} of it runs on {runs.Machine}");
        }
    }

    private void HoldAlone(ContainerChange change)
    {
        var other = _running.Values.FirstOrDefault(running => running.PodUid != change.PodUid
            && running.PodName == change.PodName && running.PodNamespace == change.PodNamespace
            && !_givenUp.Contains(running.PodUid) && Runs(running));
        if (other is not null && !_givenUp.Contains(change.PodUid))
        {
            Violate($"{change} while {other.Id} of another pod of the name runs on {other.Machine}");
        }
    }

    /// <summary>A machine that was frozen ends its fenced pods before anything else; others are given up by nobody
    /// meanwhile.</summary>
    private bool Runs(ContainerChange running) => !_fenced.Contains(running.PodUid) || World.Runs(running.Machine);

    private StatefulBook BookOf(string setUid)
    {
        if (!_books.TryGetValue(setUid, out var book))
        {
            _books.Add(setUid, book = new StatefulBook());
        }

        return book;
    }

    private static OwnerReference? OwnerOf(Pod? pod) => pod?.Metadata.OwnerReferences.FirstOrDefault(
        reference => reference is { Controller: true, Kind: nameof(StatefulSet) });
}
