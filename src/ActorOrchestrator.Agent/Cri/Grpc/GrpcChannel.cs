using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace ActorOrchestrator.Agent.Cri.Grpc;

/// <summary>
/// gRPC over HTTP/2 with prior knowledge on a Unix socket, on HttpClient alone (gRPC over HTTP/2, PROTOCOL-HTTP2.md):
/// unary calls and server streams. Connections are made on demand, so the channel outlives restarts of the server.
/// </summary>
internal sealed class GrpcChannel : IDisposable
{
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    private readonly string _socketPath;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    /// <param name="socketPath">Path of the Unix socket, without a scheme.</param>
    public GrpcChannel(string socketPath, TimeProvider time)
    {
        _socketPath = socketPath;
        _time = time;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            AutomaticDecompression = DecompressionMethods.None,
            UseProxy = false,
        };
        _client = new HttpClient(handler)
        {
            BaseAddress = new Uri("http://localhost"), Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string SocketPath => _socketPath;

    public void Dispose() => _client.Dispose();

    /// <summary>One request, one answer.</summary>
    /// <param name="method">The path of the method: <c>/package.Service/Method</c>.</param>
    /// <param name="timeout">Sent as <c>grpc-timeout</c> and kept here as well, should the server not keep it.</param>
    /// <param name="metadata">Request headers besides gRPC's own.</param>
    /// <exception cref="GrpcException">Any other end than status OK with exactly one message.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<TResponse> UnaryAsync<TResponse>(
        string method,
        IMessage request,
        MessageParser<TResponse> parser,
        TimeSpan timeout,
        CancellationToken cancellation,
        params (string Name, string Value)[] metadata)
        where TResponse : class, IMessage<TResponse>
    {
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var call = Request(method, request);
            call.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout(timeout));
            foreach (var (name, value) in metadata) call.Headers.TryAddWithoutValidation(name, value);
            using var response = await _client.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            ThrowUnlessGrpc(response, method);
            await using var stream = await response.Content.ReadAsStreamAsync(linked.Token);
            var answer = await GrpcFrames.ReadAsync(stream, parser, linked.Token);
            if (answer is not null && await GrpcFrames.ReadAsync(stream, parser, linked.Token) is not null)
                throw new GrpcException(GrpcCode.Internal, $"{method} answered more than one message");
            ThrowUnlessOk(response, method);
            return answer ?? throw new GrpcException(GrpcCode.Internal, $"{method} answered no message");
        }
        catch (OperationCanceledException) when (
            deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new GrpcException(
                GrpcCode.DeadlineExceeded, $"{method} took longer than {timeout.TotalSeconds:0.###} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or HttpProtocolException)
        {
            throw Unreachable(method, broken);
        }
    }

    /// <summary>One request, a stream of answers, until the server ends it (status OK) or the caller cancels.</summary>
    /// <remarks>Servers may send nothing at all, not even headers, before the first answer.</remarks>
    public async IAsyncEnumerable<TResponse> StreamAsync<TResponse>(
        string method,
        IMessage request,
        MessageParser<TResponse> parser,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>
    {
        using var call = Request(method, request);
        using var response = await SendAsync(call, method, cancellation);
        ThrowUnlessGrpc(response, method);
        ThrowIfRefused(response, method);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        while (await NextAsync(stream, parser, method, cancellation) is { } message) yield return message;
        ThrowUnlessOk(response, method);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage call, string method, CancellationToken cancellation)
    {
        try
        {
            return await _client.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException broken)
        {
            throw Unreachable(method, broken);
        }
    }

    private async Task<TResponse?> NextAsync<TResponse>(
        Stream stream, MessageParser<TResponse> parser, string method, CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await GrpcFrames.ReadAsync(stream, parser, cancellation);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw Unreachable(method, broken);
        }
    }

    private static HttpRequestMessage Request(string method, IMessage message)
    {
        var content = new ByteArrayContent(GrpcFrames.Encode(message));
        content.Headers.ContentType = ContentType;
        var call = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        call.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return call;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>At most eight digits and a unit: milliseconds up to 27 hours, else whole seconds.</summary>
    internal static string GrpcTimeout(TimeSpan timeout)
    {
        var milliseconds = Math.Max(1, (long)Math.Ceiling(timeout.TotalMilliseconds));
        return milliseconds <= 99_999_999 ? $"{milliseconds}m" : $"{Math.Min(99_999_999, milliseconds / 1000)}S";
    }

    private static void ThrowUnlessGrpc(HttpResponseMessage response, string method)
    {
        if (response.StatusCode == HttpStatusCode.OK) return;
        throw new GrpcException(GrpcCode.Unknown, $"{method} was answered with HTTP status {(int)response.StatusCode}");
    }

    /// <summary>A refused stream has its status in the headers ("trailers-only") and no body.</summary>
    private static void ThrowIfRefused(HttpResponseMessage response, string method)
    {
        if (Status(response.Headers) is { } refusal && refusal.Code != GrpcCode.Ok) Throw(refusal, method);
    }

    private static void ThrowUnlessOk(HttpResponseMessage response, string method)
    {
        var status = Status(response.TrailingHeaders) ?? Status(response.Headers)
            ?? throw new GrpcException(GrpcCode.Unknown, $"{method} ended without a grpc-status");
        if (status.Code != GrpcCode.Ok) Throw(status, method);
    }

    private static void Throw((GrpcCode Code, string Message) status, string method) =>
        throw new GrpcException(status.Code, status.Message.Length > 0 ? status.Message : $"{method}: {status.Code}");

    private static (GrpcCode Code, string Message)? Status(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var statuses)) return null;
        var code = int.TryParse(statuses.First(), out var number) && Enum.IsDefined((GrpcCode)number)
            ? (GrpcCode)number
            : GrpcCode.Unknown;
        var message = headers.TryGetValues("grpc-message", out var messages)
            ? Uri.UnescapeDataString(string.Join(", ", messages))
            : "";
        return (code, message);
    }

    private GrpcException Unreachable(string method, Exception broken) => new(
        GrpcCode.Unavailable, $"{method}: no answer on {_socketPath}: {broken.GetBaseException().Message}", broken);
}
