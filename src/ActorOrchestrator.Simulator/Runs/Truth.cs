using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Runtime;
using ActorOrchestrator.Simulator.Log;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// Every object as the durable log has it at this instant, folded beside the simulated cluster from the events as they
/// were decided. What checkers compare with what anybody was told.
/// </summary>
internal sealed class Truth
{
    private readonly SortedDictionary<string, KubeObject> _objects = new(StringComparer.Ordinal);

    public Truth(LogStore store) => store.Stored += Fold;

    /// <summary>One durable change of one object, in log order.</summary>
    public event Action<ObjectChange, DomainEvent>? Changed;

    /// <summary>By persistence id; ordered.</summary>
    public IReadOnlyDictionary<string, KubeObject> Objects => _objects;

    public long Sequence { get; private set; }

    public KubeObject? Find(EntityKey key) => _objects.GetValueOrDefault(key.ToString());

    public T? Find<T>(string? @namespace, string name) where T : KubeObject =>
        (T?)Find(EntityKey.Of(KindRegistry.Of<T>(), @namespace, name));

    /// <summary>All of a kind, by namespace and name.</summary>
    public IEnumerable<T> All<T>() where T : KubeObject => _objects.Values.OfType<T>();

    private void Fold(AppendRequest request)
    {
        foreach (var entry in request.Entries)
        {
            Sequence = entry.Sequence;
            if (entry.IsVersioned)
            {
                Fold(entry);
            }
        }
    }

    private void Fold(LogEntry entry)
    {
        var decided = (DomainEvent)entry.Event;
        var old = _objects.GetValueOrDefault(entry.PersistenceId);
        var now = ObjectFold.Apply(old, decided) is { } folded
            ? folded with
            {
                Metadata = folded.Metadata with { ResourceVersion = entry.Sequence.ToString() },
            }
            : null;
        if (now is null)
        {
            _objects.Remove(entry.PersistenceId);
        }
        else
        {
            _objects[entry.PersistenceId] = now;
        }

        Changed?.Invoke(new ObjectChange(EntityKey.Parse(entry.PersistenceId), old, now, entry.Sequence), decided);
    }
}
