namespace ActorOrchestrator.Runtime;

/// <summary>One message for an entity, with the asker if it is a question.</summary>
internal readonly record struct Envelope(string PersistenceId, object Message, IReplyPort? Asker);

/// <summary>
/// A bounded queue with many writers and one reader who takes everything at once. Questions from outside are refused
/// when
/// <see cref="QuestionsMax"/> messages wait, so that a flood of requests is turned away (429) while the members' own
/// messages, whose number the work in hand bounds, still pass.
/// </summary>
internal sealed class Mailbox
{
    /// <summary>At 100,000 messages/s a shard this is a tenth of a second of work: longer queues only add
    /// latency.</summary>
    public const int QuestionsMax = 10_000;

    private readonly Lock _lock = new();
    private List<Envelope> _incoming = [];
    private List<Envelope> _drained = [];

    public int Count { get; private set; }

    /// <returns>False when the message was refused.</returns>
    public bool TryPost(in Envelope envelope)
    {
        lock (_lock)
        {
            if (envelope.Asker is not null && _incoming.Count >= QuestionsMax)
            {
                return false;
            }

            _incoming.Add(envelope);
            Count = _incoming.Count;
            return true;
        }
    }

    /// <summary>Takes all that waits; the list is valid until the next call.</summary>
    public List<Envelope> Drain()
    {
        _drained.Clear();
        lock (_lock)
        {
            (_incoming, _drained) = (_drained, _incoming);
            Count = 0;
        }

        return _drained;
    }
}
