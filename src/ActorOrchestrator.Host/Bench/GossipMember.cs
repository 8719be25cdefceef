using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using ActorOrchestrator.Actors.Hosting.Datagrams;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.Remote.Transport.DotNetty;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Bench;

/// <summary>
/// A member that has nothing but its membership, with the product's settings and TLS: a process of
/// <see cref="GossipBench"/>. It tells what it sees, a line each, and answers an empty line with what it has counted.
/// <code>
///   address 127.0.0.1:40123
///   up 3                                    ► (empty line)
///   unreachable 127.0.0.1:40125 TIMESTAMP   ◄ count PROCESSOR SENT RECEIVED BYTES RESIDENT COLLECTIONS PAUSED
///   removed 127.0.0.1:40125 TIMESTAMP
///   still 512 ms                            under pressure: for so long it did nothing
/// </code>
/// It ends when the others have removed it, as a server does.
/// </summary>
internal static class GossipMember
{
    private const string Messages = "orchestrator_cluster_messages_total";
    private const string Bytes = "orchestrator_cluster_message_bytes_total";

    /// <summary>What is made longer by <c>slower</c>.</summary>
    private static readonly string[] Rhythm =
    [
        "cluster.gossip-interval", "cluster.leader-actions-interval", "cluster.failure-detector.heartbeat-interval",
        "cluster.failure-detector.acceptable-heartbeat-pause", "cluster.failure-detector.expected-response-after",
        "cluster.failure-detector.min-std-deviation", "cluster.split-brain-resolver.stable-after",
        "remote.transport-failure-detector.heartbeat-interval",
    ];

    /// <param name="directory">With the keys and certificates.</param>
    /// <param name="seed">A member to join; null: it begins a cluster.</param>
    /// <param name="slower">How many times as long as the product's all intervals of membership are.</param>
    /// <param name="pressure">It allocates all the time, and collects all of it twice a second.</param>
    /// <param name="stop">Ends it, as does the end of its input.</param>
    public static async Task<int> RunAsync(
        string directory, string? seed, int slower, bool pressure, CancellationToken stop)
    {
        var settings = ServerSettings.Load(null, [("data-dir", $"\"{directory}\"")]);
        using var pki = Gateway.Security.Pki.Open(
            DataDirectory.PkiIn(directory), [], TimeProvider.System, NullLoggerFactory.Instance);
        var setup = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigOf(settings, slower)),
            new DotNettySslSetup(
                pki.Member, suppressValidation: false, requireMutualAuthentication: true,
                (certificate, _, _, _, _) => pki.IsMember(certificate)));
        var system = ActorSystem.Create("orchestrator", setup);
        var cluster = Cluster.Get(system);
        var self = cluster.SelfAddress;
        Tell($"address {self.Host}:{self.Port}");
        system.ActorOf(
            HeartbeatDatagrams.Props(() => pki.MembersSecret, () => null, NullLogger.Instance),
            HeartbeatDatagrams.Name);
        system.ActorOf(Props.Create<Witness>());
        if (seed is null)
        {
            cluster.Join(self);
        }
        else
        {
            var place = System.Net.IPEndPoint.Parse(seed);
            cluster.JoinSeedNodes([self.WithHost($"{place.Address}").WithPort(place.Port)]);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pressing = pressure ? GossipPressure.RunAsync(Tell, over.Token) : Task.CompletedTask;

        // The console's reader blocks its thread, whatever its name says.
        await Task.WhenAny(Task.Run(() => AnswerAsync(stop), stop), system.WhenTerminated);
        await over.CancelAsync();
        await pressing;

        // Without leaving the cluster: the others end as well.
        Environment.Exit(0);
        return 0;
    }

    private static async Task AnswerAsync(CancellationToken stop)
    {
        using var counts = new Counts();
        while (await Console.In.ReadLineAsync(stop) is not null)
        {
            Tell(counts.Read());
        }
    }

    private static Config ConfigOf(ServerSettings settings, int slower)
    {
        var product = ConfigurationFactory.ParseString($"akka {settings.Akka}");
        var slowed = Rhythm.Select(each => $"akka.{each}").Select(path => string.Create(
            CultureInfo.InvariantCulture, $"{path} = {slower * product.GetTimeSpan(path).TotalMilliseconds:0}ms"));
        return ConfigurationFactory.ParseString($"""
            akka.loglevel = ERROR
            akka.stdout-loglevel = ERROR
            akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
            akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
            akka.remote.dot-netty.tcp.port = 0
            akka.cluster.split-brain-resolver.active-strategy = keep-majority
            {string.Join('\n', slowed)}
            """)
            .WithFallback(product)
            .WithFallback(ClusterSharding.DefaultConfig()).WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());
    }

    private static void Tell(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    /// <summary>Tells of members that come, fall silent and go. Processes of one machine have the same
    /// timestamps.</summary>
    private sealed class Witness : UntypedActor
    {
        private readonly HashSet<UniqueAddress> _up = [];

        protected override void PreStart() => Cluster.Get(Context.System).Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ClusterEvent.UnreachableMember silent:
                    Tell($"unreachable {PlaceOf(silent.Member)} {Stopwatch.GetTimestamp()}");
                    break;
                case ClusterEvent.MemberRemoved gone:
                    _up.Remove(gone.Member.UniqueAddress);
                    Tell($"removed {PlaceOf(gone.Member)} {Stopwatch.GetTimestamp()}");
                    break;
                case ClusterEvent.MemberUp up:
                    _up.Add(up.Member.UniqueAddress);
                    Tell($"up {_up.Count}");
                    break;
            }
        }

        private static string PlaceOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";
    }

    /// <summary>What the product's own instruments count of members' messages.</summary>
    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _numbers = new(StringComparer.Ordinal);

        public Counts()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name is Messages or Bytes)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, number, tags, _) =>
            {
                foreach (var (label, value) in tags)
                {
                    if (label == "direction")
                    {
                        _numbers.AddOrUpdate($"{instrument.Name} {value}", number, (_, before) => before + number);
                    }
                }
            });
            _listener.Start();
        }

        public string Read()
        {
            _numbers.Clear();
            _listener.RecordObservableInstruments();
            using var process = Process.GetCurrentProcess();
            return new GossipCount(
                process.TotalProcessorTime.TotalMilliseconds, Of(Messages, "sent"), Of(Messages, "received"),
                Of(Bytes, "sent"), process.WorkingSet64, GC.CollectionCount(GC.MaxGeneration),
                GC.GetTotalPauseDuration().TotalMilliseconds).Line;
        }

        public void Dispose() => _listener.Dispose();

        private long Of(string instrument, string direction) =>
            _numbers.GetValueOrDefault($"{instrument} {direction}");
    }
}
