using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain;

/// <summary>A child tells its controller how it stands: after every change, and when asked.</summary>
/// <param name="Child">Which entity speaks.</param>
/// <param name="Uid">The uid that this is about.</param>
/// <param name="Object">The child as it is now; null when no object of that uid exists (any more).</param>
public sealed record ChildReport(EntityKey Child, string Uid, KubeObject? Object) : Message;

/// <summary>A child could not be created: its name is taken by a stranger, or it is not admitted.</summary>
public sealed record ChildRefused(EntityKey Child, string Uid, Status Status) : Message;

/// <summary>An owner asks a child to report; answered with a <see cref="ChildReport"/> about <paramref
/// name="Uid"/>.</summary>
public sealed record ReportToOwner(EntityKey Owner, string Uid) : Message;

/// <summary>The answer to <see cref="Effect.FindAdoptable"/>, also sent unasked when an orphan appears.</summary>
public sealed record AdoptableFound(IReadOnlyList<KubeObject> Objects) : Message;

/// <summary>An owner takes a child: sets the controller reference if the child (uid) has no controller yet.
/// The child answers with a <see cref="ChildReport"/> either way.</summary>
public sealed record Adopt(EntityKey Owner, string ChildUid, OwnerReference Reference) : Message;

/// <summary>An owner lets a child go: removes the owner reference of <paramref name="OwnerUid"/>.</summary>
public sealed record Release(string ChildUid, string OwnerUid) : Message;

/// <summary>A finalizer's work is done (foregroundDeletion, orphan, and namespaces' kubernetes).</summary>
public sealed record FinalizerDone(string Uid, string Finalizer) : Message;
