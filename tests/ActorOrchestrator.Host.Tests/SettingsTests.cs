using ActorOrchestrator.Actors.Journal.Postgres;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Tests;

/// <summary>What a server may be told, and what it is not told.</summary>
public sealed class SettingsTests
{
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
