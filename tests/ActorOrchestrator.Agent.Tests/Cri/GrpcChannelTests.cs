using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Grpc;
using ActorOrchestrator.Agent.Cri.Protocol;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class GrpcChannelTests
{
    private const string Method = "/runtime.v1.RuntimeService/Version";

    [Fact(Timeout = 30_000)]
    public async Task A_call_carries_gRPCs_headers_its_message_and_its_deadline()
    {
        var cancellation = TestContext.Current.CancellationToken;
        HttpRequest? seen = null;
        VersionRequest? sent = null;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            seen = context.Request;
            sent = await GrpcServer.ReadAsync(context, VersionRequest.Parser);
            Assert.Equal(
                ("POST", Method, "HTTP/2", "application/grpc", "trailers", "5000m", "k8s.io"),
                (seen.Method, seen.Path.Value, seen.Protocol, seen.ContentType, seen.Headers.TE.ToString(),
                    seen.Headers["grpc-timeout"].ToString(), seen.Headers["containerd-namespace"].ToString()));
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse { RuntimeName = "fake" });
            GrpcServer.End(context, 0);
        });
        using var channel = new GrpcChannel(server.SocketPath, TimeProvider.System);
        var answer = await channel.UnaryAsync(
            Method, new VersionRequest { Version = "v1" }, VersionResponse.Parser, TimeSpan.FromSeconds(5),
            cancellation,
            ("containerd-namespace", "k8s.io"));
        Assert.Equal("fake", answer.RuntimeName);
        Assert.Equal("v1", sent!.Version);
    }

    private static readonly Dictionary<string, Func<HttpContext, Task>> Answers = new()
    {
        ["trailers"] = async context =>
        {
            GrpcServer.Begin(context);
            await context.Response.StartAsync();
            GrpcServer.End(context, 5, "no container %22x%22 %E2%82%AC");
        },
        ["trailers only"] = context =>
        {
            GrpcServer.Begin(context);
            context.Response.Headers["grpc-status"] = "12";
            context.Response.Headers["grpc-message"] = "unknown service";
            return Task.CompletedTask;
        },
        ["no status"] = async context =>
        {
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse());
        },
        ["unknown code"] = async context =>
        {
            GrpcServer.Begin(context);
            await context.Response.StartAsync();
            GrpcServer.End(context, 99);
        },
        ["http error"] = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        },
        ["no message"] = async context =>
        {
            GrpcServer.Begin(context);
            await context.Response.StartAsync();
            GrpcServer.End(context, 0);
        },
        ["two messages"] = async context =>
        {
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse());
            await GrpcServer.WriteAsync(context, new VersionResponse());
            GrpcServer.End(context, 0);
        },
        ["compressed"] = async context =>
        {
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse(), flags: 1);
            GrpcServer.End(context, 0);
        },
        ["too long"] = async context =>
        {
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse(), claimedLength: GrpcFrames.MessageBytesMax + 1);
            GrpcServer.End(context, 0);
        },
        ["cut short"] = async context =>
        {
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse(), claimedLength: 100);
            GrpcServer.End(context, 0);
        },
        ["garbage"] = async context =>
        {
            GrpcServer.Begin(context);
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 0xff, 0xff });
            GrpcServer.End(context, 0);
        },
        ["connection cut"] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
    };

    [Theory(Timeout = 30_000)]
    [InlineData("trailers", 5, "no container \"x\" €")]
    [InlineData("trailers only", 12, "unknown service")]
    [InlineData("no status", 2, "ended without a grpc-status")]
    [InlineData("unknown code", 2, "Unknown")]
    [InlineData("http error", 2, "HTTP status 503")]
    [InlineData("no message", 13, "no message")]
    [InlineData("two messages", 13, "more than one message")]
    [InlineData("compressed", 13, "compressed")]
    [InlineData("too long", 8, "16777217 bytes, more than the limit of 16777216")]
    [InlineData("cut short", 13, "ended after 0 of 100 bytes")]
    [InlineData("garbage", 13, "not a valid message")]
    [InlineData("connection cut", 14, "no answer on /tmp/grpc-")]
    public async Task Whatever_a_server_answers_ends_in_a_code_and_a_reason(string answer, int code, string reason)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await GrpcServer.StartAsync(Answers[answer]);
        using var channel = new GrpcChannel(server.SocketPath, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            Method, new VersionRequest(), VersionResponse.Parser, TimeSpan.FromSeconds(20), cancellation));
        Assert.Equal((GrpcCode)code, failure.Code);
        Assert.Contains(reason, failure.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_call_ends_at_its_deadline_and_at_the_callers_wish_even_if_the_server_is_silent()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await GrpcServer.StartAsync(
            context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var channel = new GrpcChannel(server.SocketPath, TimeProvider.System);
        var late = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            Method, new VersionRequest(), VersionResponse.Parser, TimeSpan.FromMilliseconds(50), cancellation));
        Assert.Equal(GrpcCode.DeadlineExceeded, late.Code);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var call = channel.UnaryAsync(
            Method, new VersionRequest(), VersionResponse.Parser, TimeSpan.FromMinutes(1), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stream_gives_each_message_and_then_the_status()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            GrpcServer.Begin(context);
            foreach (var name in (string[])["a", "b"])
                await GrpcServer.WriteAsync(context, new VersionResponse { RuntimeName = name });
            GrpcServer.End(context, 14, "going down");
        });
        using var channel = new GrpcChannel(server.SocketPath, TimeProvider.System);
        var names = new List<string>();
        var failure = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            var stream = channel.StreamAsync(Method, new VersionRequest(), VersionResponse.Parser, cancellation);
            await foreach (var message in stream) names.Add(message.RuntimeName);
        });
        Assert.Equal(["a", "b"], names);
        Assert.Equal((GrpcCode.Unavailable, "going down"), (failure.Code, failure.Message));
    }

    [Theory]
    [InlineData(0.0001, "1m")]
    [InlineData(1.5, "1500m")]
    [InlineData(99_999.999, "99999999m")]
    [InlineData(100_000, "100000S")]
    public void A_deadline_has_at_most_eight_digits(double seconds, string text) =>
        Assert.Equal(text, GrpcChannel.GrpcTimeout(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(GrpcCode.Unknown, "failed to resolve: not found", RuntimeErrorKind.ImageNotFound)]
    [InlineData(GrpcCode.NotFound, "failed to pull: x: not found", RuntimeErrorKind.ImageNotFound)]
    [InlineData(GrpcCode.Unknown, "unexpected status: 401 Unauthorized", RuntimeErrorKind.Unauthorized)]
    [InlineData(GrpcCode.NotFound, "pull access denied, repository does not exist", RuntimeErrorKind.Unauthorized)]
    [InlineData(GrpcCode.Unknown, "dial tcp 127.0.0.1:1: connect: connection refused", RuntimeErrorKind.Unavailable)]
    [InlineData(GrpcCode.Unknown, "dial tcp: lookup x: no such host", RuntimeErrorKind.Unavailable)]
    [InlineData(GrpcCode.InvalidArgument, "invalid reference format", RuntimeErrorKind.InvalidArgument)]
    [InlineData(GrpcCode.Unavailable, "no answer", RuntimeErrorKind.Unavailable)]
    [InlineData(GrpcCode.DeadlineExceeded, "late", RuntimeErrorKind.Timeout)]
    [InlineData(GrpcCode.Unknown, "disk is full", RuntimeErrorKind.Other)]
    internal void The_failure_of_a_pull_has_a_kind(GrpcCode code, string message, RuntimeErrorKind kind)
    {
        var failure = GrpcErrors.Pull("img", new GrpcException(code, message));
        Assert.Equal(kind, failure.Kind);
        Assert.Equal($"Failed to pull image \"img\": {message}", failure.Message);
    }
}
