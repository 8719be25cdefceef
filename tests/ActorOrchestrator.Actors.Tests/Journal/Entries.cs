using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Rows of ConfigMaps as entities write them.</summary>
internal static class Entries
{
    public static string Id(string name) => $"configmaps/default/{name}";

    public static ObjectCreated Created(string name) => new(new ConfigMap
    {
        Metadata = new() { Name = name, Namespace = "default" },
    });

    public static JournalWrite Write(string name, long sequenceNr, bool isAwaited = false)
    {
        DomainEvent[] events = [Created(name)];
        var entry = new JournalEntry("configmaps", events, EntryFormat.Encode("configmaps", events))
        {
            IsAwaited = isAwaited,
        };
        return new JournalWrite(Id(name), sequenceNr, entry, "writer", 0);
    }

    public static SnapshotRow Snapshot(string name, long sequenceNr, long ordering)
    {
        var (manifest, payload) = EntryFormat.Encode(
            new EntitySnapshot("configmaps", [Created(name)], ordering, ordering));
        return new SnapshotRow(Id(name), sequenceNr, DateTime.UnixEpoch, manifest, payload);
    }
}
