using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>An owner's claim on one ControllerRevision, which keeps a template that it has, or has had.</summary>
public sealed record RevisionClaim(string Uid, string Name) : ManifestClaim<ControllerRevision>(Uid, Name)
{
    public override string Resource => RevisionHistory.Resource;

    /// <summary>The recorded template; null as long as none was seen, and if it cannot be read.</summary>
    public PodTemplateSpec? Template { get; init; }

    /// <summary>The number that it was told to take since activation.</summary>
    public long? Renumbered { get; init; }

    public override bool OwesAnswer =>
        base.OwesAnswer || IsDeletionRequested || IsTerminating || Renumbered > Observed?.Revision;

    public bool IsTerminating => Observed?.Metadata.DeletionTimestamp is not null;

    /// <summary>Its number, or the one that it is about to take.</summary>
    public long Number => Math.Max(Renumbered ?? 0, (Observed ?? Manifest)?.Revision ?? 0);

    /// <summary>It exists, is ours, and is to stay.</summary>
    public bool IsKept => this is
    {
        IsGone: false, IsDeletionRequested: false, IsTerminating: false, Refusal: null,
    };

    /// <summary>The label of its pods.</summary>
    public string Hash => (Observed ?? Manifest)?.Metadata.Labels.GetValueOrDefault(RevisionHistory.HashLabel) ?? Name;

    public static RevisionClaim Of(string uid, string name, ControllerRevision? manifest) => new(uid, name)
    {
        Manifest = manifest,
        Template = manifest is null ? null : RevisionData.TemplateOf(manifest.Data),
        IsAdoption = manifest is null,
    };

    /// <summary>The data of a revision never change, and its number only grows.</summary>
    public override Claim Observe(KubeObject? report) => (IsGone, report) switch
    {
        (true, _) => this,
        (_, not ControllerRevision) => this with { IsGone = true },
        (_, ControllerRevision revision) => revision.Revision < Observed?.Revision
            ? this
            : this with
            {
                Observed = revision,
                Template = Equals(Observed?.Data, revision.Data) ? Template : RevisionData.TemplateOf(revision.Data),
                Refusal = null,
            },
    };

    public override Claim Forget() => (RevisionClaim)base.Forget() with { Renumbered = null };
}

/// <summary>A revision to be, or (without a manifest) one without a controller to be ours.</summary>
public sealed record RevisionClaimed(string Uid, string Name, ControllerRevision? Manifest)
    : DomainEvent, IChildrenClaimed<RevisionClaim>
{
    public override EventScope Scope => EventScope.Private;

    IEnumerable<RevisionClaim> IChildrenClaimed<RevisionClaim>.NewClaims() => [RevisionClaim.Of(Uid, Name, Manifest)];
}

/// <summary>The revisions exist and are ours.</summary>
public sealed record RevisionsConfirmed(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenConfirmed;

/// <summary>The deletion of the revisions is asked for.</summary>
public sealed record RevisionsDeletionRequested(ValueList<string> Uids)
    : ChildrenEvent(Uids), IChildrenDeletionRequested;

/// <summary>The revisions are gone, refused, or no longer ours.</summary>
public sealed record RevisionsUnclaimed(ValueList<string> Uids) : ChildrenEvent(Uids), IChildrenUnclaimed;

/// <summary>A revision is told to take a higher number: its template is the present one again.</summary>
public sealed record RevisionRenumbered(string Uid, long Number) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
