using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>
/// A DaemonSet (apps/v1) keeps a pod of its template on every node that is fit for it. Which nodes are it is told
/// (<see cref="DaemonNodeMatcher"/>); on each <see cref="Reconcile"/> it recomputes the next step from its claims: see
/// <see cref="NodeCoverage"/> for what a node has, <see cref="DaemonRollingUpdate"/> for the exchange of old pods,
/// <see cref="RevisionHistory"/> for what old is. A claim names its node, so of the pods of one node none is ever made
/// twice, whatever is lost.
/// </summary>
public sealed class DaemonSetDecider : RevisionedOwnerBehavior<DaemonSetState, DaemonSet>
{
    internal const string ControllerName = "daemonset-controller";

    protected override DaemonSetState Initial => DaemonSetState.Absent;

    protected override string Component => ControllerName;

    /// <summary>Every child has answered, the nodes are known and covered by pods of the present revision, and the
    /// status shows it.</summary>
    public override bool IsAtRest(DaemonSetState state)
    {
        if (state.Set is not { } set)
        {
            return true;
        }

        if (!Rest.IsComplete(set) || !base.IsAtRest(state)
            || RevisionHistory.Find(Revisions(state), set.Pinned()) is not { IsConfirmed: true } present)
        {
            return false;
        }

        var nodes = DaemonNodes.Of(state, present.Hash);
        return nodes.All(node => node.Pods.Count == (node.IsDesired ? 1 : 0))
            && DaemonSetTally.Of(nodes, DateTimeOffset.MaxValue).Status(set) == set.Status;
    }

    protected override LabelSelector? SelectorOf(DaemonSet owner) => owner.Spec.Selector;

    /// <summary>A pod that was never made of a template that is not the present one is not made any more.</summary>
    protected override Pod? ManifestOf(DaemonSetState state, DaemonSet owner, PodClaim claim) =>
        claim is DaemonPodClaim pod
        && RevisionHistory.Find(Revisions(state), owner.Pinned()) is { } present && present.Hash == pod.Hash
            ? DaemonPodFromTemplate.Create(owner, pod)
            : null;

    protected override IEnumerable<DomainEvent> Claimed(IReadOnlyList<PodClaim> pods)
    {
        var placed = pods.OfType<DaemonPodClaim>()
            .Select(pod => new ClaimedDaemonPod(pod.Uid, pod.Name, pod.Node, pod.Hash)).ToValueList();
        return
        [
            .. placed.Count == 0 ? Array.Empty<DomainEvent>() : [new DaemonPodsClaimed(placed)],
            .. OwnedPods.Claimed(pods.Where(pod => pod is not DaemonPodClaim)),
        ];
    }

    protected override void AskFacts(DaemonSetState state, Decision decision) =>
        decision.Add(Effect.FindNodes.Instance);

    protected override Decision OnOtherMessage(
        EntityKey self, DaemonSetState state, DaemonSet owner, Message message, in DecisionContext context) =>
        message is NodesMatched matched && matched.Uid == owner.Metadata.Uid && matched != state.Matched
            ? new Decision().Emit(new NodesLearned(matched))
            : new Decision();

    protected override DaemonSetState ApplyOwn(DaemonSetState state, DomainEvent @event) => @event switch
    {
        NodesLearned learned => state with
        {
            Matched = learned.Matched,
            Failures = state.Failures.RemoveRange(
                state.Failures.Keys.Except(learned.Matched.Nodes.Select(node => node.Name)).ToList()),
        },
        DaemonPodFailed failed => state with
        {
            Failures = state.Failures.SetItem(
                failed.Node, PodFailures.After(state.Failures.GetValueOrDefault(failed.Node), failed.At)),
        },
        ActivationBegan => base.ApplyOwn(state, @event) with
        {
            Matched = null, Failures = DaemonSetState.Absent.Failures,
        },
        _ => base.ApplyOwn(state, @event),
    };

    protected override void OnHashTaken(OwnerDraft<DaemonSetState, DaemonSet> draft) => draft.Shown = draft.Shown with
    {
        Status = draft.Shown.Status with { CollisionCount = (draft.Shown.Status.CollisionCount ?? 0) + 1 },
    };

    protected override void Converge(
        EntityKey self, OwnerDraft<DaemonSetState, DaemonSet> draft, in DecisionContext context) =>
        new DaemonSetReconciler(self, draft, context).Converge();

    private static IEnumerable<RevisionClaim> Revisions(DaemonSetState state) =>
        state.Claims.Values.OfType<RevisionClaim>();
}
