using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Cri.Events;

/// <summary>
/// containerd's own event service. It is used for every containerd, also for those whose CRI has an event stream:
/// it tells of OOM kills too, and a subscription can be proven to be active.
/// </summary>
/// <remarks>
/// The service sends nothing, not even headers, before the first event that matches. So after subscribing the stream
/// publishes marks until one comes back: from then on nothing can be missed, and the reader may list.
/// </remarks>
internal sealed class ContainerdEventStream(RuntimeChannel channel, TimeProvider time, ILogger log)
{
    private const string MarkTopic = "/actor-orchestrator/subscribed";
    private static readonly TimeSpan MarkInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A containerd that does not return a mark for that long is given up, and subscribed to anew.</summary>
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<RawEvent> ReadAsync(
        Action opened, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var active = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new SubscribeRequest();
        request.Filters.Add(
            $"namespace=={RuntimeChannel.Namespace},topic~=\"^/(tasks/(start|exit|oom)|containers/delete)$\"");
        request.Filters.Add($"namespace=={RuntimeChannel.Namespace},topic==\"{MarkTopic}\"");
        using var call = channel.Events(Timeout.InfiniteTimeSpan).Subscribe(request, cancellationToken: stop.Token);
        var each = call.ResponseStream;
        var marks = PublishMarksAsync(active.Task, stop);
        try
        {
            while (await NextAsync(each, marks, stop.Token, cancellation))
            {
                if (each.Current.Topic != MarkTopic)
                {
                    if (Read(each.Current) is { } happened)
                    {
                        yield return happened;
                    }
                }
                else if (active.TrySetResult())
                {
                    opened();
                }
            }
        }
        finally
        {
            active.TrySetResult();
            await stop.CancelAsync();
            await Task.WhenAny(marks);
        }
    }

    /// <summary>The next envelope; if publishing the marks failed and so stopped the stream, that failure.</summary>
    private static async Task<bool> NextAsync(
        IAsyncStreamReader<Envelope> each, Task marks, CancellationToken stop, CancellationToken cancellation)
    {
        try
        {
            return await each.MoveNext(stop);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await marks;
            throw;
        }
    }

    private async Task PublishMarksAsync(Task active, CancellationTokenSource stop)
    {
        var request = new PublishRequest { Topic = MarkTopic, Event = Any.Pack(new Empty()) };
        var events = channel.Events(PublishTimeout);
        var started = time.GetTimestamp();
        try
        {
            while (!active.IsCompleted)
            {
                await events.PublishAsync(
                    request, RuntimeChannel.InNamespace(), cancellationToken: stop.Token);
                if (time.GetElapsedTime(started) > SubscribeTimeout)
                {
                    throw new TimeoutException("no mark came back on containerd's event stream");
                }

                await Task.WhenAny(active, Task.Delay(MarkInterval, time, stop.Token));
            }
        }
        catch (Exception failure) when (failure is RpcException or TimeoutException)
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private RawEvent? Read(Envelope envelope)
    {
        var at = envelope.Timestamp?.ToDateTimeOffset() ?? time.GetUtcNow();
        var body = envelope.Event?.Value ?? ByteString.Empty;
        try
        {
            switch (envelope.Topic)
            {
                case "/tasks/start":
                    return new RawEvent(
                        RuntimeEventKind.ContainerStarted, TaskStart.Parser.ParseFrom(body).ContainerId, at, 0);
                case "/tasks/oom":
                    return new RawEvent(
                        RuntimeEventKind.ContainerOutOfMemory, TaskOOM.Parser.ParseFrom(body).ContainerId, at, 0);
                case "/containers/delete":
                    return new RawEvent(
                        RuntimeEventKind.ContainerDeleted, ContainerDelete.Parser.ParseFrom(body).Id, at, 0);
                case "/tasks/exit":
                    var exit = TaskExit.Parser.ParseFrom(body);
                    // The end of an exec has the container's id but an id of its own; it is no exit of the container.
                    return exit.Id != exit.ContainerId
                        ? null
                        : new RawEvent(RuntimeEventKind.ContainerExited, exit.ContainerId,
                            exit.ExitedAt?.ToDateTimeOffset() ?? at, (int)exit.ExitStatus);
                default:
                    return null;
            }
        }
        catch (InvalidProtocolBufferException broken)
        {
            CriLog.UnreadableEvent(log, envelope.Topic, broken.Message);
            throw new InvalidDataException($"an event of topic {envelope.Topic} cannot be read", broken);
        }
    }
}
