using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Streams.Commands;
using ActorOrchestrator.Streams.Spdy;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary><c>pods/{name}/portforward</c>: connects a client to ports of a pod.</summary>
internal sealed class PortForwardVerb(
    ReadVerbs reads, INodeStreams streams, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Channels of a WebSocket are numbered by a byte, and each port takes two.</summary>
    private const int PortsMax = 100;

    /// <summary>Between looks whether the pod is still there; its end breaks the connections that there are, but a
    /// client without any would wait for ever.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    public async Task ServeAsync(ApiRequest request)
    {
        var pod = (Pod)reads.Existing(request);
        StreamRequest.CheckBound(pod);
        var upgrade = StreamUpgrade.Of(request.Http);
        var protocol = upgrade.IsWebSocket
            ? upgrade.Negotiate([SpdyPortForward.Tunnelled, .. WebSocketPortForward.Protocols])
            : upgrade.Negotiate(SpdyPortForward.Protocol);
        var asked = upgrade.IsWebSocket && protocol != SpdyPortForward.Tunnelled ? Ports(request) : [];
        if (pod.Status.Phase != "Running")
        {
            throw Failure.BadRequest(
                $"unable to forward port because pod is not running. Current status={pod.Status.Phase}");
        }

        await using var forward = await streams.ForwardAsync(pod, request.Aborted) switch
        {
            NodePortForward.Ready ready => ready.Ports,
            NodePortForward.Refused refused => throw new StatusException(refused.Status),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping);
        var gone = UntilGoneAsync(request, pod, ended);
        try
        {
            var transport = await upgrade.AcceptAsync(protocol);
            await RunAsync(transport, protocol, upgrade.IsWebSocket, forward, asked, ended.Token);
        }
        finally
        {
            ended.Cancel();
            await gone;
        }
    }

    private async Task RunAsync(
        Stream transport, string protocol, bool isWebSocket, IPortForward forward, IReadOnlyList<ushort> asked,
        CancellationToken cancellation)
    {
        if (isWebSocket && protocol != SpdyPortForward.Tunnelled)
        {
            await using var channels = WebSocketChannels.Over(transport, protocol);
            await new WebSocketPortForward(channels, forward, asked).RunAsync(cancellation);
            return;
        }

        await using var connection = new SpdyConnection(
            isWebSocket ? new WebSocketTunnel(StreamUpgrade.WebSocketOver(transport)) : transport, isServer: true,
            SpdyPortForward.Limits);
        await new SpdyPortForward(connection, forward, time).RunAsync(cancellation);
        await connection.GoAwayAsync(StreamBounds.Goodbye);
    }

    private static List<ushort> Ports(ApiRequest request)
    {
        var texts = request.Http.Request.Query["ports"]
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)).ToList();
        if (texts.Count is 0 or > PortsMax)
        {
            throw Failure.BadRequest(texts.Count == 0
                ? "query parameter \"ports\" is required"
                : $"query parameter \"ports\" has more than {PortsMax} values");
        }

        return
        [
            .. texts.Select(text => ushort.TryParse(text, out var port) && port > 0
                ? port
                : throw Failure.BadRequest($"port \"{text}\" must be > 0 and <= 65535")),
        ];
    }

    private async Task UntilGoneAsync(ApiRequest request, Pod pod, CancellationTokenSource ended)
    {
        try
        {
            while (reads.Find(request) is Pod { Status.Phase: "Running" } now && now.Metadata.Uid == pod.Metadata.Uid)
            {
                await Task.Delay(LookInterval, time, ended.Token);
            }

            ended.Cancel();
        }
        catch (OperationCanceledException)
        {
            // The client was first.
        }
    }
}
