using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Events;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    /// <summary>
    /// Events held for a reader that is behind. When it is full the stream waits: the runtime then buffers, or cuts
    /// the stream, and the reader is told of the gap by Reconnected. Nothing is dropped silently.
    /// </summary>
    private const int EventBacklogMax = 4096;

    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<RuntimeEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var events = Channel.CreateBounded<RuntimeEvent>(EventBacklogMax);
        var pump = PumpEventsAsync(events.Writer, stop.Token);
        try
        {
            await foreach (var happened in events.Reader.ReadAllAsync(cancellation))
            {
                yield return happened;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pump;
        }
    }

    /// <summary>Subscribes, and again with growing delays whenever the stream breaks, until cancelled.</summary>
    private async Task PumpEventsAsync(ChannelWriter<RuntimeEvent> events, CancellationToken cancellation)
    {
        var delay = ReconnectDelayMin;
        while (!cancellation.IsCancellationRequested)
        {
            var connected = false;
            var problem = await SubscribeOnceAsync(events, () => connected = true, cancellation);
            if (problem is null)
            {
                break;
            }

            delay = connected ? ReconnectDelayMin : Min(delay * 2, ReconnectDelayMax);
            CriLog.EventStreamBroke(_log, problem.Message, delay.TotalMilliseconds);
            if (!await DelayAsync(delay, cancellation))
            {
                break;
            }
        }
        events.TryComplete();
    }

    /// <returns>What ended the subscription; null when it was cancelled.</returns>
    private async Task<Exception?> SubscribeOnceAsync(
        ChannelWriter<RuntimeEvent> events, Action connected, CancellationToken cancellation)
    {
        using var settling = new ExitSettling(this, events, _time, _log, cancellation);
        void Opened()
        {
            connected();
            CriLog.Subscribed(_log);
            settling.Reconnected();
        }

        try
        {
            var abilities = await AbilitiesAsync(cancellation);
            var raw = abilities.HasContainerdServices
                ? new ContainerdEventStream(_channel, _time, _log).ReadAsync(Opened, cancellation)
                : new CriEventStream(_channel, _time).ReadAsync(Opened, cancellation);
            await foreach (var happened in raw)
            {
                await settling.TakeAsync(happened);
            }

            return new IOException("the runtime ended the stream");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception broken) when (broken is RpcException or ContainerRuntimeException or TimeoutException
            or InvalidDataException)
        {
            return broken;
        }
        finally
        {
            await settling.DrainAsync();
        }
    }

    /// <returns>False when cancelled.</returns>
    private async Task<bool> DelayAsync(TimeSpan delay, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(delay, _time, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
