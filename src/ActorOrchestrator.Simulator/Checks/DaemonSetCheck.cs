using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a DaemonSet does by itself:
/// <list type="bullet">
/// <item>It asks for no pod that is not claimed in the journal before, and each is bound to its own node.</item>
/// <item>No pod is made for a node before the former one there is over; with a surge not beside two that stay.</item>
/// <item>While nothing is wrong, an available pod is asked to go only when no more nodes than maxUnavailable are
/// without one then.</item>
/// </list>
/// That each node has its pod is asked for at rest (<see cref="ConvergenceProblems"/>).
/// </summary>
internal sealed class DaemonSetCheck : Check
{
    /// <summary>How old its knowledge of nodes and pods may be while nothing is wrong.</summary>
    private static readonly TimeSpan HearsayMax = TimeSpan.FromMinutes(1);

    private static readonly string Resource = EntityKey.Of(Api.KindRegistry.Of<DaemonSet>(), "", "").Resource;

    private readonly Dictionary<string, DaemonBook> _books = new(StringComparer.Ordinal);
    private DateTimeOffset _nodesChangedAt;

    public override string Guarantee => "daemons";

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        foreach (var row in rows.Where(row => row.Entry.Resource == Resource))
        {
            var key = EntityKey.Parse(row.Row.PersistenceId);
            if (World.Truth.Find(key) is not DaemonSet set)
            {
                continue;
            }

            var book = BookOf(set.Metadata.Uid!);
            foreach (var @event in row.Entry.Events)
            {
                switch (@event)
                {
                    case DaemonPodsClaimed claimed:
                        book.Claimed.UnionWith(claimed.Pods.Select(pod => pod.Uid));
                        break;
                    case PodsDeletionRequested dismissed:
                        Dismiss(set, book, dismissed.Uids, $"{key} at {row.Row.Ordering}");
                        break;
                }
            }
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Node when change.Old is not Node old || change.New is not Node now
                || old.Metadata.Labels != now.Metadata.Labels || old.Spec.Taints != now.Spec.Taints:
                _nodesChangedAt = World.Loop.Now;
                break;
            case DaemonSet set:
                BookOf(set.Metadata.Uid!).Paces.Take(DaemonPace.Of(set.Spec.UpdateStrategy), World.Loop.Now);
                break;
            case Pod:
                TakePod(change, decided);
                break;
        }
    }

    private void TakePod(ObjectChange change, Decided decided)
    {
        var (old, now) = (change.Old as Pod, change.New as Pod);
        var (former, owner) = (OwnerOf(old), OwnerOf(now));
        if (former is not null && former.Uid != owner?.Uid)
        {
            BookOf(former.Uid!).Pods.Remove(old!.Metadata.Uid!);
        }

        if (owner is null)
        {
            return;
        }

        var (book, uid) = (BookOf(owner.Uid!), now!.Metadata.Uid!);
        if (IsReleased(now, owner.Name!))
        {
            book.Pods.Remove(uid);
            return;
        }

        if (!book.Pods.TryGetValue(uid, out var entry))
        {
            book.Pods.Add(uid, entry = new DaemonPodEntry { ReadyChangedAt = World.Loop.Now });
        }

        entry.Take(now, World.Loop.Now);
        if (DaemonPodEntry.PinnedTo(now) is { } pinned && entry.Node != pinned)
        {
            Violate($"{change.Key} is bound to {entry.Node} at {change.Sequence}, and is to be on {pinned}");
        }

        if (decided.IsCreation)
        {
            HoldCreation(change, book, uid, entry);
        }
    }

    private void HoldCreation(ObjectChange change, DaemonBook book, string uid, DaemonPodEntry entry)
    {
        if (!book.Claimed.Contains(uid))
        {
            Violate($"{change.Key} ({uid}) was made at {change.Sequence}; its DaemonSet had not claimed it");
        }

        var others = book.Pods.Where(pod => pod.Key != uid && pod.Value.Node == entry.Node)
            .Select(pod => pod.Value).ToList();
        var isSurging = book.Paces.Within(World.Loop.Now).Any(pace => pace.SurgeMax(1) > 0);
        var left = others.Count(other => isSurging ? !other.IsTerminating : !other.IsOver);
        if (left > (isSurging ? 1 : 0))
        {
            Violate($"{change.Key} was made at {change.Sequence} for {entry.Node}, where {left} others of its "
                + $"DaemonSet {(isSurging ? "stay" : "are not over")}");
        }
    }

    private void Dismiss(DaemonSet set, DaemonBook book, IEnumerable<string> uids, string cause)
    {
        var since = World.Loop.Now - HearsayMax;
        var taken = new List<DaemonPodEntry>();
        foreach (var uid in uids)
        {
            if (book.Pods.TryGetValue(uid, out var pod))
            {
                pod.IsDismissed = true;
                taken.Add(pod);
            }
        }

        var isTroubled = World.Calm.ControlTroubledAt > since || _nodesChangedAt > since;
        if (isTroubled || set.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var selector = set.Spec.Template.Spec.NodeSelector;
        var nodes = World.Truth.All<Node>()
            .Where(node => selector.All(label => node.Metadata.Labels.GetValueOrDefault(label.Key) == label.Value))
            .Where(node => !node.Spec.Taints.Any(KeepsOut)).Select(node => node.Metadata.Name!).ToList();
        var available = book.Pods.Values
            .Where(pod => pod is { IsTerminating: false, IsDismissed: false } && pod.WasReady(since))
            .Select(pod => pod.Node).ToHashSet(StringComparer.Ordinal);
        var lost = taken.FirstOrDefault(pod => pod is { IsReady: true, Node: { } node } && pod.ReadyChangedAt < since
            && nodes.Contains(node) && !available.Contains(node));
        var most = book.Paces.Within(World.Loop.Now).Max(pace => pace.UnavailableMax(nodes.Count));
        var without = nodes.Count(node => !available.Contains(node));
        if (lost is not null && without > most)
        {
            Violate($"{cause} takes an available pod from {lost.Node}: {without} of {nodes.Count} nodes are without "
                + $"one then, {most} are allowed to be");
        }
    }

    /// <summary>Of what nodes are tainted with in a run, a daemon's pods that are there tolerate all, and new ones come
    /// not to nodes that are not heard of: as in Kubernetes such a node does not count.</summary>
    private static bool KeepsOut(Taint taint) => taint is
    {
        Key: "node.kubernetes.io/unreachable" or "node.kubernetes.io/not-ready", Effect: "NoSchedule",
    };

    private bool IsReleased(Pod pod, string setName) =>
        World.Truth.Find<DaemonSet>(pod.Metadata.Namespace, setName)?.Spec.Selector is { } selector
        && selector.MatchLabels.Any(label => pod.Metadata.Labels.GetValueOrDefault(label.Key) != label.Value);

    private DaemonBook BookOf(string setUid)
    {
        if (!_books.TryGetValue(setUid, out var book))
        {
            _books.Add(setUid, book = new DaemonBook());
        }

        return book;
    }

    private static Api.OwnerReference? OwnerOf(Pod? pod) => pod?.Metadata.OwnerReferences.FirstOrDefault(
        reference => reference is { Controller: true, Kind: nameof(DaemonSet) });
}
