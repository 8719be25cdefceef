using Akka.Actor;

namespace ActorOrchestrator.Simulator.Sharding;

/// <summary>An actor of another process as the actors here see it: what it is told goes over the network.</summary>
internal sealed class RemoteRef(IActorRef remote, IActorRefProvider provider, Action<Action> send) : MinimalActorRef
{
    public override ActorPath Path => remote.Path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender) =>
        send(() => remote.Tell(message, ActorRefs.NoSender));
}

/// <summary>The cluster's one actor of a name, wherever it lives; what comes while nobody knows that is lost.</summary>
internal sealed class SingletonRef(ActorPath path, IActorRefProvider provider, Action<object> tell) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender) => tell(message);
}
