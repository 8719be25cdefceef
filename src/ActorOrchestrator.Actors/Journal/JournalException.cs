namespace ActorOrchestrator.Actors.Journal;

/// <summary>The journal cannot be read or written, in words for whoever waits for it.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Rows that this member has not folded were removed: it can only start anew.</summary>
public sealed class JournalBehindException(long ordering, long floor) : JournalException(
    $"this member has folded the journal up to {ordering}, and it begins after {floor} now");

/// <summary>Another activation of the entity has written a row of the same sequence number: this one is not its only
/// writer any more, and nothing of what it decided was stored.</summary>
public sealed class FencedException(string persistenceId, long sequenceNr) : JournalException(
    $"{persistenceId}: row {sequenceNr} was written by another activation of the entity");
