namespace ActorOrchestrator.Domain.ControllerRevisions;

/// <summary>An owner tells its revision (<paramref name="Uid"/>) to take a higher number: its template is the present
/// one again. Answered with a <see cref="ChildReport"/>; a number that is not higher changes nothing.</summary>
/// <param name="Owner">Who tells, and is answered.</param>
/// <param name="OwnerUid">Refused if this is not the revision's controller.</param>
/// <param name="Uid">The revision that is meant.</param>
/// <param name="Number">The number it is to have.</param>
public sealed record RenumberRevision(EntityKey Owner, string OwnerUid, string Uid, long Number) : Message;
