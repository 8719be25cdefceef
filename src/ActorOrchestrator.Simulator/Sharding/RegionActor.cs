using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorOrchestrator.Simulator.Sharding;

/// <summary>
/// The entities that live on one member, and what Akka's shards do for theirs: an entity starts with the first message
/// for it, one that wants to leave is stopped while what comes for it waits, and starts again if something came.
/// </summary>
/// <param name="propsOf">Makes an entity.</param>
/// <param name="residents">Those in memory; whoever gives it may look on.</param>
internal sealed class RegionActor(Func<EntityKey, Props> propsOf, Dictionary<EntityKey, Resident> residents)
    : UntypedActor
{
    private readonly Dictionary<IActorRef, Resident> _byRef = [];
    private readonly List<HandOff> _handOffs = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case EntityEnvelope envelope:
                Deliver(envelope, Sender);
                break;
            case Passivate passivate when _byRef.TryGetValue(Sender, out var resident) && resident.Held is null:
                Stop(resident, passivate.StopMessage);
                break;
            case HandOff handOff:
                HandOver(handOff);
                break;
            case Terminated terminated when _byRef.Remove(terminated.ActorRef, out var resident):
                Forget(resident);
                break;
        }
    }

    private void Deliver(EntityEnvelope envelope, IActorRef sender)
    {
        if (!residents.TryGetValue(envelope.To, out var resident))
        {
            resident = Start(envelope.To);
        }

        if (resident.Held is { } held)
        {
            held.Enqueue((envelope, sender));
        }
        else
        {
            resident.Ref.Tell(envelope, sender);
        }
    }

    private Resident Start(EntityKey key)
    {
        var resident = new Resident(key, Context.ActorOf(propsOf(key)));
        Context.Watch(resident.Ref);
        residents.Add(key, resident);
        _byRef.Add(resident.Ref, resident);
        return resident;
    }

    private static void Stop(Resident resident, object stopMessage)
    {
        resident.Held = new Queue<(EntityEnvelope, IActorRef)>();
        resident.Ref.Tell(stopMessage);
    }

    private void HandOver(HandOff handOff)
    {
        foreach (var resident in residents.Values.Where(one => one.Held is null && one.Shard == handOff.Shard)
            .OrderBy(one => one.Key, KeyOrder.Instance).ToList())
        {
            Stop(resident, StopEntity.Instance);
        }

        _handOffs.Add(handOff);
        EndHandOffs();
    }

    /// <summary>What waited for an entity on its way out starts it again, unless the shard has left too.</summary>
    private void Forget(Resident resident)
    {
        residents.Remove(resident.Key);
        if (_handOffs.Exists(handOff => handOff.Shard == resident.Shard))
        {
            EndHandOffs();
            return;
        }

        while (resident.Held?.TryDequeue(out var held) == true)
        {
            Deliver(held.Envelope, held.Sender);
        }
    }

    private void EndHandOffs()
    {
        foreach (var done in _handOffs
            .Where(handOff => residents.Values.All(one => one.Shard != handOff.Shard)).ToList())
        {
            _handOffs.Remove(done);
            done.Done();
        }
    }
}

/// <summary>An entity in memory.</summary>
internal sealed class Resident(EntityKey key, IActorRef @ref)
{
    public EntityKey Key => key;

    public IActorRef Ref => @ref;

    public int Shard { get; } = EntityExtractor.ShardNumber(key.ToString());

    /// <summary>What waits until it has stopped; null while it is not to stop.</summary>
    public Queue<(EntityEnvelope Envelope, IActorRef Sender)>? Held { get; set; }
}

/// <summary>The member has a shard no more: its entities stop.</summary>
/// <param name="Shard">Which.</param>
/// <param name="Done">Called when none is left.</param>
internal sealed record HandOff(int Shard, Action Done);
