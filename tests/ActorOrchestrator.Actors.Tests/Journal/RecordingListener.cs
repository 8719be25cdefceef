using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Writes down what the tail tells: "snapshot a 3", "floor 5", "row a 7".</summary>
internal sealed class RecordingListener : IJournalListener
{
    public List<string> Told { get; } = [];

    /// <summary>The entities of which nothing is left.</summary>
    public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

    public void OnSnapshot(string persistenceId, EntitySnapshot snapshot) =>
        Told.Add($"snapshot {persistenceId[^1]} {snapshot.Ordering}");

    public void OnFloor(long floor) => Told.Add($"floor {floor}");

    public void OnEntry(string persistenceId, JournalEntry entry) =>
        Told.Add($"row {persistenceId[^1]} {entry.Ordering}");

    public bool IsGone(string persistenceId) => Gone.Contains(persistenceId);
}
