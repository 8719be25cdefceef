using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri.Events;

/// <summary>CRI's own GetContainerEvents, for runtimes other than containerd (CRI-O 1.26 and later).</summary>
/// <remarks>
/// The stream sends nothing before its first event, and CRI has no way to provoke one. It is taken as open when the
/// runtime has not refused it for <see cref="RefusalTime"/>, and the reader lists then.
/// </remarks>
internal sealed class CriEventStream(RuntimeChannel channel, TimeProvider time)
{
    /// <summary>A runtime that lacks the call says so in a millisecond or two.</summary>
    private static readonly TimeSpan RefusalTime = TimeSpan.FromMilliseconds(250);

    public async IAsyncEnumerable<RawEvent> ReadAsync(
        Action opened, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var call = channel.Runtime(Timeout.InfiniteTimeSpan)
            .GetContainerEvents(new GetEventsRequest(), cancellationToken: cancellation);
        var each = call.ResponseStream;
        var next = each.MoveNext(cancellation);
        await Task.WhenAny(next, Task.Delay(RefusalTime, time, cancellation));
        if (next.IsFaulted)
        {
            await next;
        }

        opened();
        while (await next)
        {
            if (Read(each.Current) is { } happened)
            {
                yield return happened;
            }

            next = each.MoveNext(cancellation);
        }
    }

    private static RawEvent? Read(ContainerEventResponse happened)
    {
        RuntimeEventKind? kind = happened.ContainerEventType switch
        {
            ContainerEventType.ContainerStartedEvent => RuntimeEventKind.ContainerStarted,
            ContainerEventType.ContainerStoppedEvent => RuntimeEventKind.ContainerExited,
            ContainerEventType.ContainerDeletedEvent => RuntimeEventKind.ContainerDeleted,
            _ => null,
        };
        if (kind is not { } known)
        {
            return null;
        }

        var status = known == RuntimeEventKind.ContainerExited
            ? happened.ContainersStatuses.FirstOrDefault(each => each.Id == happened.ContainerId)
            : null;
        return new RawEvent(
            known, happened.ContainerId, CriConversions.Time(happened.CreatedAt), status?.ExitCode ?? 0);
    }
}
