using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Fencing;

/// <summary>
/// What a machine holds on to of its lease, so that whoever looks after it next knows when it is over. Of the fenced
/// pods, <paramref name="Pods"/> may run while the lease lasts, and <paramref name="Ended"/> must not run any more.
/// </summary>
/// <param name="Boot">The boot of the machine whose clock <paramref name="RenewedAt"/> is of.</param>
/// <param name="RenewedAt">When the question was sent that the cluster answered last; null: none yet.</param>
/// <param name="Term">How long the lease lasts from then on.</param>
/// <param name="Declared">How often the cluster had declared by then that the machine's pods had ended; null: not known
/// yet.</param>
/// <param name="Pods">Uids.</param>
/// <param name="Ended">Uids.</param>
public sealed record FenceRecord(
    string Boot, TimeSpan? RenewedAt, TimeSpan Term, long? Declared, ValueList<string> Pods, ValueList<string> Ended)
{
    /// <summary>Whether the lease lasts.</summary>
    /// <param name="boot">The present boot.</param>
    /// <param name="now">By the clock of that boot.</param>
    public bool IsHeld(string boot, TimeSpan now) => boot == Boot && now < RenewedAt + Term;

    /// <summary>The pods of which no process may run.</summary>
    public IEnumerable<string> Forbidden(string boot, TimeSpan now) =>
        boot != Boot || IsHeld(boot, now) ? Ended : Ended.Concat(Pods);
}

/// <summary>Where a machine keeps its record, and the clock that its lease goes by.</summary>
public interface IFenceStore
{
    /// <summary>Which boot of the machine this is.</summary>
    string Boot { get; }

    /// <summary>Time since then, which goes on while the machine is suspended, and is never set.</summary>
    TimeSpan Now { get; }

    /// <summary>What was kept last; null: nothing.</summary>
    FenceRecord? Read();

    /// <summary>Keeps it, beyond the process. From when this returns on somebody else ends the pods that
    /// <see cref="FenceRecord.Forbidden"/> names, whether or not this process runs.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    void Write(FenceRecord record);
}
