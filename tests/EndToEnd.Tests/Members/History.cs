namespace ActorOrchestrator.EndToEnd.Tests.Members;

internal enum WriteKind
{
    Create,
    Update,
    Delete,
}

/// <summary>What a client asked for, and what it was told. Of a write that was not acknowledged nobody knows whether it
/// happened, unless it was refused; refused ones are not in a history.</summary>
/// <param name="Key">The entity, as in the journal: resource/namespace/name.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Value">What it wrote: another one for each write. Empty for a deletion.</param>
/// <param name="BasedOn">The resourceVersion that it named as the one it meant.</param>
/// <param name="Version">The resourceVersion that it was told; null for a deletion.</param>
/// <param name="IsAcknowledged">Whether it was told that it happened.</param>
internal sealed record Write(
    string Key, WriteKind Kind, string Value, long? BasedOn, long? Version, bool IsAcknowledged);

/// <summary>A row of the journal's table.</summary>
/// <param name="Ordering">The row's place: the object's resourceVersion.</param>
/// <param name="Key">The entity's persistence id.</param>
/// <param name="SequenceNr">The entity's number of the row.</param>
/// <param name="Writer">The activation that wrote it.</param>
/// <param name="IsDeletion">Whether the object is gone with it.</param>
/// <param name="Value">What it holds of <see cref="Write.Value"/>; null where it holds other things.</param>
internal sealed record Row(
    long Ordering, string Key, long SequenceNr, string Writer, bool IsDeletion, string? Value);

/// <summary>An object as a member answers for it.</summary>
internal sealed record Seen(string Key, long Version, string? Value);

/// <summary>What a watch saw: after which version it began, and the versions of its events, in order.</summary>
internal sealed record Watched(string Name, string Resource, long From, IReadOnlyList<long> Versions);

/// <summary>All that is known of a run when nothing is under way any more.</summary>
internal sealed record History(
    IReadOnlyList<Write> Writes, IReadOnlyList<Row> Rows,
    IReadOnlyDictionary<string, IReadOnlyList<Seen>> ByMember, IReadOnlyList<Watched> Watches);
