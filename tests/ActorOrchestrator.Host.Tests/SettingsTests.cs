using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;

namespace ActorOrchestrator.Host.Tests;

/// <summary>What a server may be told, and what it is not told.</summary>
public sealed class SettingsTests
{
    /// <summary>A setting that makes no sense, what it must say, and what it does say.</summary>
    [Theory]
    [InlineData("api.reads-in-flight-max = 0", "at least 1")]
    [InlineData("api.writes-in-flight-max = -1", "at least 1")]
    [InlineData("api.long-running-max = 0", "at least 1")]
    [InlineData("api.watch-timeout-min = 0s", "at least 1s")]
    [InlineData("entities.command-timeout = 0s", "at least 1s")]
    [InlineData("entities.passivate-after = 0s", "at least 100ms")]
    [InlineData("journal.watch-window = -100", "at least 1")]
    [InlineData("journal.watch-window-size = 1MiB", "at least 16MiB")]
    [InlineData("cluster.port = 99999", "from 0 to 65535")]
    [InlineData("cluster.address = 0.0.0.0", "that others can name")]
    [InlineData("cluster.address = \"::\"", "that others can name")]
    [InlineData("cluster.seeds = [\"0.0.0.0:7946\"]", "10.0.0.1:7946")]
    [InlineData("events.lifetime = 0s", "at least 1s")]
    [InlineData("node.pods-max = -1", "at least 0")]
    [InlineData("node.reserved-milli-cpu = -1", "at least 0")]
    [InlineData("node.heartbeat-interval = 0s", "at least 100ms")]
    [InlineData("node.silence-max = 1s", "not longer than node.heartbeat-interval")]
    [InlineData("node.parallel-pulls = 0", "at least 1")]
    [InlineData("node.pod-subnet = \"10.9.0.1/24\"", "no host bits set")]
    [InlineData("network.cluster-cidr = \"10.244.0.1/16\"", "no host bits set")]
    [InlineData("network.cluster-cidr = \"0.0.0.0/0\"", "addresses that no pod can have")]
    [InlineData("network.node-prefix = 15", "is not from 16")]
    [InlineData("network { cluster-cidr = \"10.0.0.0/8\", node-prefix = 25 }", "more than 65536 subnets")]
    [InlineData("network.mode = bgp", "none of auto, host, vxlan, none")]
    [InlineData("network.vxlan-port = 65536", "greater than 65535")]
    [InlineData("node.parallel-sandboxes = 0", "at least 1")]
    [InlineData("node.container-log-size-max = 0B", "at least 1KiB")]
    [InlineData("node.container-log-files-max = 1", "at least 2")]
    [InlineData("node.allowed-unsafe-sysctls = [vm.swappiness]", "not known to be kept for each namespace")]
    [InlineData("node.allowed-unsafe-sysctls = [\"*\"]", "no name of a kernel parameter")]
    [InlineData("node.eviction.memory-available.hard = much", "a size")]
    [InlineData("node.eviction.nodefs-available.soft = \"101%\"", "from 0% to 100%")]
    [InlineData("node.eviction.nodefs-inodes-free.hard = 1KiB", "at least 0")]
    [InlineData("node.images.high-threshold = 0", "from 1 to 100")]
    [InlineData("node.images.low-threshold = 85", "not below node.images.high-threshold")]
    [InlineData("akka.actor.provider = local", "provider: cluster")]
    [InlineData("akka.cluster.gossip-interval = abc", "a duration")]
    [InlineData("akka.cluster.split-brain-resolver.stable-after = 1ms", "at least 100ms")]
    [InlineData("akka.persistence.max-concurrent-recoveries = abc", "a whole number")]
    [InlineData("akka.cluster.failure-detector.threshold = high", "a number")]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl = perhaps", "on or off")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = large", "a size")]
    public void A_setting_that_makes_no_sense_is_refused_by_its_name_with_what_is_allowed(string given, string allowed)
    {
        var refused = Assert.Throws<SettingsException>(() => Settings(given));
        Assert.Contains(given.Split(' ')[0], refused.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The two plugins are one journal; only the first makes tables.</summary>
    [Fact]
    public void Many_entities_journal_is_set_as_the_other_is()
    {
        var journals = ConfigurationFactory.ParseString($"akka {Settings("").Akka}")
            .GetConfig("akka.persistence.journal");
        var shared = journals.GetConfig("sql").AsEnumerable().ToDictionary(pair => pair.Key, pair => $"{pair.Value}");
        shared["auto-initialize"] = "off";
        Assert.Equal(
            shared, journals.GetConfig("bulk").AsEnumerable().ToDictionary(pair => pair.Key, pair => $"{pair.Value}"));
    }

    [Fact]
    public void The_failure_detector_is_made_from_its_settings_as_Akka_makes_it()
    {
        var detector = ConfigurationFactory.ParseString($"akka {Settings("").Akka}")
            .WithFallback(ConfigurationFactory.FromResource<Cluster>("Akka.Cluster.Configuration.Cluster.conf"))
            .GetConfig("akka.cluster.failure-detector");
        var type = Type.GetType(detector.GetString("implementation-class"), throwOnError: true)!;
        Assert.True(Assert.IsType<FailureDetector>(
            Activator.CreateInstance(type, detector, null), exactMatch: false).IsAvailable);
    }

    [Theory]
    [InlineData("cluster.seeds = [\"10.0.0.2:7946\"]")]
    [InlineData("cluster { address = 10.0.0.1, port = 7946, seeds = [\"10.0.0.1:7946\", \"10.0.0.2:7946\"] }")]
    public void Members_with_a_journal_each_are_refused(string given)
    {
        Assert.Contains(
            "set journal.provider = postgresql", Assert.Throws<SettingsException>(() => Settings(given)).Message,
            StringComparison.Ordinal);
        Assert.NotEmpty(Settings($"{given}\njournal {{ provider = postgresql, connection = x }}").Cluster.Seeds);
    }

    [Fact]
    public void One_that_may_start_a_cluster_alone_may_have_a_journal_of_its_own() => Assert.Single(
        Settings("cluster { address = 10.0.0.1, port = 7946, seeds = [\"10.0.0.1:7946\"] }").Cluster.Seeds);

    [Fact]
    public void Akka_is_not_told_the_databases_password()
    {
        var settings = Settings(
            """
            journal { provider = postgresql, connection = "Host=db;Password=geheim" }
            cluster { address = 10.0.0.1, port = 7946, seeds = ["10.0.0.1:7946"] }
            """);
        using var journal = new PostgresJournalStore(settings.Journal.Connection);
        Assert.DoesNotContain("geheim", JournalHost.Akka(settings, journal), StringComparison.Ordinal);
    }

    private static ServerSettings Settings(string given) =>
        ServerSettings.From(HoconReader.Load(ServerSettings.ReferenceText(), [("given", given)], _ => null));
}
