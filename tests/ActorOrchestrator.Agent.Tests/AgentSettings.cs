namespace ActorOrchestrator.Agent.Tests;

/// <summary>What an actor system has for the agent, on Akka's own threads.</summary>
internal static class AgentSettings
{
    /// <summary>Alarms ring when the test says so.</summary>
    public const string VirtualAlarms =
        "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"\n";

    public const string Akka =
        """
        akka {
          loggers = []
          stdout-loglevel = OFF
          # What is expected may come late on a busy machine; what never comes still ends the test.
          test { single-expect-default = 30s, default-timeout = 30s }
          actor {
            serialize-messages = on
            agent-dispatcher { type = ForkJoinDispatcher, dedicated-thread-pool { thread-count = 2 } }
            agent-mailbox {
              mailbox-type = "ActorOrchestrator.Agent.Mailboxes.LevelMailbox, ActorOrchestrator.Agent", capacity = 1024
            }
            worker-mailbox {
              mailbox-type = "ActorOrchestrator.Agent.Mailboxes.LevelMailbox, ActorOrchestrator.Agent", capacity = 128
            }
          }
        }
        """;
}
