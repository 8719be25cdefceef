using System.Reflection;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>
/// Akka's split-brain resolver, which looks once a second whether stable-after has passed, so that a lost member stays
/// up to a second longer than it must. Here it is told to look ten times a second. Its decisions are its own.
/// </summary>
public sealed class PromptDowning(ActorSystem system, Cluster cluster) : IDowningProvider
{
    private readonly SplitBrainResolverProvider _resolver = new(system, cluster);

    public TimeSpan DownRemovalMargin => _resolver.DownRemovalMargin;

    public Props DowningActorProps
    {
        get
        {
            var resolver = _resolver.DowningActorProps;
            return Props.Create(() => new Pacemaker(resolver));
        }
    }

    /// <summary>What the resolver tells itself once a second. It is not public, so a release of Akka without it fails
    /// at the start, not when a member is lost.</summary>
    private static object Tick { get; } =
        typeof(SplitBrainResolverProvider).Assembly.GetType("Akka.Cluster.SBR.SplitBrainResolverBase+Tick")
            ?.GetField("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)
        ?? throw new InvalidOperationException("Akka's split-brain resolver has no Tick any more");

    /// <summary>The resolver's parent, which has it look often.</summary>
    private sealed class Pacemaker(Props resolver) : UntypedActor, IWithTimers
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

        private IActorRef _resolver = ActorRefs.Nobody;

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            _resolver = Context.ActorOf(resolver, "resolver");
            Timers.StartPeriodicTimer(nameof(LookEvery), Tick, LookEvery);
        }

        protected override void OnReceive(object message) => _resolver.Forward(message);
    }
}
