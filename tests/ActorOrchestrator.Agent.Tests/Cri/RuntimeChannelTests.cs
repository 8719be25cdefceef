using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Calls;
using ActorOrchestrator.Agent.Cri.Protocol;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class RuntimeChannelTests
{
    private const string Method = "/runtime.v1.RuntimeService/Version";

    [Fact(Timeout = 120_000)]
    public async Task A_call_carries_gRPCs_headers_and_its_message()
    {
        var cancellation = TestContext.Current.CancellationToken;
        HttpRequest? seen = null;
        VersionRequest? sent = null;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            seen = context.Request;
            sent = await GrpcServer.ReadAsync(context, VersionRequest.Parser);
            Assert.Equal(
                ("POST", Method, "HTTP/2", "application/grpc", "trailers", "k8s.io"),
                (seen.Method, seen.Path.Value, seen.Protocol, seen.ContentType, seen.Headers.TE.ToString(),
                    seen.Headers["containerd-namespace"].ToString()));
            GrpcServer.Begin(context);
            await GrpcServer.WriteAsync(context, new VersionResponse { RuntimeName = "fake" });
            GrpcServer.End(context, 0);
        });
        using var channel = new RuntimeChannel(server.SocketPath, TimeProvider.System);
        var answer = await channel.Runtime(TimeSpan.FromSeconds(20)).VersionAsync(
            new VersionRequest { Version = "v1" }, new Metadata { { "containerd-namespace", "k8s.io" } },
            cancellationToken: cancellation);
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
            await GrpcServer.WriteAsync(
                context, new VersionResponse(), claimedLength: RuntimeChannel.MessageBytesMax + 1);
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

    [Theory(Timeout = 120_000)]
    [InlineData("trailers", 5, "no container \"x\" €")]
    [InlineData("trailers only", 12, "unknown service")]
    [InlineData("no status", 1, "No grpc-status found on response")]
    [InlineData("unknown code", 99, Method + ": 99")]
    [InlineData("http error", 14, "HTTP status code: 503")]
    [InlineData("no message", 13, "Failed to deserialize response message")]
    [InlineData("two messages", 13, "Unexpected data after finished reading message")]
    [InlineData("compressed", 13, "compressed")]
    [InlineData("too long", 8, "exceeds the maximum configured message size")]
    [InlineData("cut short", 13, "Unexpected end of content")]
    [InlineData("garbage", 13, "InvalidProtocolBufferException")]
    [InlineData("connection cut", 14, "no answer on /tmp/grpc-")]
    public async Task Whatever_a_server_answers_ends_in_a_code_and_a_reason(string answer, int code, string reason)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await GrpcServer.StartAsync(Answers[answer]);
        using var channel = new RuntimeChannel(server.SocketPath, TimeProvider.System);
        var runtime = channel.Runtime(TimeSpan.FromSeconds(20));
        var failure = await Assert.ThrowsAsync<RpcException>(
            () => runtime.VersionAsync(new VersionRequest(), cancellationToken: cancellation).ResponseAsync);
        Assert.Equal((StatusCode)code, failure.StatusCode);
        Assert.Contains(reason, failure.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_call_ends_at_its_deadline_and_at_the_callers_wish_even_if_the_server_is_silent()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var arrived = new SemaphoreSlim(0);
        await using var server = await GrpcServer.StartAsync(context =>
        {
            arrived.Release();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var time = new ManualTimeProvider();
        using var channel = new RuntimeChannel(server.SocketPath, time);
        var runtime = channel.Runtime(TimeSpan.FromMinutes(1));
        var call = runtime.VersionAsync(new VersionRequest(), cancellationToken: cancellation).ResponseAsync;
        await arrived.WaitAsync(cancellation);
        Assert.True(time.FireNext(time.GetUtcNow() + TimeSpan.FromMinutes(1)));
        var late = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((StatusCode.DeadlineExceeded, $"{Method} took longer than 60 s"), (late.StatusCode, late.Message));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        call = runtime.VersionAsync(new VersionRequest(), cancellationToken: stop.Token).ResponseAsync;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stream_gives_each_message_and_then_the_status()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            GrpcServer.Begin(context);
            foreach (var name in (string[])["a", "b"])
            {
                await GrpcServer.WriteAsync(context, new ContainerEventResponse { ContainerId = name });
            }

            GrpcServer.End(context, 14, "going down");
        });
        using var channel = new RuntimeChannel(server.SocketPath, TimeProvider.System);
        var names = new List<string>();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = channel.Runtime(Timeout.InfiniteTimeSpan).GetContainerEvents(
                new GetEventsRequest(), cancellationToken: cancellation);
            await foreach (var happened in call.ResponseStream.ReadAllAsync(cancellation))
            {
                names.Add(happened.ContainerId);
            }
        });
        Assert.Equal(["a", "b"], names);
        Assert.Equal((StatusCode.Unavailable, "going down"), (failure.StatusCode, failure.Message));
    }

    [Theory]
    [InlineData(StatusCode.Unknown, "failed to resolve: not found", RuntimeErrorKind.ImageNotFound)]
    [InlineData(StatusCode.NotFound, "failed to pull: x: not found", RuntimeErrorKind.ImageNotFound)]
    [InlineData(StatusCode.Unknown, "unexpected status: 401 Unauthorized", RuntimeErrorKind.Unauthorized)]
    [InlineData(StatusCode.NotFound, "pull access denied, repository does not exist", RuntimeErrorKind.Unauthorized)]
    [InlineData(StatusCode.Unknown, "dial tcp 127.0.0.1:1: connect: connection refused", RuntimeErrorKind.Unavailable)]
    [InlineData(StatusCode.Unknown, "dial tcp: lookup x: no such host", RuntimeErrorKind.Unavailable)]
    [InlineData(StatusCode.InvalidArgument, "invalid reference format", RuntimeErrorKind.InvalidArgument)]
    [InlineData(StatusCode.Unavailable, "no answer", RuntimeErrorKind.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded, "late", RuntimeErrorKind.Timeout)]
    [InlineData(StatusCode.Unknown, "disk is full", RuntimeErrorKind.Other)]
    internal void The_failure_of_a_pull_has_a_kind(StatusCode code, string message, RuntimeErrorKind kind)
    {
        var failure = CallErrors.Pull("img", new RpcException(new Status(code, message), message));
        Assert.Equal(kind, failure.Kind);
        Assert.Equal($"Failed to pull image \"img\": {message}", failure.Message);
    }
}
