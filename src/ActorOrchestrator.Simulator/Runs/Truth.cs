using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// Every object as the durable log has it at this instant, folded beside the simulated cluster from the events as they
/// were decided. What checkers compare with what anybody was told.
/// </summary>
internal sealed class Truth
{
    private readonly SortedDictionary<string, KubeObject> _objects = new(StringComparer.Ordinal);

    public Truth(JournalTables tables) => tables.Stored += Fold;

    /// <summary>One durable change of one object, in the journal's order.</summary>
    public event Action<ObjectChange, Decided>? Changed;

    /// <summary>By persistence id; ordered.</summary>
    public IReadOnlyDictionary<string, KubeObject> Objects => _objects;

    public long Sequence { get; private set; }

    public KubeObject? Find(EntityKey key) => _objects.GetValueOrDefault(key.ToString());

    public T? Find<T>(string? @namespace, string name) where T : KubeObject =>
        (T?)Find(EntityKey.Of(KindRegistry.Of<T>(), @namespace, name));

    /// <summary>All of a kind, by namespace and name.</summary>
    public IEnumerable<T> All<T>() where T : KubeObject => _objects.Values.OfType<T>();

    private void Fold(IReadOnlyList<StoredRow> rows)
    {
        foreach (var stored in rows)
        {
            Sequence = stored.Row.Ordering;
            if (stored.Entry.ChangesObject)
            {
                Fold(stored);
            }
        }
    }

    private void Fold(StoredRow stored)
    {
        var (id, sequence) = (stored.Row.PersistenceId, stored.Row.Ordering);
        var old = _objects.GetValueOrDefault(id);
        var events = stored.Entry.Events.Where(one => one.Scope == EventScope.Object).ToList();
        var (folded, last) = (old, old);
        foreach (var @event in events)
        {
            folded = ObjectFold.Apply(folded, @event);
            last = folded ?? last;
        }

        var now = folded is null
            ? null
            : folded with { Metadata = folded.Metadata with { ResourceVersion = sequence.ToString() } };
        if (now is null)
        {
            _objects.Remove(id);
        }
        else
        {
            _objects[id] = now;
        }

        Changed?.Invoke(new ObjectChange(EntityKey.Parse(id), old, now, sequence), new Decided(events, last));
    }
}
