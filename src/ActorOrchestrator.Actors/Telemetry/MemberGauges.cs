using System.Diagnostics.Metrics;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Cluster;

namespace ActorOrchestrator.Actors.Telemetry;

/// <summary>How things stand with one member, looked at when somebody asks for it and at no other time. It has a meter
/// of its own, which ends with the member.</summary>
internal sealed class MemberGauges : IDisposable
{
    private readonly Meter _meter = new("ActorOrchestrator.Member");
    private readonly DatabaseConnections _connections = new();

    public MemberGauges(ActorSystem system, ShardingFabric fabric, JournalSetup journal)
    {
        Of(Cluster.Get(system));
        Of(fabric);
        Of(journal);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _connections.Dispose();
    }

    private void Of(Cluster cluster)
    {
        _meter.CreateObservableGauge(
            "orchestrator_cluster_members", () => ByStatus(cluster),
            description: "Members as this one knows them, by status.");
        _meter.CreateObservableGauge(
            "orchestrator_cluster_members_unreachable", () => cluster.State.Unreachable.Count,
            description: "Members that this one, or one it hears, does not hear now.");
        _meter.CreateObservableGauge(
            "orchestrator_cluster_leader", () => cluster.SelfAddress.Equals(cluster.State.Leader) ? 1 : 0,
            description: "Whether this member is the one that lets others in and takes them out.");
    }

    private void Of(ShardingFabric fabric) => _meter.CreateObservableGauge(
        "orchestrator_shards", () => fabric.Regions.Select(region => new Measurement<int>(
            ShardsOf(region.Value), new KeyValuePair<string, object?>("region", region.Key))),
        description: "Shards that this member has, by region.");

    private void Of(JournalSetup journal)
    {
        var (tail, writer) = (journal.Tail, journal.Writer);
        _meter.CreateObservableGauge(
            "orchestrator_journal_available", () => writer.Health.Problem is null ? 1 : 0,
            description: "Whether this member can write the journal and read what others wrote.");
        _meter.CreateObservableGauge(
            "orchestrator_journal_ordering", () => tail.Ordering,
            description: "The last row that this member has folded: the newest resourceVersion that it serves.");
        _meter.CreateObservableGauge(
            "orchestrator_journal_floor", () => tail.Floor,
            description: "The row that watches may begin after at the earliest, as this member knows it.");
        _meter.CreateObservableGauge(
            "orchestrator_journal_lag_rows", () => writer.Lag.Rows(tail.Ordering),
            description: "Rows that others said they committed and that this member has not folded.");
        _meter.CreateObservableGauge(
            "orchestrator_journal_lag_seconds", () => writer.Lag.Time(tail.Ordering).TotalSeconds, "s",
            "For how long this member has known of such rows.");
        _meter.CreateObservableGauge(
            "orchestrator_database_connections", _connections.Read,
            description: "Connections of this process to PostgreSQL, by state.");
    }

    private static IEnumerable<Measurement<int>> ByStatus(Cluster cluster)
    {
        var members = cluster.State.Members;
        foreach (var status in Enum.GetValues<MemberStatus>().Where(status => status != MemberStatus.Removed))
        {
            yield return new(
                members.Count(member => member.Status == status),
                new KeyValuePair<string, object?>("status", $"{status}".ToLowerInvariant()));
        }
    }

    /// <summary>A region's children are its shards.</summary>
    private static int ShardsOf(IActorRef region) => region is ActorRefWithCell local ? local.Children.Count() : 0;
}
