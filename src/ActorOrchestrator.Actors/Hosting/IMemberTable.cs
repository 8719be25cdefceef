namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Who the members are, in the one place that they share: the journal's database. A cluster that runs has a number, its
/// incarnation; whoever begins a cluster anew takes the next one, and nobody takes the same.
/// </summary>
public interface IMemberTable
{
    /// <summary>Makes what is missing.</summary>
    /// <exception cref="Journal.JournalException">The database does not answer.</exception>
    Task PrepareAsync(CancellationToken cancellation);

    /// <exception cref="Journal.JournalException">The database does not answer.</exception>
    Task<MemberList> ReadAsync(CancellationToken cancellation);

    /// <summary>Takes the next incarnation, if nobody has taken it yet and no other member has been heard of since.
    /// </summary>
    /// <param name="self">Who begins it.</param>
    /// <param name="incarnation">The one that is over.</param>
    /// <param name="lastHeard">When a member other than this one was heard of last, as was read; null: there is
    /// none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The new incarnation; null when somebody else lives or was faster.</returns>
    /// <exception cref="Journal.JournalException">The database does not answer.</exception>
    Task<long?> BeginAsync(
        MemberRow self, long incarnation, DateTimeOffset? lastHeard, CancellationToken cancellation);

    /// <summary>Says that this member lives.</summary>
    /// <param name="self">Which member.</param>
    /// <param name="incarnation">In which it lives; null: in whichever there is.</param>
    /// <param name="isFirst">Whether it has just become a member.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>False when there is a newer incarnation: this member belongs to none that counts.</returns>
    /// <exception cref="Journal.JournalException">The database does not answer.</exception>
    Task<bool> BeatAsync(MemberRow self, long? incarnation, bool isFirst, CancellationToken cancellation);

    /// <summary>Says that this member has ended in good order: nobody waits for it.</summary>
    /// <exception cref="Journal.JournalException">The database does not answer.</exception>
    Task LeaveAsync(string address, CancellationToken cancellation);

    /// <summary>Forgets a member.</summary>
    /// <returns>Whether it was known.</returns>
    /// <exception cref="Journal.JournalException">The database does not answer.</exception>
    Task<bool> RemoveAsync(string address, CancellationToken cancellation);
}

/// <param name="ClusterId">Of the cluster, for ever.</param>
/// <param name="Incarnation">Zero before the first.</param>
/// <param name="Now">By the database's clock.</param>
/// <param name="Members">In the order of their addresses.</param>
public sealed record MemberList(
    Guid ClusterId, long Incarnation, DateTimeOffset Now, IReadOnlyList<MemberRow> Members);

/// <summary>A member.</summary>
/// <param name="Address">Where others reach it, as address:port.</param>
/// <param name="Node">The name of its machine's Node.</param>
/// <param name="Roles">Separated by commas.</param>
/// <param name="Version">Of its program.</param>
public sealed record MemberRow(string Address, string Node, string Roles, string Version)
{
    /// <summary>Since when it has been a member without a break, by the database's clock, as the next one.</summary>
    public DateTimeOffset Since { get; init; }

    public DateTimeOffset Seen { get; init; }

    /// <summary>It has ended in good order.</summary>
    public bool HasLeft { get; init; }
}
