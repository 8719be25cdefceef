using ActorOrchestrator.Actors.Journal.Sqlite;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>Akka's settings for tests: as in hocon/reference.conf, and every message is written and read again, even
/// within a member.</summary>
internal static class TestSettings
{
    public static string Akka(string database, string provider = "cluster") => Akka(
        "SQLite.MS", SqliteJournalStore.ConnectionString(database), provider);

    public static string Akka(string databaseProvider, string connection, string provider) =>
        $$"""
        akka {
          loglevel = WARNING, loggers = [], stdout-loglevel = OFF
          # What is expected may come late on a busy machine; what never comes still ends the test.
          test { single-expect-default = 30s, default-timeout = 30s }
          log-dead-letters = off, log-dead-letters-during-shutdown = off
          coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
          actor {
            provider = {{provider}}
            serialize-messages = on
            serializers {
              journal = "ActorOrchestrator.Actors.Serialization.JournalSerializer, ActorOrchestrator.Actors"
              messages = "ActorOrchestrator.Actors.Serialization.MessageSerializer, ActorOrchestrator.Actors"
            }
            serialization-bindings {
              "ActorOrchestrator.Actors.Journal.JournalEntry, ActorOrchestrator.Actors" = journal
              "ActorOrchestrator.Actors.Serialization.EntitySnapshot, ActorOrchestrator.Actors" = journal
              "ActorOrchestrator.Actors.Entities.EntityEnvelope, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Entities.CommandAnswer, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Entities.CommandFailed, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Entities.StopEntity, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Journal.RowsCommitted, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Projections.EntityStopped, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Projections.FindAdoptable, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Projections.FindNodes, ActorOrchestrator.Actors" = messages
              "ActorOrchestrator.Actors.Projections.MemberLost, ActorOrchestrator.Actors" = messages
            }
            bulk-dispatcher { type = Dispatcher, executor = fork-join-executor, fork-join-executor.parallelism-min = 2 }
            projections-dispatcher { type = ForkJoinDispatcher, dedicated-thread-pool { thread-count = 1 } }
          }
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          cluster {
            roles = [control, node], log-info = off
            gossip-interval = 200ms
            leader-actions-interval = 100ms
            periodic-tasks-initial-delay = 10ms
            sharding {
              state-store-mode = ddata
              retry-interval = 200ms
              passivate-idle-entity-after = off
              distributed-data.durable.keys = []
            }
            singleton.hand-over-retry-interval = 200ms
            singleton-proxy.singleton-identification-interval = 200ms
          }
          persistence {
            journal {
              plugin = akka.persistence.journal.sql
              sql { {{Journal(databaseProvider, connection)}} }
              bulk { auto-initialize = off, {{Journal(databaseProvider, connection)}} }
            }
            snapshot-store {
              plugin = akka.persistence.snapshot-store.sql
              sql {
                class = "ActorOrchestrator.Actors.Journal.SqlSnapshots, ActorOrchestrator.Actors"
                provider-name = "{{databaseProvider}}"
                connection-string = "{{connection}}"
              }
            }
          }
        }
        """;

    private static string Journal(string provider, string connection) =>
        $$"""
        class = "ActorOrchestrator.Actors.Journal.SqlJournal, ActorOrchestrator.Actors"
        provider-name = "{{provider}}", connection-string = "{{connection}}"
        tag-write-mode = Csv, replay-filter.mode = off
        circuit-breaker { max-failures = 1000000, call-timeout = infinite }
        """;
}
