using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Adoption;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>
/// The cluster's one set of projections that act: the scheduler, garbage collection, adoption and the others, the waker
/// and retention. They own no truth, so when their member is lost, another one builds them anew from its view; while
/// there are two for a moment, entities decide which message counts.
/// </summary>
internal sealed class ProjectionsRoot : UntypedActor
{
    private readonly IActorRef _adoption;
    private readonly IActorRef _waker;

    public ProjectionsRoot(Func<IReadOnlyList<IProjection>> make, ProjectionServices services)
    {
        _adoption = Start("adoption", () => new AdoptionMatcher(), services);
        _waker = Context.ActorOf(Props.Create(() => new Waker(services)), "waker");
        Context.ActorOf(Props.Create(() => new Retention(services)), "retention");
        var names = make().Select(projection => projection.Name).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            var place = i;
            Start(names[i], () => make()[place], services);
        }
    }

    /// <summary>The dispatcher that their batches, which are longer than an entity's, run on.</summary>
    public static string Dispatcher => "akka.actor.projections-dispatcher";

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FindAdoptable:
                _adoption.Forward(message);
                break;
            case EntityStopped or MemberLost:
                _waker.Forward(message);
                break;
        }
    }

    private static IActorRef Start(string name, Func<IProjection> make, ProjectionServices services) => Context.ActorOf(
        Props.Create(() => new ProjectionActor(make, services)).WithDispatcher(Dispatcher), name);
}
