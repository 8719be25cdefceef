using System.Collections.Concurrent;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Containers;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Cri.Events;

/// <summary>
/// Between the runtime's stream and its reader: leaves out what is not this agent's, tells sandboxes from containers,
/// and holds each exit back until the runtime's own status says so. (containerd tells of an exit a few milliseconds
/// before its CRI part has taken notice; a reader that asked at once would see a running container.)
/// </summary>
internal sealed class ExitSettling(
    CriRuntime runtime, ChannelWriter<RuntimeEvent> events, TimeProvider time, ILogger log,
    CancellationToken cancellation) : IDisposable
{
    private static readonly TimeSpan PollMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PollMax = TimeSpan.FromMilliseconds(100);

    /// <summary>After that the exit is told as the event had it; the reader's next list puts it right.</summary>
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(5);

    // One task per exit that is being settled: at most as many as containers exit at a time.
    private readonly ConcurrentDictionary<RawEvent, Task> _settling = new();

    private Task _reconnected = Task.CompletedTask;

    public void Reconnected() => _reconnected = events.WriteAsync(
        new RuntimeEvent(RuntimeEventKind.Reconnected, "", "", time.GetUtcNow(), 0), cancellation).AsTask();

    public async Task TakeAsync(RawEvent happened)
    {
        await _reconnected;
        if (happened.Kind == RuntimeEventKind.ContainerExited)
        {
            var settled = SettleAsync(happened);
            _settling[happened] = settled;
            _ = settled.ContinueWith(
                _ => _settling.TryRemove(happened, out var _), CancellationToken.None, TaskContinuationOptions.None,
                TaskScheduler.Default);
            return;
        }

        var sandbox = happened.Kind == RuntimeEventKind.ContainerDeleted
            ? runtime.ForgetContainer(happened.Id)
            : await runtime.OwnSandboxOfAsync(happened.Id, cancellation);
        if (sandbox is null)
        {
            return;
        }

        await events.WriteAsync(
            new RuntimeEvent(happened.Kind, happened.Id, sandbox, happened.At, happened.ExitCode), cancellation);
    }

    /// <summary>
    /// Waits for the exits that are still being settled; each is bounded by <see cref="SettleTimeout"/>.
    /// </summary>
    public Task DrainAsync() => Task.WhenAll(_settling.Values);

    public void Dispose() => _settling.Clear();

    private async Task SettleAsync(RawEvent exit)
    {
        try
        {
            var told = await WhenSettledAsync(exit);
            if (told is not null)
            {
                await events.WriteAsync(told, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            CriLog.ExitNotConfirmed(log, exit.Id, "the reader has gone");
        }
        catch (ContainerRuntimeException failure)
        {
            // The stream is about to break for the same reason; the reader lists after the next Reconnected.
            CriLog.ExitNotConfirmed(log, exit.Id, failure.Message);
        }
    }

    /// <returns>Null for what is not this agent's.</returns>
    private async Task<RuntimeEvent?> WhenSettledAsync(RawEvent exit)
    {
        var started = time.GetTimestamp();
        for (var poll = PollMin; ; poll = poll * 2 < PollMax ? poll * 2 : PollMax)
        {
            var seen = await runtime.LookUpAsync(exit.Id, cancellation);
            if (seen is null)
            {
                return null;
            }

            if (!seen.Alive || time.GetElapsedTime(started) > SettleTimeout)
            {
                return seen.Exited(exit);
            }

            await Task.Delay(poll, time, cancellation);
        }
    }
}
