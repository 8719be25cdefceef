using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Logs;
using LogQuery = ActorOrchestrator.Gateway.Logs.LogQuery;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Container logs of this machine, read where the runtime writes them.</summary>
internal sealed class NodeLogs(ContainerLogs logs, TimeProvider machine) : INodeLogs
{
    public async ValueTask<NodeLog> OpenAsync(Pod pod, LogQuery query, CancellationToken cancellation)
    {
        var id = query.ContainerId?.Split("://")[^1];
        if (string.IsNullOrEmpty(id))
        {
            return new NodeLog.Refused(Statuses.BadRequest(
                $"container \"{query.Container}\" in pod \"{pod.Metadata.Name}\" has no run to read a log of"));
        }

        var pieces = logs.ReadAsync(id, Translate(query), cancellation).GetAsyncEnumerator(cancellation);
        try
        {
            // The first piece shows whether there is a log: afterwards it is too late for a status.
            return new NodeLog.Open(FromAsync(pieces, await pieces.MoveNextAsync()));
        }
        catch (ContainerRuntimeException failure)
        {
            await pieces.DisposeAsync();
            return new NodeLog.Refused(failure.Kind == RuntimeErrorKind.NotFound
                ? Statuses.Failure(HttpCode.NotFound, StatusReasons.NotFound, failure.Message)
                : Statuses.InternalError(failure.Message));
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> FromAsync(
        IAsyncEnumerator<ReadOnlyMemory<byte>> pieces, bool hasPiece)
    {
        await using (pieces)
        {
            while (hasPiece)
            {
                yield return pieces.Current;
                hasPiece = await pieces.MoveNextAsync();
            }
        }
    }

    private Agent.Logs.LogQuery Translate(LogQuery query) => new()
    {
        Follow = query.Follow,
        TailLines = query.TailLines,
        Since = query.AgeMax is { } age ? machine.GetUtcNow() - age : query.Since,
        Timestamps = query.Timestamps,
        LimitBytes = query.LimitBytes,
    };
}
