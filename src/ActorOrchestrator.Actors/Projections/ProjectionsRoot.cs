using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Adoption;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Actors.Telemetry;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>
/// The cluster's one set of projections that act: the scheduler, garbage collection, adoption and the others, the waker
/// and retention. They own no truth, so when their member is lost, another one builds them anew from its view; while
/// there are two for a moment, entities decide which message counts.
/// </summary>
internal sealed class ProjectionsRoot : UntypedActor
{
    /// <summary>Its name, among what the cluster has once.</summary>
    public const string Singleton = "projections";

    private readonly IActorRef _adoption;
    private readonly IActorRef _daemonNodes;
    private readonly IActorRef _waker;

    public ProjectionsRoot(IReadOnlyList<Func<IProjection>> makers, ProjectionServices services)
    {
        _adoption = Start(() => new AdoptionMatcher(), services);
        _daemonNodes = Start(() => new DaemonNodeMatcher(), services);
        _waker = Context.ActorOf(Props.Create(() => new Waker(services)), "waker");
        Context.ActorOf(Props.Create(() => new Retention(services)), "retention");
        foreach (var make in makers)
        {
            Start(make, services);
        }
    }

    /// <summary>The dispatcher that their batches, which are longer than an entity's, run on.</summary>
    public static string Dispatcher => "akka.actor.projections-dispatcher";

    protected override void PreStart() => ClusterInstruments.Shared.Singleton(Singleton, 1);

    protected override void PostStop() => ClusterInstruments.Shared.Singleton(Singleton, -1);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FindAdoptable:
                _adoption.Forward(message);
                break;
            case FindNodes:
                _daemonNodes.Forward(message);
                break;
            case EntityStopped or MemberLost:
                _waker.Forward(message);
                break;
        }
    }

    private static IActorRef Start(Func<IProjection> make, ProjectionServices services) => Context.ActorOf(
        Props.Create(() => new ProjectionActor(make, services)).WithDispatcher(Dispatcher), make().Name);
}
