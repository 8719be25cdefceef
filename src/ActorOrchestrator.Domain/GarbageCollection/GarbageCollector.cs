using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.GarbageCollection;

/// <summary>
/// Carries out what deletions mean for dependents (metadata.ownerReferences), across all kinds:
/// <list type="bullet">
/// <item>background: once an owner is gone, dependents without another owner are deleted; those with one lose the
/// reference;</item>
/// <item>foreground (finalizer <c>foregroundDeletion</c>): the owner stays until dependents that block its deletion are
/// gone;</item>
/// <item>orphan (finalizer <c>orphan</c>): the owner stays until no dependent refers to it any more.</item>
/// </list>
/// A pod that is kept for a Job to count it (finalizer <c>batch.kubernetes.io/job-tracking</c>) and has no Job is let
/// go.
/// An owner is absent when no object has its uid: the log is followed completely and in order, so there is no doubt
/// about that. Circles of owners are deleted like lines: nobody waits for its own ancestor.
/// </summary>
public sealed class GarbageCollector : IProjection
{
    /// <summary>After this long what was told is derived again, in case a message was lost.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly ObjectGraph _graph = new();
    private readonly Queue<string> _dirty = new();
    private readonly HashSet<string> _isDirty = new(StringComparer.Ordinal);
    private readonly Queue<(string Uid, DateTimeOffset Due)> _again = new();
    private readonly HashSet<string> _isAgain = new(StringComparer.Ordinal);
    private bool _started;

    public string Name => "garbage-collector";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (change.Old?.Metadata.Uid is { } old && old != change.New?.Metadata.Uid)
        {
            OnGone(old);
        }

        if (change.New?.Metadata.Uid is not null)
        {
            OnPresent(change.Key, change.New);
        }
    }

    public void Started(ProjectionContext context)
    {
        _started = true;
        foreach (var node in _graph.Nodes.Where(NeedsLook).OrderBy(node => node.Key, KeyOrder.Instance))
        {
            MarkDirty(node.Uid);
        }
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        while (_again.TryPeek(out var next) && next.Due <= context.Now)
        {
            _again.Dequeue();
            _isAgain.Remove(next.Uid);
            MarkDirty(next.Uid);
        }

        while (_dirty.TryDequeue(out var uid))
        {
            _isDirty.Remove(uid);
            if (_graph.Find(uid) is { } node)
            {
                Look(node, context);
            }
        }

        if (_again.TryPeek(out var first))
        {
            context.WakeAt(first.Due);
        }
    }

    private static bool NeedsLook(GraphNode node) =>
        node.Owners.Count > 0 || node.WaitsForDependents || node.OrphansDependents || node.IsKeptForJob;

    private void OnPresent(EntityKey key, KubeObject value)
    {
        var before = _graph.Find(value.Metadata.Uid!);
        var (owners, wasWaiting, wasOrphaning, wasKept) = (
            before?.Owners, before?.WaitsForDependents ?? false, before?.OrphansDependents ?? false,
            before?.IsKeptForJob ?? false);
        var node = _graph.Set(key, value);
        if (!_started)
        {
            return;
        }

        var hasNewOwners = owners is null ? node.Owners.Count > 0 : !owners.Equals(node.Owners);
        if (hasNewOwners)
        {
            MarkDirty(node.Uid);
            MarkOwnersDirty(owners ?? []);
            MarkOwnersDirty(node.Owners);
        }

        if (node.IsKeptForJob && !wasKept)
        {
            MarkDirty(node.Uid);
        }

        if (wasWaiting != node.WaitsForDependents || wasOrphaning != node.OrphansDependents)
        {
            MarkDirty(node.Uid);
            MarkDependentsDirty(node.Uid);
        }
    }

    private void OnGone(string uid)
    {
        if (_graph.Remove(uid) is not { } node || !_started)
        {
            return;
        }

        MarkDependentsDirty(uid);
        MarkOwnersDirty(node.Owners);
    }

    private void Look(GraphNode node, ProjectionContext context)
    {
        if (node.OrphansDependents)
        {
            Orphan(node, context);
        }
        else if (node.WaitsForDependents)
        {
            FinishForeground(node, context);
        }

        if (node.IsKeptForJob && !node.Owners.Any(reference => IsJobOf(node, reference)))
        {
            context.Tell(node.Key, new FinalizerDone(node.Uid, Finalizers.JobTracking));
            LookAgainLater(node, context);
        }

        if (!node.IsTerminating && node.Owners.Count > 0)
        {
            JudgeDependent(node, context);
        }
    }

    /// <summary>Every dependent lets go of the owner; then the owner may go.</summary>
    private void Orphan(GraphNode owner, ProjectionContext context)
    {
        if (!_graph.HasDependents(owner.Uid))
        {
            context.Tell(owner.Key, new FinalizerDone(owner.Uid, Finalizers.Orphan));
        }
        else
        {
            foreach (var dependent in _graph.Dependents(owner.Uid))
            {
                context.Tell(dependent.Key, new Release(dependent.Uid, owner.Uid));
            }
        }

        LookAgainLater(owner, context);
    }

    private void FinishForeground(GraphNode owner, ProjectionContext context)
    {
        var ancestors = _graph.Ancestors(owner);
        var isBlocked = _graph.UnorderedDependents(owner.Uid)
            .Any(dependent => Blocks(dependent, owner.Uid) && !ancestors.Contains(dependent.Uid));
        if (!isBlocked)
        {
            context.Tell(owner.Key, new FinalizerDone(owner.Uid, Finalizers.Foreground));
        }

        LookAgainLater(owner, context);
    }

    private static bool Blocks(GraphNode dependent, string owner) =>
        dependent.Owners.Any(reference => reference.Uid == owner && reference.BlockOwnerDeletion == true);

    private void JudgeDependent(GraphNode node, ProjectionContext context)
    {
        var verdicts = node.Owners.Select(reference => (reference.Uid, Verdict: Judge(node, reference))).ToList();
        if (verdicts.All(owner => owner.Verdict == OwnerVerdict.Present))
        {
            return;
        }

        if (verdicts.Any(owner => owner.Verdict == OwnerVerdict.Present))
        {
            foreach (var (uid, _) in verdicts.Where(owner => owner.Verdict != OwnerVerdict.Present))
            {
                context.Tell(node.Key, new Release(node.Uid, uid));
            }
        }
        else
        {
            var isAwaited = verdicts.Any(owner => owner.Verdict == OwnerVerdict.Waiting);
            var policy = isAwaited && _graph.HasDependents(node.Uid) ? "Foreground" : "Background";
            context.Tell(node.Key, new Delete(new DeleteOptions
            {
                PropagationPolicy = policy, Preconditions = new Preconditions { Uid = node.Uid },
            }));
        }

        LookAgainLater(node, context);
    }

    private bool IsJobOf(GraphNode node, OwnerReference reference) =>
        reference is { Controller: true, Kind: "Job" } && Judge(node, reference) != OwnerVerdict.Absent;

    private OwnerVerdict Judge(GraphNode node, OwnerReference reference)
    {
        // Of a kind that is not served here nobody can say that the owner is gone.
        if (KindRegistry.Find(reference.ApiVersion, reference.Kind) is not { } kind)
        {
            return OwnerVerdict.Present;
        }

        // An object of the whole cluster cannot refer into a namespace: that owner cannot be looked up.
        if (kind.Namespaced && node.Key.Namespace.Length == 0)
        {
            return OwnerVerdict.Present;
        }

        if (_graph.Find(reference.Uid) is not { } owner
            || owner.Key != EntityKey.Of(kind, node.Key.Namespace, reference.Name))
        {
            return OwnerVerdict.Absent;
        }

        return owner.WaitsForDependents ? OwnerVerdict.Waiting : OwnerVerdict.Present;
    }

    private void MarkDirty(string uid)
    {
        if (_isDirty.Add(uid))
        {
            _dirty.Enqueue(uid);
        }
    }

    private void MarkOwnersDirty(ValueList<OwnerReference> owners)
    {
        foreach (var reference in owners)
        {
            if (_graph.Find(reference.Uid) is { } owner && (owner.WaitsForDependents || owner.OrphansDependents))
            {
                MarkDirty(owner.Uid);
            }
        }
    }

    private void MarkDependentsDirty(string uid)
    {
        foreach (var dependent in _graph.Dependents(uid))
        {
            MarkDirty(dependent.Uid);
        }
    }

    private void LookAgainLater(GraphNode node, ProjectionContext context)
    {
        if (_isAgain.Add(node.Uid))
        {
            _again.Enqueue((node.Uid, context.Now + LookAgain));
        }
    }

    private enum OwnerVerdict
    {
        Present,

        /// <summary>Being deleted, waiting for its dependents to go first.</summary>
        Waiting,

        Absent,
    }
}
