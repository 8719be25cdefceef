using ActorOrchestrator.Actors.Hosting;
using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>The resolver's internal message is there in the release of Akka that this is built with.</summary>
public sealed class PromptDowningTests
{
    [Fact]
    public async Task It_is_akkas_resolver_with_another_beat()
    {
        var system = ActorSystem.Create("downing",
            """
            akka {
              loggers = [], stdout-loglevel = OFF
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
              cluster.down-removal-margin = 1ms
              cluster.downing-provider-class =
                "ActorOrchestrator.Actors.Hosting.PromptDowning, ActorOrchestrator.Actors"
            }
            """);
        var downing = Assert.IsType<PromptDowning>(Cluster.Get(system).DowningProvider);
        Assert.Equal(TimeSpan.FromMilliseconds(1), downing.DownRemovalMargin);
        var probe = system.ActorOf(downing.DowningActorProps, "beat");

        // Akka answers this for the actor when it has started, and so made its child.
        await probe.Ask<ActorIdentity>(
            new Identify(null), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var resolver = await system.ActorSelection(probe.Path / "resolver").ResolveOne(
            TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.NotEqual(ActorRefs.Nobody, resolver);
        await system.Terminate();
    }
}
