using System.Buffers;

namespace ActorOrchestrator.Streams.Commands;

/// <summary>Copies what comes when it comes: nothing is kept back for more, and no more is read than was
/// written.</summary>
public static class StreamCopy
{
    private const int BufferBytes = 32 * 1024;

    public static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                await to.FlushAsync(cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies between two until what comes from <paramref name="there"/> has ended, or one of them has failed.
    /// The end of what comes from <paramref name="here"/> is passed on, and the other direction goes on.</summary>
    /// <param name="endThere">Tells the far side that nothing more comes.</param>
    public static async Task BothWaysAsync(
        Stream here, Stream there, Func<ValueTask> endThere, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sent = SendAsync(here, there, endThere, ended.Token);
        var received = CopyAsync(there, here, ended.Token);
        try
        {
            if (await Task.WhenAny(sent, received) == sent)
            {
                // It throws where the near side was lost: then nobody waits for the far one.
                await sent;
            }

            await received;
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(sent, received).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(
        Stream from, Stream to, Func<ValueTask> end, CancellationToken cancellation)
    {
        await CopyAsync(from, to, cancellation);
        await end();
    }
}
