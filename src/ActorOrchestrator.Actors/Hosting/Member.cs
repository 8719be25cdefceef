using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Persistence;
using Akka.Persistence.Sql;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>One member of the cluster, running: its actor system and its control plane.</summary>
public sealed class Member : IAsyncDisposable
{
    /// <summary>The name of the cluster's actor systems; members of another name do not find each other.</summary>
    private const string SystemName = "orchestrator";

    private static readonly TimeSpan JournalWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(20);

    private Member(ActorSystem system, ControlPlane plane) => (System, Plane) = (system, plane);

    public ActorSystem System { get; }

    public ControlPlane Plane { get; }

    /// <param name="options">What the control plane is made of.</param>
    /// <param name="akka">The settings below <c>akka</c>, in HOCON.</param>
    /// <param name="setups">What else the actor system is to be made with, such as the certificates of its
    /// remoting.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="JournalException">The journal cannot be read or made.</exception>
    public static async Task<Member> StartAsync(
        ControlPlaneOptions options, string akka, IReadOnlyList<Setup> setups, CancellationToken cancellation)
    {
        var plane = new ControlPlane(options);
        // Those of the extensions too, whose serializers must be there before another member's first message is.
        var config = ConfigurationFactory.ParseString(akka).WithFallback(SqlPersistence.DefaultConfiguration)
            .WithFallback(ClusterSharding.DefaultConfig()).WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());
        var system = ActorSystem.Create(
            SystemName,
            ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(config), plane.Journal, .. setups]));
        var member = new Member(system, plane);
        try
        {
            Join(system);
            await JournalReadyAsync(system, cancellation);
            await options.Store.PrepareAsync();
            await plane.StartAsync(system, new ShardingFabric(system), cancellation);
            return member;
        }
        catch
        {
            await member.DisposeAsync();
            throw;
        }
    }

    /// <summary>Leaves the cluster: shards are handed over, then the actor system ends. A member that is alone has
    /// nobody to hand them to, and ends at once.</summary>
    public async ValueTask DisposeAsync()
    {
        var isAlone = Cluster.Get(System).State.Members.Count <= 1;
        var ending = isAlone
            ? System.Terminate()
            : CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await ending.WaitAsync(StopWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A commit that is under way ends before whoever made the store closes it.
        await Plane.StopAsync().WaitAsync(StopWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A member without seed nodes is a cluster of its own, at once.</summary>
    private static void Join(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        if (cluster.Settings.SeedNodes.IsEmpty)
        {
            cluster.Join(cluster.SelfAddress);
        }
    }

    /// <summary>The plugin makes its tables when it starts; whatever is asked before waits until they are
    /// there.</summary>
    private static async Task JournalReadyAsync(ActorSystem system, CancellationToken cancellation)
    {
        var persistence = Persistence.Instance.Apply(system);
        try
        {
            await Task.WhenAll(
                persistence.CheckJournalHealthAsync("", cancellation),
                persistence.CheckSnapshotStoreHealthAsync("", cancellation)).WaitAsync(JournalWait, cancellation);
        }
        catch (TimeoutException)
        {
            throw new JournalException(
                $"the journal was not ready within {JournalWait.TotalSeconds:0} s: is its database reachable?");
        }
    }
}
