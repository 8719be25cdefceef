using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary><c>pods/{name}/exec</c>, <c>attach</c> and <c>portforward</c>: connects a client to what runs.</summary>
internal sealed class PodStreamVerbs(
    ReadVerbs reads, INodeStreams streams, TimeProvider time, CancellationToken stopping)
{
    public Task ExecAsync(ApiRequest request)
    {
        var pod = (Pod)reads.Existing(request);
        var container = PodContainers.Named(request, pod);
        StreamRequest.CheckBound(pod);
        var upgrade = StreamUpgrade.Of(request.Http);
        var shape = StreamRequest.Shape(request);
        var command = StreamRequest.Command(request);
        return ConnectAsync(request, pod, container, command, shape, upgrade);
    }

    public Task AttachAsync(ApiRequest request)
    {
        var pod = (Pod)reads.Existing(request);
        var container = PodContainers.Named(request, pod);
        StreamRequest.CheckBound(pod);
        var upgrade = StreamUpgrade.Of(request.Http);

        // Whether there is a terminal was settled when the container was started.
        var shape = StreamRequest.Shape(request, PodContainers.HasTerminal(pod, container));
        return ConnectAsync(request, pod, container, command: null, shape, upgrade);
    }

    private async Task ConnectAsync(
        ApiRequest request, Pod pod, string container, IReadOnlyList<string>? command, CommandShape shape,
        StreamUpgrade upgrade)
    {
        var id = StreamRequest.RunningContainer(pod, container);
        var protocol = upgrade.Negotiate(
            upgrade.IsWebSocket ? WebSocketCommandClient.Protocols : SpdyCommandClient.Protocols);
        var session = await streams.OpenAsync(pod, id, command, shape, request.Aborted) switch
        {
            NodeSession.Ready ready => ready.Command,
            NodeSession.Refused refused => throw new StatusException(refused.Status),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
        var transport = await upgrade.AcceptAsync(protocol);
        await using ICommandClient? client = upgrade.IsWebSocket
            ? await WebSocketCommandClient.AcceptAsync(transport, protocol, shape)
            : await SpdyCommandClient.AcceptAsync(transport, protocol, shape, StreamBounds.Opening, time);
        if (client is not null)
        {
            await RunAsync(request, session, client);
        }
    }

    private async Task RunAsync(ApiRequest request, ICommandSession session, ICommandClient client)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, client.Gone, stopping);
        try
        {
            await client.EndAsync(await session.RunAsync(client.Streams, ending.Token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await client.EndAsync(Statuses.ServiceUnavailable("the server is shutting down"));
        }
        catch (Exception left) when (
            left is IOException || (left is OperationCanceledException && ending.IsCancellationRequested))
        {
            // The client has left, and there is nobody to be told.
        }
    }
}
