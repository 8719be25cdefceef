using System.Runtime.CompilerServices;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Journal.Sealing;

/// <summary>
/// The journal's tables with the rows and snapshots of core/v1 Secrets sealed (<see cref="RowSeal"/>): only the bytes
/// on disk differ. Rows that were written plain, by an older release or while sealing was off, stay readable.
/// </summary>
/// <param name="tables">Where the rows are.</param>
/// <param name="keyFile">See <see cref="SealingKeys"/>.</param>
/// <param name="mayMakeKey">Whether a key is made where the file is missing and no row can need it.</param>
/// <param name="seals">Whether new rows are sealed; what is sealed is opened in any case.</param>
public sealed class SealedJournalStore(IJournalStore tables, string keyFile, bool mayMakeKey, bool seals)
    : IJournalStore, IDisposable
{
    private const string Secrets = "secrets";

    private RowSeal? _seal;

    public IJournalStore Tables => tables;

    public bool IsExclusive => tables.IsExclusive;

    private RowSeal Seal => _seal ?? throw new JournalException(
        $"the journal holds sealed Secrets, and {keyFile}, which holds their keys, does not exist: put it back");

    /// <exception cref="JournalException">The key file is missing or wrong. Nothing was changed.</exception>
    public async Task PrepareAsync()
    {
        await tables.PrepareAsync();
        ReadKeys();
        if (_seal is null && seals)
        {
            _seal = new RowSeal(await MakeKeyAsync());
        }
    }

    /// <summary>Reads the keys that there are: enough to read rows, before the tables are prepared.</summary>
    /// <exception cref="JournalException">The file holds no keys.</exception>
    public void ReadKeys() => _seal = File.Exists(keyFile) ? new RowSeal(SealingKeys.Read(keyFile)) : null;

    public async Task<CommitOutcome> CommitAsync(IReadOnlyList<JournalWrite> writes)
    {
        if (!seals || !writes.Any(write => write.Entry.Resource == Secrets))
        {
            return await tables.CommitAsync(writes);
        }

        var stored = writes.Select(write => write.Entry.Resource == Secrets ? Close(write) : write).ToList();
        var outcome = await tables.CommitAsync(stored);
        var given = new Dictionary<JournalWrite, JournalWrite>(stored.Zip(
            writes, (closed, write) => KeyValuePair.Create(closed, write)));
        foreach (var (closed, write) in given)
        {
            write.Entry.Ordering = closed.Entry.Ordering;
        }

        return outcome with { Refused = [.. outcome.Refused.Select(refused => given[refused])] };
    }

    public Task<long> HighestSequenceNrAsync(string persistenceId) => tables.HighestSequenceNrAsync(persistenceId);

    public async Task<IReadOnlyList<JournalRow>> ReadEntityAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr) =>
        [.. (await tables.ReadEntityAsync(persistenceId, fromSequenceNr, toSequenceNr)).Select(Open)];

    public async IAsyncEnumerable<JournalRow> ReadAfterAsync(
        long ordering, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in tables.ReadAfterAsync(ordering, cancellation))
        {
            yield return Open(row);
        }
    }

    public async IAsyncEnumerable<SnapshotRow> ReadSnapshotsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in tables.ReadSnapshotsAsync(cancellation))
        {
            yield return Open(row);
        }
    }

    public async Task<SnapshotRow?> LoadSnapshotAsync(string persistenceId, long toSequenceNr) =>
        await tables.LoadSnapshotAsync(persistenceId, toSequenceNr) is { } row ? Open(row) : null;

    public Task<bool> SaveSnapshotAsync(SnapshotRow snapshot, long ordering) => tables.SaveSnapshotAsync(
        seals && EntityKey.Parse(snapshot.PersistenceId).Resource == Secrets ? Close(snapshot) : snapshot, ordering);

    public Task<JournalBounds> BoundsAsync() => tables.BoundsAsync();

    public Task BeginAfterAsync(long ordering) => tables.BeginAfterAsync(ordering);

    public Task<long> TrimAsync(long floor, IReadOnlyCollection<string> gone) => tables.TrimAsync(floor, gone);

    public void Dispose() => (tables as IDisposable)?.Dispose();

    private JournalWrite Close(JournalWrite write) => new(
        write.PersistenceId, write.SequenceNr,
        new JournalEntry(
            write.Entry.Resource, write.Entry.Events,
            Seal.Close(write.PersistenceId, write.SequenceNr, write.Entry.Encoded))
        {
            Follows = write.Entry.Follows,
        },
        write.Writer, write.CreatedMilliseconds);

    private SnapshotRow Close(SnapshotRow row)
    {
        var (manifest, payload) = Seal.Close(row.PersistenceId, row.SequenceNr, new(row.Manifest, row.Payload));
        return row with { Manifest = manifest, Payload = payload };
    }

    private JournalRow Open(JournalRow row)
    {
        if (!RowSeal.IsSealed(row.Manifest))
        {
            return row;
        }

        var (manifest, payload) = Seal.Open(row.PersistenceId, row.SequenceNr, new(row.Manifest, row.Payload));
        return row with { Manifest = manifest, Payload = payload };
    }

    private SnapshotRow Open(SnapshotRow row)
    {
        if (!RowSeal.IsSealed(row.Manifest))
        {
            return row;
        }

        var (manifest, payload) = Seal.Open(row.PersistenceId, row.SequenceNr, new(row.Manifest, row.Payload));
        return row with { Manifest = manifest, Payload = payload };
    }

    /// <summary>A key that is made beside sealed rows would hide that theirs is missing, and one that a second member
    /// makes would seal what the first cannot open: then the file has to be brought.</summary>
    private async Task<SealingKeys> MakeKeyAsync()
    {
        var isOthers = !tables.IsExclusive && (await tables.BoundsAsync()).Last > 0;
        if (!mayMakeKey || isOthers || await HoldsSealedAsync())
        {
            throw new JournalException(
                $"{keyFile}, which holds the keys of Secrets in the journal, does not exist: put it back, or bring it "
                + "from another member (a first one may be made for all by: head -c 32 /dev/urandom | base64)");
        }

        return SealingKeys.Make(keyFile);
    }

    private async Task<bool> HoldsSealedAsync()
    {
        await foreach (var row in tables.ReadSnapshotsAsync(CancellationToken.None))
        {
            if (RowSeal.IsSealed(row.Manifest))
            {
                return true;
            }
        }

        await foreach (var row in tables.ReadAfterAsync(0, CancellationToken.None))
        {
            if (RowSeal.IsSealed(row.Manifest))
            {
                return true;
            }
        }

        return false;
    }
}
