namespace ActorOrchestrator.Actors.Journal;

/// <summary>The journal cannot be read or written, in words for whoever waits for it.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Rows that this member has not folded were removed: it can only start anew.</summary>
public class JournalBehindException(string message) : JournalException(message)
{
    public JournalBehindException(long ordering, long floor)
        : this($"this member has folded the journal up to {ordering}, and it begins after {floor} now")
    {
    }
}

/// <summary>There is no room for rows. What stores none, such as a probe, may succeed all the same.</summary>
public sealed class JournalFullException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>Rows that this member has folded are not there: it can only start anew, from what is.</summary>
public sealed class JournalLostRowsException(long ordering) : JournalBehindException(
    $"the database has lost rows that it had stored, up to {ordering} at most: another server took over that did not "
    + "have them, or it was set back to a backup");

/// <summary>Another activation of the entity has written a row of the same sequence number: this one is not its only
/// writer any more, and nothing of what it decided was stored.</summary>
public sealed class FencedException(string persistenceId, long sequenceNr) : JournalException(
    $"{persistenceId}: row {sequenceNr} was written by another activation of the entity");
