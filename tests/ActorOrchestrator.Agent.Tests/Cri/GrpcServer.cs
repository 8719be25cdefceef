using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>
/// A server on a Unix socket and on a port that answers gRPC calls as a test says, also in ways no decent server would.
/// </summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcServer(WebApplication app, string socketPath)
    {
        _app = app;
        SocketPath = socketPath;
    }

    public string SocketPath { get; }

    public int Port => new Uri(_app.Urls.First(url => !url.Contains("unix:", StringComparison.Ordinal))).Port;

    public static async Task<GrpcServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var path = $"/tmp/grpc-{Guid.NewGuid():N}.sock";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.Run(context => answer(context));
        await app.StartAsync();
        return new GrpcServer(app, path);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        File.Delete(SocketPath);
    }

    public static void Begin(HttpContext context) => context.Response.ContentType = "application/grpc";

    public static async Task WriteAsync(
        HttpContext context, IMessage message, byte flags = 0, int? claimedLength = null)
    {
        var body = message.ToByteArray();
        var frame = new byte[5 + body.Length];
        frame[0] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), claimedLength ?? body.Length);
        body.CopyTo(frame, 5);
        await context.Response.Body.WriteAsync(frame);
        await context.Response.Body.FlushAsync();
    }

    public static void End(HttpContext context, int status, string? message = null)
    {
        context.Response.AppendTrailer("grpc-status", status.ToString());
        if (message is not null)
        {
            context.Response.AppendTrailer("grpc-message", message);
        }
    }

    public static async Task<T> ReadAsync<T>(HttpContext context, MessageParser<T> parser) where T : IMessage<T>
    {
        var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes);
        return parser.ParseFrom(bytes.ToArray().AsSpan(5));
    }
}
