using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Tests.Journal;
using ActorOrchestrator.Actors.Views;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>The write path, tail and view on a scripted journal, and the settings of an actor system on virtual time
/// that works with them: the product's journal plugin, every message written and read again.</summary>
internal sealed class EngineParts
{
    private static readonly string Settings =
        $$"""
        scripted-snapshots.class = "{{typeof(ScriptedSnapshots).FullName}}, ActorOrchestrator.Actors.Tests"
        akka {
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
          persistence.journal.sql.auto-initialize = off
          persistence.snapshot-store.plugin = scripted-snapshots
        }
        """;

    public EngineParts(bool isExclusive = true)
    {
        Store = new ScriptedStore { IsExclusive = isExclusive };
        Tail = new JournalTail(Store, View);
        Writer = new JournalWriter(Store, Tail, work => Task.Run(work), TimeProvider.System, Log);
        var config = ConfigurationFactory.ParseString(Settings)
            .WithFallback(ConfigurationFactory.ParseString(TestSettings.Akka("unused.db", provider: "local")))
            .WithFallback(SqlPersistence.DefaultConfiguration);
        System = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(config), new JournalSetup(Store, Tail, Writer, Time));
    }

    public ScriptedStore Store { get; }

    public RecordingLogger Log { get; } = new();

    public SchedulerTime Time { get; } = new();

    public ClusterView View { get; } = new();

    public JournalTail Tail { get; }

    public JournalWriter Writer { get; }

    /// <summary>What the actor system is made with.</summary>
    public ActorSystemSetup System { get; }
}
