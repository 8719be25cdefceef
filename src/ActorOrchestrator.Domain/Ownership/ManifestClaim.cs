using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>A claim on a child that its owner could not make the same again later: its manifest is kept until it
/// exists, so that exactly the same is asked for again.</summary>
public abstract record ManifestClaim<TChild>(string Uid, string Name) : Claim(Uid, Name) where TChild : KubeObject
{
    /// <summary>The object to be created; null once it was seen, and for an adoption.</summary>
    public TChild? Manifest { get; init; }

    /// <summary>The last report since activation; null before the first.</summary>
    public TChild? Observed { get; init; }

    public override bool IsObserved => Observed is not null;

    public override string? ControllerUid => Observed is null ? null : ObjectLifecycle.ControllerOf(Observed)?.Uid;

    public override ValueMap<string>? Selectable => Observed?.Metadata.Labels;

    public override Claim Forget() => (ManifestClaim<TChild>)base.Forget() with { Observed = null };

    public override Claim Confirm() => (ManifestClaim<TChild>)base.Confirm() with { Manifest = null };
}
