using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Agent.Mailboxes;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Time;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace ActorOrchestrator.Simulator.Actors;

/// <summary>
/// Akka in a simulated process: every actor runs on the simulation's loop, timers go by the process's clock, and the
/// journal is the simulator's. Nothing ends such a system: when its process is killed, nothing of it runs any more.
/// </summary>
internal static class SimulatedActorSystem
{
    private static readonly Config Settings = ConfigurationFactory.ParseString(
        $$"""
        loop-dispatcher { type = "{{NameOf(typeof(LoopDispatcherConfigurator))}}" }
        {{ProjectionsRoot.Dispatcher}} = ${loop-dispatcher}
        simulated-journal {
          class = "{{NameOf(typeof(SimulatedJournal))}}"
          plugin-dispatcher = loop-dispatcher
        }
        simulated-snapshots {
          class = "{{NameOf(typeof(SimulatedSnapshots))}}"
          plugin-dispatcher = loop-dispatcher
        }
        akka {
          loggers = []
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "{{NameOf(typeof(VirtualScheduler))}}"
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
            terminate-actor-system = off
          }
          actor {
            provider = local
            ask-timeout = 30s
            default-dispatcher = ${loop-dispatcher}
            internal-dispatcher = ${loop-dispatcher}
            agent-dispatcher = ${loop-dispatcher}
            agent-mailbox { mailbox-type = "{{NameOf(typeof(LevelMailbox))}}", capacity = 1024 }
            worker-mailbox { mailbox-type = "{{NameOf(typeof(LevelMailbox))}}", capacity = 128 }
          }
          persistence {
            journal.plugin = "simulated-journal"
            snapshot-store.plugin = "simulated-snapshots"
          }
        }
        """);

    /// <summary>To be called within <paramref name="process"/>.</summary>
    public static ActorSystem Create(SimulatedProcess process, params Setup[] setups) => ActorSystem.Create(
        "orchestrator",
        ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(Settings), new ProcessSetup(process), .. setups]));

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
