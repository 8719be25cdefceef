using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Runtime;

/// <summary>
/// Keeps the log short. Compaction through a sequence C replaces the events up to C by the states they fold to:
/// <c>snapshot(C) = fold(snapshot(previous C), events in (previous C, C])</c>. It works on the log alone, beside the
/// shards, so nothing waits for it. Snapshots and events of one sequence never mix, which is why a watch can be
/// resumed after a restart from any sequence after C. The policy: compact when twice the watch window has gathered,
/// down to one window.
/// </summary>
internal sealed partial class LogCompactor(EngineOptions options)
{
    private readonly ILogger _logger = options.Logger;
    private int _running;

    /// <summary>Starts a compaction in the background unless one runs or the log is short.</summary>
    public void RunIfDue(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            _ = RunAsync(cancellation);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var bounds = await options.Log.BoundsAsync(cancellation);
            if (bounds.Last - bounds.CompactedThrough >= 2 * options.WatchWindowEvents)
            {
                await CompactAsync(bounds, bounds.Last - options.WatchWindowEvents, cancellation);
            }
        }
        catch (Exception failure) when (failure is LogException or OperationCanceledException)
        {
            // The log stays long; the next round tries again.
            LogCompactionFailed(failure.Message);
        }
        finally
        {
            Interlocked.Exchange(ref _running, 0);
        }
    }

    internal async Task CompactAsync(LogBounds bounds, long through, CancellationToken cancellation)
    {
        var changed = new Dictionary<string, (IEntity Entity, long Version)>(StringComparer.Ordinal);
        await foreach (var stored in options.Log.ReadEventsAsync(bounds.CompactedThrough, cancellation))
        {
            if (stored.Sequence > through)
            {
                break;
            }

            if (!changed.TryGetValue(stored.PersistenceId, out var current))
            {
                current = await BeforeAsync(stored.PersistenceId, cancellation);
            }

            current.Entity.Apply(options.Host.Decode(stored.PersistenceId, stored.Manifest, stored.Payload));
            changed[stored.PersistenceId] =
                (current.Entity, stored.IsVersioned ? stored.Sequence : current.Version);
        }

        var snapshots = changed.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new StoredSnapshot(
            entry.Key, entry.Value.Version,
            entry.Value.Entity.IsGone
                ? null
                : SnapshotFormat.Write(options.Host, entry.Key, entry.Value.Entity))).ToList();
        await options.Log.CompactAsync(through, snapshots, cancellation);
        LogCompacted(through, snapshots.Count);
    }

    private async Task<(IEntity Entity, long Version)> BeforeAsync(string persistenceId, CancellationToken cancellation)
    {
        var history = await options.Log.ReadEntityAsync(persistenceId, cancellation);
        return history.Snapshot is { Payload: { } payload } snapshot
            ? (SnapshotFormat.Read(options.Host, persistenceId, payload), snapshot.Version)
            : (options.Host.Create(persistenceId), 0);
    }

    [LoggerMessage(1020, LogLevel.Information, "Compacted the log through {Sequence}: {Snapshots} snapshots written")]
    private partial void LogCompacted(long sequence, int snapshots);

    [LoggerMessage(1021, LogLevel.Warning, "The log was not compacted: {Reason}")]
    private partial void LogCompactionFailed(string reason);
}
