using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>A DaemonSet's reconciliation: keep its revisions, cover its nodes, take the next step of an update, show
/// how it stands.</summary>
internal sealed class DaemonSetReconciler(
    EntityKey self, OwnerDraft<DaemonSetState, DaemonSet> draft, DecisionContext context)
{
    private const string AvailableTimer = "available";
    private const string BackOffTimer = "back-off";

    /// <summary>Pods asked for and not yet seen, at most; more follow as these report (Kubernetes' burst).</summary>
    private const int UnconfirmedMax = 250;

    private DateTimeOffset? _retryAt;

    public void Converge()
    {
        var (spec, status) = (draft.Shown.Spec, draft.Shown.Status);
        var keeper = new RevisionKeeper<DaemonSetState, DaemonSet>(self, draft, context);
        if (draft.State.IsTerminating || !keeper.IsHeard || keeper.AwaitsCopies)
        {
            return;
        }

        var present = keeper.Present(draft.Shown.Pinned(), status.CollisionCount, RevisionHistory.HashLabel);
        if (present is null || draft.State.Nodes is null || draft.State.AwaitsReports(context.Now))
        {
            return;
        }

        Cover(present.Hash);
        Update(present.Hash);
        keeper.DeleteExpired(present, IsInUse, spec.RevisionHistoryLimit);
        Show(present.Hash);
    }

    private void Cover(string hash)
    {
        var nodes = DaemonNodes.Of(draft.State, hash);
        var surges = BoundsOf(nodes).MaxSurge > 0;
        var steps = nodes.Select(node => (Node: node, Step: NodeCoverage.Next(
            node, surges, draft.State.Failures.GetValueOrDefault(node.Name), context.Now))).ToList();
        _retryAt = steps.Min(entry => entry.Step.RetryAt);
        foreach (var (node, step) in steps)
        {
            NoteEnds(node, step);
        }

        DeletePods(steps.SelectMany(entry => entry.Step.Deletes));
        CreatePods(steps.Where(entry => entry.Step.Creates).Select(entry => entry.Node.Name), hash);
    }

    private void Update(string hash)
    {
        var nodes = DaemonNodes.Of(draft.State, hash);
        if (draft.Shown.Spec.UpdateStrategy.Type != DaemonRollingUpdate.Type || nodes.All(IsUpdated))
        {
            return;
        }

        var update = DaemonRollingUpdate.Next(nodes, BoundsOf(nodes), context.Now);
        DeletePods(update.Deletes);
        CreatePods(update.Creates, hash);
    }

    private void Show(string hash)
    {
        var tally = DaemonSetTally.Of(DaemonNodes.Of(draft.State, hash), context.Now);
        draft.Shown = draft.Shown with { Status = tally.Status(draft.Shown) };
        if (_retryAt is { } retry)
        {
            draft.Decision.SetTimer(BackOffTimer, retry, Reconcile.Instance);
        }

        if (tally.NextAvailableAt is { } due)
        {
            draft.Decision.SetTimer(AvailableTimer, due, Reconcile.Instance);
        }
    }

    private void NoteEnds(DaemonNode node, NodeStep step)
    {
        if (step.Failed.Count > 0)
        {
            draft.Emit(new DaemonPodFailed(node.Name, context.Now));
        }

        foreach (var pod in step.Deletes.Where(pod => pod.End != PodEnd.None))
        {
            var (type, reason, end, wish) = pod.End == PodEnd.Failed
                ? ("Warning", "FailedDaemonPod", "failed", "kill")
                : ("Normal", "SucceededDaemonPod", "succeeded", "delete");
            draft.Decision.RecordEvent(draft.Shown, type, reason,
                $"Found {end} daemon pod {self.Namespace}/{pod.Name} on node {node.Name}, will try to {wish} it"
                    + (pod.Rejection is { } rejection ? $": {rejection}" : ""),
                DaemonSetDecider.ControllerName);
        }
    }

    private void DeletePods(IEnumerable<RevisionedPod> pods)
    {
        var names = pods.Select(pod => pod.Name).ToHashSet(StringComparer.Ordinal);
        var deleted = draft.State.Claims.Values.OfType<PodClaim>()
            .Where(claim => claim is { IsDeletionRequested: false, IsGone: false } && names.Contains(claim.Name))
            .ToList();
        if (deleted.Count == 0)
        {
            return;
        }

        OwnedPods.Delete(self, draft, draft.Shown, deleted);
        foreach (var claim in deleted)
        {
            draft.Decision.RecordEvent(draft.Shown, "Normal", "SuccessfulDelete", $"Deleted pod: {claim.Name}",
                DaemonSetDecider.ControllerName);
        }
    }

    private void CreatePods(IEnumerable<string> nodes, string hash)
    {
        var wanted = nodes.ToList();
        if (wanted.Count == 0 && draft.State.Failure is not null && !HasUnconfirmed())
        {
            draft.Emit(new CreationFailed(null));
        }

        var room = UnconfirmedMax - draft.State.Claims.Values.Count(claim => claim is PodClaim { IsConfirmed: false });
        if (wanted.Count == 0 || room <= 0 || draft.State.Failure?.RetryAt > context.Now)
        {
            return;
        }

        var names = draft.State.Claims.Values.Select(claim => claim.Name).ToHashSet(StringComparer.Ordinal);
        var claims = wanted.Take(room)
            .Select(node => new DaemonPodClaim(context.Ids.NewUid(), NewName(names), node, hash)).ToList();
        draft.Emit(new DaemonPodsClaimed(
            claims.Select(claim => new ClaimedDaemonPod(claim.Uid, claim.Name, claim.Node, hash)).ToValueList()));
        foreach (var claim in claims)
        {
            draft.Decision.Tell(
                new EntityKey(claim.Resource, self.Namespace, claim.Name),
                new Create(DaemonPodFromTemplate.Create(draft.Shown, claim)));
        }
    }

    private string NewName(HashSet<string> taken)
    {
        var name = PodFromTemplate.NewName(self.Name, context.Ids);
        while (!taken.Add(name))
        {
            name = PodFromTemplate.NewName(self.Name, context.Ids);
        }

        return name;
    }

    private bool HasUnconfirmed() => draft.State.Claims.Values.Any(claim => claim is PodClaim { IsConfirmed: false });

    private bool IsInUse(RevisionClaim revision) => draft.State.Claims.Values.OfType<PodClaim>()
        .Any(claim => !claim.IsGone && DaemonNodes.HashOf(claim) == revision.Hash);

    private DaemonBounds BoundsOf(IReadOnlyList<DaemonNode> nodes) =>
        DaemonBounds.Of(draft.Shown.Spec.UpdateStrategy, nodes.Count(node => node.IsDesired));

    private static bool IsUpdated(DaemonNode node) => node.Pods.All(pod => pod.IsNew || pod.IsLeaving);
}
