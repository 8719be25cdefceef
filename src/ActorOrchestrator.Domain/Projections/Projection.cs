using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Projections;

/// <summary>One committed change of one object, in log order. Created: no <paramref name="Old"/>; deleted: no
/// <paramref name="New"/>. The objects carry their resourceVersion.</summary>
public sealed record ObjectChange(EntityKey Key, KubeObject? Old, KubeObject? New, long Sequence);

/// <summary>
/// A process that spans entities and so needs many objects at once: the scheduler, garbage collection, namespace
/// removal, adoption. It follows the folded log: first every object as an <see cref="ObjectChange"/> without
/// Old, then <see cref="Started"/>, then every change exactly once and in order. It owns no truth: what it decides
/// leaves as messages to entities, which check them (uid, already bound …) and decide. After a restart it is built anew
/// from the log, so it needs no journal, and a lost message is one that it derives again.
/// Pure but for its own memory: no I/O, clock, randomness or Task; single-threaded.
/// </summary>
public interface IProjection
{
    /// <summary>For logs and metrics.</summary>
    string Name { get; }

    /// <summary>Takes in a change. Before <see cref="Started"/> nothing may be sent.</summary>
    void OnChange(ObjectChange change, ProjectionContext context);

    void Started(ProjectionContext context);

    /// <summary>Called once after each drained batch of changes, and when <see cref="ProjectionContext.WakeAt"/> is
    /// due: the place to do the work.</summary>
    void OnBatchEnd(ProjectionContext context);
}

/// <summary>A projection that may put off what is due, for the good of the cluster.</summary>
public interface IHoldingProjection : IProjection
{
    /// <summary>How many objects something is put off for; looked at after each batch.</summary>
    int HeldBack { get; }
}

/// <summary>A projection that entities ask what only it knows. It is asked when every object is known to
/// it.</summary>
public interface IAnsweringProjection : IProjection
{
    /// <summary>Answers with a message to <paramref name="asker"/>, or not at all when it will tell it
    /// anyhow.</summary>
    void Answer(EntityKey asker, Effect question, ProjectionContext context);
}

/// <summary>What a projection may use; valid only during the call.</summary>
public abstract class ProjectionContext
{
    public abstract DateTimeOffset Now { get; }

    public abstract void Tell(EntityKey to, Message message);

    /// <summary>Records a core/v1 Event.</summary>
    public abstract void RecordEvent(
        KubeObject regarding, string type, string reason, string message, string component);

    /// <summary>Asks for <see cref="IProjection.OnBatchEnd"/> at <paramref name="due"/>, even if nothing changes; the
    /// earliest of several calls counts.</summary>
    public abstract void WakeAt(DateTimeOffset due);
}
