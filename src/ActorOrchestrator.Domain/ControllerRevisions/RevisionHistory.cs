using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.Deployments;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>
/// The templates that an owner has had, newest last (apps/v1 ControllerRevision). The present template has the highest
/// number: going back to an old one gives its revision a new number.
/// <code>
///   A(1)             template B      A(1) B(2)
///   A(1) B(2)        undo to A       B(2) A(3)
///   limit 1: A(1) B(2) C(3)          A goes, unless a pod is still of it
/// </code>
/// </summary>
public static class RevisionHistory
{
    public const string Resource = "controllerrevisions.apps";

    /// <summary>Of pods, and of a DaemonSet's revisions: which revision it is.</summary>
    public const string HashLabel = "controller-revision-hash";

    /// <summary>It says what was applied to the owner, not what the revision is.</summary>
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The revision of the template; null while there is none. Of several alike the highest counts.</summary>
    public static RevisionClaim? Find(IEnumerable<RevisionClaim> revisions, PodTemplateSpec template) =>
        revisions.Where(revision => revision.IsKept && revision.Template == template)
            .OrderByDescending(revision => revision.Number).ThenBy(revision => revision.Name, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The number of the present template: one more than any other one's.</summary>
    public static long NextNumber(IEnumerable<RevisionClaim> revisions, RevisionClaim? current) =>
        revisions.Where(revision => revision.IsKept && revision.Uid != current?.Uid)
            .Select(revision => revision.Number).DefaultIfEmpty(0).Max() + 1;

    /// <summary>Which old revisions are deleted: the lowest beyond the limit, of those that no pod is of. Without a
    /// limit, and with a negative one, all are kept.</summary>
    public static IReadOnlyList<RevisionClaim> Expired(
        IEnumerable<RevisionClaim> revisions, RevisionClaim current, Func<RevisionClaim, bool> isInUse, int? limit)
    {
        var old = revisions.Where(revision => revision.IsKept && revision.Uid != current.Uid)
            .OrderBy(revision => revision.Number).ThenBy(revision => revision.Name, StringComparer.Ordinal).ToList();
        var excess = limit is null or < 0 ? 0 : Math.Max(0, old.Count - limit.Value);
        return [.. old.Where(revision => revision.IsConfirmed && !isInUse(revision)).Take(excess)];
    }

    /// <summary>The revision of a template, without a uid: that is drawn when it is claimed.</summary>
    public static ControllerRevision Make(
        KubeObject owner, PodTemplateSpec template, string hash, string hashLabel, long number) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = ReplicaSetFromTemplate.Name(owner.Metadata.Name!, hash),
            Namespace = owner.Metadata.Namespace,
            Labels = template.Metadata.Labels.With(hashLabel, hash),
            Annotations = owner.Metadata.Annotations.Without(LastApplied).Without(ConfigPins.Revisions),
            OwnerReferences = [Ownership.Owners.ReferenceTo(owner)],
        },
        Data = RevisionData.Of(template),
        Revision = number,
    };
}
