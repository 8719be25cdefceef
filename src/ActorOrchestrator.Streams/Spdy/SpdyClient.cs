using System.Net;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Streams.Spdy;

/// <summary>Asks a server of HTTP to go on in SPDY/3.1.</summary>
public sealed class SpdyClient : IDisposable
{
    public const string Protocol = "SPDY/3.1";
    public const string VersionHeader = "X-Stream-Protocol-Version";

    private const int RefusalBytesMax = 16 * 1024;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http;

    /// <summary>Asks without credentials.</summary>
    public SpdyClient()
        : this(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            UseCookies = false,
            UseProxy = false,
        })
    {
    }

    public SpdyClient(HttpMessageHandler handler) => _http = new HttpMessageInvoker(handler);

    /// <param name="version">What is spoken over the streams, such as <c>v4.channel.k8s.io</c>.</param>
    /// <exception cref="IOException">The server cannot be reached, or it refused, with what it said.</exception>
    public async Task<SpdyConnection> ConnectAsync(
        Uri url, string version, SpdyLimits limits, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent([]) };
        request.Headers.ConnectionClose = false;
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd(Protocol);
        request.Headers.Add(VersionHeader, version);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw new IOException($"{url.Authority} cannot be reached: {FailureWords.Of(failure)}", failure);
        }

        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            var transport = await response.Content.ReadAsStreamAsync(cancellation);
            return new SpdyConnection(transport, isServer: false, limits);
        }

        using (response)
        {
            throw new IOException(await RefusalAsync(response, cancellation));
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation);
        var text = new byte[RefusalBytesMax];
        var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        var said = System.Text.Encoding.UTF8.GetString(text, 0, length).Trim();
        return said.Length > 0 ? said : $"{(int)response.StatusCode} {response.ReasonPhrase}";
    }
}
