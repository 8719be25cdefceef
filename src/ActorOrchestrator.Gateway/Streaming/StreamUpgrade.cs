using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Streams.Spdy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>
/// A request that asks to go on as another protocol than HTTP: WebSocket (RFC 6455) or SPDY/3.1, and over it one of
/// several versions of what is to be done.
/// </summary>
internal sealed class StreamUpgrade
{
    private const string WebSocketProtocol = "websocket";
    private const string WebSocketVersion = "13";

    /// <summary>What RFC 6455 has every server add to a client's key.</summary>
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly HttpContext _http;
    private readonly IHttpUpgradeFeature _feature;

    private StreamUpgrade(HttpContext http, IHttpUpgradeFeature feature, bool isWebSocket) =>
        (_http, _feature, IsWebSocket) = (http, feature, isWebSocket);

    public bool IsWebSocket { get; }

    /// <exception cref="StatusException">It asks for no protocol that there is.</exception>
    public static StreamUpgrade Of(HttpContext http)
    {
        var asked = http.Request.Headers.Upgrade.ToString();
        var isWebSocket = asked.Equals(WebSocketProtocol, StringComparison.OrdinalIgnoreCase);
        var isSpdy = asked.Equals(SpdyClient.Protocol, StringComparison.OrdinalIgnoreCase);
        return http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature
            && (isWebSocket || isSpdy)
            ? new StreamUpgrade(http, feature, isWebSocket)
            : throw Failure.BadRequest("Upgrade request required");
    }

    /// <summary>The first of the client's protocols that is served; empty where it names none, which is the first
    /// version of all.</summary>
    /// <exception cref="StatusException">It names others only.</exception>
    public string Negotiate(params ReadOnlySpan<string> served)
    {
        var headers = _http.Request.Headers;
        var asked = (IsWebSocket ? headers.SecWebSocketProtocol : headers[SpdyClient.VersionHeader])
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Where(value => value.Length > 0).ToList();
        foreach (var protocol in asked)
        {
            if (served.Contains(protocol))
            {
                return protocol;
            }
        }

        return asked.Count == 0 ? "" : throw NotNegotiated(asked, served);
    }

    /// <summary>Answers that the protocol changes; from now on the connection's bytes are the caller's.</summary>
    public async Task<Stream> AcceptAsync(string protocol)
    {
        var response = _http.Response.Headers;
        if (IsWebSocket)
        {
            response.SecWebSocketAccept = AcceptKey();
            response.Upgrade = WebSocketProtocol;
        }
        else
        {
            response.Upgrade = SpdyClient.Protocol;
        }

        if (protocol.Length > 0)
        {
            response[IsWebSocket ? "Sec-WebSocket-Protocol" : SpdyClient.VersionHeader] = protocol;
        }

        // A client may read as slowly as it likes: whoever writes to it waits.
        _http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        _http.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        return await _feature.UpgradeAsync();
    }

    /// <summary>The server's end of what was accepted as a WebSocket. What it sends unasked are signs of
    /// life.</summary>
    public static WebSocket WebSocketOver(Stream transport) => WebSocket.CreateFromStream(
        transport, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = StreamBounds.SignOfLife });

    private StatusException NotNegotiated(IEnumerable<string> asked, ReadOnlySpan<string> served)
    {
        if (!IsWebSocket)
        {
            _http.Response.Headers["X-Accepted-Stream-Protocol-Versions"] = served.ToArray();
        }

        var code = IsWebSocket ? HttpCode.BadRequest : HttpCode.Forbidden;
        return new StatusException(Statuses.Failure(
            code, IsWebSocket ? StatusReasons.BadRequest : StatusReasons.Forbidden,
            $"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', asked)}], "
            + $"server accepts [{string.Join(' ', served.ToArray())}]"));
    }

    private string AcceptKey()
    {
        var headers = _http.Request.Headers;
        if (headers.SecWebSocketVersion != WebSocketVersion || headers.SecWebSocketKey.Count != 1)
        {
            throw Failure.BadRequest("the WebSocket handshake lacks its key, or is not of version 13");
        }

        // RFC 6455, 4.2.2: the hash proves that the key was read, and guards nothing.
#pragma warning disable CA5350
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(headers.SecWebSocketKey + AcceptSuffix)));
#pragma warning restore CA5350
    }
}
