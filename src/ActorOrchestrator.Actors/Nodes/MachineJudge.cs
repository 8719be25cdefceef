using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Nodes;

/// <summary>
/// Looks ten times a second which of the machines that are connected to this member are heard, and tells their Nodes,
/// if this member belongs to a majority.
/// <code>
///   opened ──► MachineHeard ──every 5 s, while signs of life come──► MachineHeard
///     │ they stop
///     └──about a second──► MachineUnheard, again every second, for 15 s
///   ended in good order, or followed by another one here: nothing
/// </code>
/// A machine whose member dies opens a connection to another one, which says so: nobody judges it meanwhile. That a
/// connection breaks says nothing of its machine, which has time to open another one.
/// </summary>
internal sealed class MachineJudge(MachineWatch watch, IEntityRegion region, TimeProvider time)
    : UntypedActor, IWithTimers
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan UnheardAgain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(15);

    /// <summary>Of a machine that was silent for longer nothing is said: another member may hear it already.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    /// <summary>At one look alone, what has come meanwhile may not have been read.</summary>
    private const int SilentLooksMin = 2;

    private MembersSeen? _seen;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(LookEvery), Look.Instance, LookEvery);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MembersSeen seen:
                _seen = seen;
                break;
            case Look:
                foreach (var connection in watch.Connections)
                {
                    Judge(connection);
                }

                break;
        }
    }

    private void Judge(MachineConnection connection)
    {
        var isHeard = connection.IsHeard();
        connection.SilentLooks = isHeard ? 0 : connection.SilentLooks + 1;
        if (isHeard)
        {
            if (IsDue(connection, MachineHeard.ToldEvery) && connection.Silence < Fresh)
            {
                Tell(connection, new MachineHeard(connection.Name));
            }
        }
        else if (connection.Silence > GivenUpAfter)
        {
            connection.End();
        }
        else if (connection.SilentLooks >= SilentLooksMin && _seen is { HearsMost: true }
            && (connection.SilentLooks == SilentLooksMin || IsDue(connection, UnheardAgain)))
        {
            Tell(connection, new MachineUnheard(connection.Name));
        }
    }

    private bool IsDue(MachineConnection connection, TimeSpan every) =>
        connection.ToldAt is not { } told || time.GetElapsedTime(told) >= every;

    private void Tell(MachineConnection connection, Message message)
    {
        connection.ToldAt = time.GetTimestamp();
        region.Tell(new EntityEnvelope(new EntityKey("nodes", "", connection.Node), message));
    }

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
