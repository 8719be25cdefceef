using ActorOrchestrator.Simulator.Journal;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Only the newest owner of a shard writes, and sequences are given out without gap or repeat.</summary>
internal sealed class FencingCheck : Check
{
    private readonly Dictionary<int, long> _epochs = [];
    private long _last;

    public override string Guarantee => "G2";

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        var newest = World.Tables.EpochOf(request.Shard);
        if (request.Epoch != newest)
        {
            Violate($"shard {request.Shard} was written under epoch {request.Epoch}; the newest is {newest}");
        }

        var before = _epochs.GetValueOrDefault(request.Shard);
        if (request.Epoch < before)
        {
            Violate($"shard {request.Shard} was written under epoch {request.Epoch} after {before}");
        }

        _epochs[request.Shard] = request.Epoch;
        foreach (var entry in request.Entries)
        {
            if (entry.Sequence != _last + 1)
            {
                Violate($"{entry.PersistenceId} got sequence {entry.Sequence} after {_last}");
            }

            _last = entry.Sequence;
        }
    }
}
