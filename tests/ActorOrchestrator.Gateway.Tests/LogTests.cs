using System.Runtime.CompilerServices;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>pods/log: which run is meant, and the texts when there is none.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task Passes_the_log_and_the_options_on()
    {
        var logs = new FakeLogs("one\n", "two\n");
        await using var gateway = await RunningGateway.StartAsync(logs: logs);
        Put(gateway, new ContainerState { Running = new() }, id: "containerd://r1", "c");
        var answer = await gateway.GetAsync(
            $"{Pods}/p/log?follow=true&tailLines=5&timestamps=true&limitBytes=100&sinceSeconds=60");
        Assert.Equal((200, "one\ntwo\n", "text/plain"), (answer.Code, answer.Text, answer.Header("Content-Type")));
        var query = logs.Asked!;
        Assert.Equal(
            ("c", true, 5L, true, 100L, "containerd://r1"),
            (query.Container, query.Follow, query.TailLines, query.Timestamps, query.LimitBytes, query.ContainerId));
        Assert.NotNull(query.AgeMax);
    }

    [Theory]
    [InlineData("", "a container name must be specified for pod p, choose one of: [a b]")]
    [InlineData("container=x", "container x is not valid for pod p")]
    [InlineData("container=a", "container \"a\" in pod \"p\" is waiting to start: ContainerCreating")]
    [InlineData("container=a&previous=true", "previous terminated container \"a\" in pod \"p\" not found")]
    [InlineData("container=b", "container \"b\" in pod \"p\" is not available")]
    [InlineData("container=a&sinceTime=noon", "sinceTime: Invalid value: \"noon\": not an RFC 3339 time")]
    [InlineData("container=a&tailLines=-1", "tailLines: Invalid value: \"-1\": must be a non-negative integer")]
    public async Task Tells_why_there_is_no_log(string query, string message)
    {
        await using var gateway = await RunningGateway.StartAsync(logs: new FakeLogs());
        Put(gateway, new ContainerState { Waiting = new() { Reason = "ContainerCreating" } }, null, "a", "b");
        var answer = await gateway.GetAsync($"{Pods}/p/log?{query}");
        Assert.Equal((400, message), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_container_that_waits_to_be_restarted_shows_its_last_run()
    {
        var logs = new FakeLogs("died\n");
        await using var gateway = await RunningGateway.StartAsync(logs: logs);
        Put(gateway, new ContainerState { Waiting = new() { Reason = "CrashLoopBackOff" } }, null, "c");
        var pod = (Pod)gateway.Cluster.View.Get(KindRegistry.Of<Pod>(), "default", "p")!;
        gateway.Cluster.Change(pod with
        {
            Status = pod.Status with
            {
                ContainerStatuses =
                [
                    pod.Status.ContainerStatuses[0] with
                    {
                        LastState = new ContainerState { Terminated = new() { ContainerID = "containerd://r1" } },
                    },
                ],
            },
        });
        Assert.Equal("died\n", (await gateway.GetAsync($"{Pods}/p/log")).Text);
        Assert.Equal("containerd://r1", logs.Asked!.ContainerId);
        Assert.Equal("died\n", (await gateway.GetAsync($"{Pods}/p/log?previous=true")).Text);
    }

    [Fact]
    public async Task A_refusal_of_the_node_is_the_answer()
    {
        await using var gateway = await RunningGateway.StartAsync(
            logs: new FakeLogs { Refusal = Statuses.Failure(404, "NotFound", "the log file is gone") });
        Put(gateway, new ContainerState { Running = new() }, "containerd://r1", "c");
        var answer = await gateway.GetAsync($"{Pods}/p/log");
        Assert.Equal((404, "the log file is gone"), (answer.Code, answer.Message));
        Assert.Equal(404, (await gateway.GetAsync($"{Pods}/absent/log")).Code);
    }

    [Fact]
    public async Task A_pod_without_a_node_has_an_empty_log()
    {
        await using var gateway = await RunningGateway.StartAsync(logs: new FakeLogs("never"));
        gateway.Cluster.Put(Pod("p", "c") with { Spec = Pod("p", "c").Spec with { NodeName = null } });
        var answer = await gateway.GetAsync($"{Pods}/p/log");
        Assert.Equal((200, ""), (answer.Code, answer.Text));
    }

    private static void Put(RunningGateway gateway, ContainerState state, string? id, params string[] containers)
    {
        var pod = (Pod)gateway.Cluster.Put(Pod("p", containers));
        gateway.Cluster.Change(pod with
        {
            Status = new PodStatus
            {
                ContainerStatuses = [new ContainerStatus { Name = containers[0], State = state, ContainerID = id }],
            },
        });
    }

    private sealed class FakeLogs(params string[] pieces) : INodeLogs
    {
        public LogQuery? Asked { get; private set; }

        public Status? Refusal { get; init; }

        public ValueTask<NodeLog> OpenAsync(Pod pod, LogQuery query, CancellationToken cancellation)
        {
            Asked = query;
            return ValueTask.FromResult<NodeLog>(
                Refusal is null ? new NodeLog.Open(Pieces(cancellation)) : new NodeLog.Refused(Refusal));
        }

        private async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(
            [EnumeratorCancellation] CancellationToken cancellation)
        {
            foreach (var piece in pieces)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Encoding.UTF8.GetBytes(piece);
            }

            await Task.CompletedTask;
        }
    }
}
