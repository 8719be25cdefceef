namespace ActorOrchestrator.Actors.Journal;

/// <summary>The journal cannot be read or written, in words for whoever waits for it.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>This member cannot follow the journal any more, for rows that it has not folded were removed: it can only
/// start anew.</summary>
public class JournalBehindException(string message, Exception? inner = null) : JournalException(message, inner)
{
    public JournalBehindException(long ordering, long floor) : this(
        $"this member has folded the journal up to {ordering}, and it begins after {floor} now; start it again")
    {
    }
}

/// <summary>A row that this executable cannot read: without it, it would show and decide by what is not so.</summary>
/// <param name="problem">What is wrong with it.</param>
/// <param name="inner">Why it cannot be read.</param>
public sealed class JournalUnreadableException(string problem, Exception? inner = null) : JournalBehindException(
    $"{problem}: a newer release wrote it, which is to be installed on this machine, or the database is damaged",
    inner);

/// <summary>There is no room for rows. What stores none, such as a probe, may succeed all the same.</summary>
public sealed class JournalFullException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>Rows that this member has folded are not there: it can only start anew, from what is.</summary>
public sealed class JournalLostRowsException(long ordering) : JournalBehindException(
    $"the database has lost rows that it had stored, up to {ordering} at most: another server took over that did not "
    + "have them, or it was set back to a backup; start this member again");

/// <summary>Another activation of the entity has written a row of the same sequence number: this one is not its only
/// writer any more, and nothing of what it decided was stored.</summary>
public sealed class FencedException(string persistenceId, long sequenceNr) : JournalException(
    $"{persistenceId}: row {sequenceNr} was written by another activation of the entity");
