using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Journal;

/// <summary>
/// What one decision persists, as one row of the journal: its events (without the volatile ones), in order. Whoever
/// persists it hands over the encoded bytes with it, so that the writer only stores them.
/// </summary>
/// <param name="resource">The entity's resource, which says how a status is read.</param>
/// <param name="events">At least one.</param>
/// <param name="encoded">As <see cref="Serialization.EntryFormat"/> writes them.</param>
public sealed class JournalEntry(string resource, IReadOnlyList<DomainEvent> events, EncodedEntry encoded)
{
    public string Resource { get; } = resource;

    public IReadOnlyList<DomainEvent> Events { get; } = events;

    public EncodedEntry Encoded { get; } = encoded;

    /// <summary>Whether a request waits for this row: such rows go before those that nobody waits for.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>The <see cref="Ordering"/> of the entity's row before this one, as the activation knows it; 0 where it
    /// knows of none. Where several members write, a row is stored only if that is the entity's last one.</summary>
    public long Follows { get; init; }

    /// <summary>The row's place among all rows (the table's <c>ordering</c>), and so the object's resourceVersion. 0
    /// until the row is durable.</summary>
    public long Ordering { get; internal set; }

    /// <summary>Whether the row changes what watchers see.</summary>
    public bool ChangesObject
    {
        get
        {
            foreach (var @event in Events)
            {
                if (@event.Scope == EventScope.Object)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <param name="Manifest">The table's <c>manifest</c>: what <paramref name="Payload"/> is.</param>
/// <param name="Payload">The table's <c>message</c>.</param>
public readonly record struct EncodedEntry(string Manifest, ReadOnlyMemory<byte> Payload);
