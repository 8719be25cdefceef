using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>
/// Reads a container's log file for <c>pods/log</c>, streaming: as much is in memory as one chunk holds. Following
/// crosses rotations: a file that was renamed is read to its end, then its successor from its start.
/// </summary>
public sealed class LogReader(TimeProvider time, ILogger<LogReader> log)
{
    private const int ChunkBytes = 32 * 1024;

    /// <summary>
    /// While nothing is written, so often the reader looks whether the container still runs; changes of the file are
    /// noticed at once.
    /// </summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>Where the kernel grants no more file watches, the file is looked at that often instead.</summary>
    private static readonly TimeSpan UnwatchedInterval = TimeSpan.FromMilliseconds(200);

    /// <param name="path">The current log file. It may not exist yet, if the query follows.</param>
    /// <param name="isRunning">
    /// Whether more may come; asked while following, when nothing is written for a while.
    /// </param>
    /// <returns>Chunks of output, each valid until the next is asked for.</returns>
    /// <exception cref="FileNotFoundException">There is no such file, and the query does not follow.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string path,
        LogQuery query,
        Func<CancellationToken, Task<bool>> isRunning,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var changes = query.Follow ? LogChanges.Watch(path, log) : null;
        var file = await OpenAsync(path, query, changes, isRunning, cancellation);
        if (file is null)
        {
            yield break;
        }

        LogFile? successor = null;
        try
        {
            if (query.TailLines is { } lines)
            {
                file.Seek(file.TailOffset(lines));
            }

            var output = new LogOutput(query, ChunkBytes);
            var ended = !query.Follow;
            while (true)
            {
                // Opened before the file is drained: nothing more is written to it then, and whatever a rotation does
                // to its successor meanwhile, that is the next one.
                successor = file.OpenSuccessor(path);
                while (output.TakeFrom(file))
                {
                    yield return output.Chunk;
                    if (output.IsComplete)
                    {
                        yield break;
                    }

                    cancellation.ThrowIfCancellationRequested();
                }
                if (successor is not null)
                {
                    file.Dispose();
                    (file, successor) = (successor, null);
                    continue;
                }
                if (ended)
                {
                    yield break;
                }

                // After the container's end one more round: what it wrote last must not be missed.
                ended = !await ChangedOrRunningAsync(changes, isRunning, cancellation);
            }
        }
        finally
        {
            file.Dispose();
            successor?.Dispose();
        }
    }

    /// <returns>Null if the container ended without ever having had a log.</returns>
    private async Task<LogFile?> OpenAsync(
        string path,
        LogQuery query,
        LogChanges? changes,
        Func<CancellationToken, Task<bool>> isRunning,
        CancellationToken cancellation)
    {
        while (query.Follow && !File.Exists(path))
        {
            if (!await ChangedOrRunningAsync(changes, isRunning, cancellation) && !File.Exists(path))
            {
                return null;
            }
        }
        return LogFile.Open(path);
    }

    /// <returns>False when the container has ended.</returns>
    private async Task<bool> ChangedOrRunningAsync(
        LogChanges? changes, Func<CancellationToken, Task<bool>> isRunning, CancellationToken cancellation)
    {
        if (changes is not null && await changes.WaitAsync(LookInterval, time, cancellation))
        {
            return true;
        }

        if (changes is null)
        {
            await Task.Delay(UnwatchedInterval, time, cancellation);
        }

        return await isRunning(cancellation);
    }
}
