using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>What is to be done on one node.</summary>
/// <param name="Creates">A pod is to be made.</param>
/// <param name="Deletes">The pods that are to go.</param>
/// <param name="Failed">Those of them that failed.</param>
/// <param name="RetryAt">When a failed pod may go that stays for now; null without one.</param>
public sealed record NodeStep(
    bool Creates, IReadOnlyList<RevisionedPod> Deletes, IReadOnlyList<RevisionedPod> Failed, DateTimeOffset? RetryAt);

/// <summary>
/// That every node has the pod that it is to have, whatever revision: the step before an update.
/// <code>
///   node            pods there              step
///   fit             none                    create
///   fit             one on its way out      wait until it is gone; with a surge: create
///   fit, kept       one failed              delete it, after 1 s, 2 s … 15 min when the former ones failed too
///   fit, kept       one succeeded           delete it
///   fit, kept       two                     delete the one that is not available, or the younger; a surge: below
///   unfit           any                     delete
///   not there       not bound               delete: it could never be
///   not there       bound                   leave: who looks after pods without a node removes them
/// </code>
/// With a surge there may be one old pod and one of the present revision; the old one goes when it is not ready, or
/// when the new one is available.
/// </summary>
public static class NodeCoverage
{
    public static NodeStep Next(DaemonNode node, bool surges, PodFailures? failures, DateTimeOffset now)
    {
        switch (node.Fit)
        {
            case null:
                return Deleting([.. node.Pods.Where(pod => pod is { IsLeaving: false, IsBound: false })]);
            case NodeFit.Unfit:
                return Deleting([.. node.Pods.Where(pod => !pod.IsLeaving)]);
        }

        var failed = node.Pods.Where(pod => pod is { IsLeaving: false, End: PodEnd.Failed }).ToList();
        var isHeld = failed.Count > 0 && failures?.NextAt > now;
        var isFree = surges ? node.Pods.All(pod => pod.IsTerminating) : node.Pods.Count == 0;
        return new NodeStep(
            node.IsDesired && isFree,
            [
                .. isHeld ? [] : failed,
                .. node.Pods.Where(pod => pod is { IsLeaving: false, End: PodEnd.Succeeded }),
                .. Excess(node, surges, now),
            ],
            isHeld ? [] : failed,
            isHeld ? failures!.NextAt : null);
    }

    private static NodeStep Deleting(IReadOnlyList<RevisionedPod> pods) => new(false, pods, [], null);

    private static IEnumerable<RevisionedPod> Excess(DaemonNode node, bool surges, DateTimeOffset now)
    {
        var running = node.Pods.Where(pod => pod.IsRunning)
            .OrderByDescending(pod => pod.IsAvailable(now)).ThenByDescending(pod => pod.IsReady).ToList();
        if (!running.TrueForAll(pod => pod.IsKnown))
        {
            return [];
        }

        if (!surges)
        {
            return running.Skip(1);
        }

        var (fresh, old) = (running.Find(pod => pod.IsNew), running.Find(pod => !pod.IsNew));
        var isReplaced = fresh is not null && old is not null && (!old.IsReady || fresh.IsAvailable(now));
        return running.Where(pod => (pod != fresh && pod != old) || (pod == old && isReplaced));
    }
}
