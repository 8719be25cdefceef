using System.Diagnostics.CodeAnalysis;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// One guarantee, held against what happens. A check hears of things at the instant at which they happen, and judges
/// from them and from the truth alone; it never looks into the program under test.
/// </summary>
internal abstract class Check
{
    /// <summary>The guarantee of the architecture, such as <c>G7</c>, or a name of its own.</summary>
    public abstract string Guarantee { get; }

    public string Name => GetType().Name;

    /// <summary>The world that is checked; set before anything happens.</summary>
    public World World { get; set; } = null!;

    /// <summary>Rows became durable together, and the truth does not hold them yet.</summary>
    public virtual void OnStored(IReadOnlyList<StoredRow> rows)
    {
    }

    /// <summary>Rows became durable together, and the truth holds them.</summary>
    public virtual void OnCommit(IReadOnlyList<StoredRow> rows)
    {
    }

    /// <summary>An object changed, durably.</summary>
    public virtual void OnChange(ObjectChange change, Decided decided)
    {
    }

    /// <summary>A member sends a message to an entity; it may get lost, and arrive late.</summary>
    public virtual void OnTold(EntityKey to, Message message)
    {
    }

    /// <summary>A client sent a request; its outcome is not known yet.</summary>
    public virtual void OnRequest(Exchange exchange)
    {
    }

    /// <summary>A client's request ended, one way or the other.</summary>
    public virtual void OnExchange(Exchange exchange)
    {
    }

    /// <summary>Something happened to a container or a sandbox on a machine.</summary>
    public virtual void OnContainer(ContainerChange change)
    {
    }

    /// <summary>An image is not on a machine's disk any more.</summary>
    /// <param name="machine">Whose.</param>
    /// <param name="image">Its full name.</param>
    public virtual void OnImageRemoved(string machine, string image)
    {
    }

    /// <summary>A client's watch was told something.</summary>
    public virtual void OnWatch(WatchTold told)
    {
    }

    /// <summary>A control plane began another life from what the log holds.</summary>
    public virtual void OnRestart()
    {
    }

    /// <summary>Faults have stopped and everything has had its time.</summary>
    public virtual void AtRest()
    {
    }

    /// <summary>Everything was deleted, and what remains is what was there at first.</summary>
    public virtual void AtEnd()
    {
    }

    /// <exception cref="ViolationException">Always: the run ends here.</exception>
    [DoesNotReturn]
    protected void Violate(string what)
    {
        var broken = new ViolationException(Guarantee, Name, what);
        World.Break(broken);
        throw broken;
    }
}

/// <summary>A guarantee was broken.</summary>
internal sealed class ViolationException(string guarantee, string check, string what)
    : Exception($"{guarantee} {check}: {what}")
{
    public string Guarantee => guarantee;

    public string Check => check;

    public string What => what;
}
