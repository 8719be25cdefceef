using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Cri.Protocol;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>Runtimes other than containerd tell events by CRI itself; a server in their place here.</summary>
public sealed class CriEventStreamTests
{
    [Fact(Timeout = 120_000)]
    public async Task Events_come_from_CRI_and_a_broken_stream_is_taken_up_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var streams = 0;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("GetContainerEvents", StringComparison.Ordinal))
            {
                GrpcServer.Begin(context);
                // Nothing, not even headers, comes before the first event; like a real runtime.
                if (Interlocked.Increment(ref streams) == 1)
                {
                    await EventsAsync(context);
                }
                else
                {
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }

                return;
            }
            await AnswerAsync(context, "cri-o");
        });
        using var runtime = Runtime(server);
        await using var events = runtime.EventsAsync(cancellation).GetAsyncEnumerator(cancellation);
        RuntimeEvent[] expected =
        [
            new(RuntimeEventKind.Reconnected, "", "", default, 0),
            new(RuntimeEventKind.ContainerStarted, "mine", "pod", DateTimeOffset.UnixEpoch.AddSeconds(1), 0),
            new(RuntimeEventKind.ContainerExited, "mine", "pod", DateTimeOffset.UnixEpoch.AddSeconds(2), 7),
            new(RuntimeEventKind.Reconnected, "", "", default, 0),
        ];
        foreach (var happened in expected)
        {
            Assert.True(await events.MoveNextAsync());
            var at = happened.Kind == RuntimeEventKind.Reconnected ? default : events.Current.At;
            Assert.Equal(happened, events.Current with { At = at });
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_runtime_without_events_is_not_taken_for_connected()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var refusals = 0;
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("GetContainerEvents", StringComparison.Ordinal))
            {
                await AnswerAsync(context, "old");
                return;
            }
            Interlocked.Increment(ref refusals);
            GrpcServer.Begin(context);
            context.Response.Headers["grpc-status"] = "12";
        });
        using var runtime = Runtime(server);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var events = runtime.EventsAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var first = events.MoveNextAsync().AsTask();
        while (Volatile.Read(ref refusals) < 3)
        {
            await Task.Delay(10, cancellation);
        }

        Assert.False(first.IsCompleted, "a refused stream was told as connected");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private static CriRuntime Runtime(GrpcServer server) => new(
        new CriRuntimeOptions(server.SocketPath, "me"), TimeProvider.System, NullLogger<CriRuntime>.Instance);

    private static async Task EventsAsync(HttpContext context)
    {
        // The server has no way to see that the client has listed, so it leaves it the time.
        await Task.Delay(400, context.RequestAborted);
        await WriteAsync("mine", ContainerEventType.ContainerCreatedEvent, 0);
        await WriteAsync("mine", ContainerEventType.ContainerStartedEvent, 1);
        await WriteAsync("theirs", ContainerEventType.ContainerStartedEvent, 1);
        await WriteAsync("mine", ContainerEventType.ContainerStoppedEvent, 2);
        await WriteAsync("theirs", ContainerEventType.ContainerStoppedEvent, 2);
        await Task.Delay(200, context.RequestAborted);
        GrpcServer.End(context, 14, "restarting");

        Task WriteAsync(string id, ContainerEventType type, long second) => GrpcServer.WriteAsync(
            context,
            new ContainerEventResponse
            {
                ContainerId = id, ContainerEventType = type, CreatedAt = second * 1_000_000_000,
                ContainersStatuses = { new ContainerStatus { Id = id, ExitCode = 7 } },
            });
    }

    /// <summary>A runtime that has one container of this agent's, which has ended.</summary>
    private static async Task AnswerAsync(HttpContext context, string name)
    {
        IMessage answer = context.Request.Path.Value!.Split('/')[^1] switch
        {
            "Version" => new VersionResponse { RuntimeName = name },
            "ListPodSandbox" => new ListPodSandboxResponse(),
            "ListContainers" => Containers((await GrpcServer.ReadAsync(context, ListContainersRequest.Parser)).Filter),
            var other => throw new InvalidOperationException(other),
        };
        GrpcServer.Begin(context);
        await GrpcServer.WriteAsync(context, answer);
        GrpcServer.End(context, 0);
    }

    private static ListContainersResponse Containers(ContainerFilter filter)
    {
        Assert.Equal("me", filter.LabelSelector[RuntimeLabels.Owner]);
        var answer = new ListContainersResponse();
        if (filter.Id == "mine")
        {
            answer.Containers.Add(new Container
            {
                Id = "mine", PodSandboxId = "pod", State = ContainerState.ContainerExited,
            });
        }
        return answer;
    }
}
