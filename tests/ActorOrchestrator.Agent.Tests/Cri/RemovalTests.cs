using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class RemovalTests
{
    private const int Unknown = 2;
    private const int FailedPrecondition = 9;

    /// <summary>CRI refuses while a task is there that it does not know.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_task_that_still_waits_for_its_start_goes_with_its_container()
    {
        var calls = new List<string>();
        await using var server = await GrpcServer.StartAsync(context => AnswerAsync(context, calls));
        using var runtime = new CriRuntime(
            new CriRuntimeOptions(server.SocketPath, "me"), TimeProvider.System, NullLogger<CriRuntime>.Instance);

        await runtime.RemoveContainerAsync("a", TestContext.Current.CancellationToken);
        Assert.Equal(["RemoveContainer", "Delete a", "RemoveContainer"], calls);

        calls.Clear();
        await runtime.RemoveSandboxAsync("s", TestContext.Current.CancellationToken);
        Assert.Equal(
            ["StopPodSandbox", "RemovePodSandbox", "ListContainers", "RemoveContainer", "Delete b", "RemoveContainer",
                "RemovePodSandbox"],
            calls);
    }

    /// <summary>Its caller was killed: containerd goes on with the start, and keeps the container until it is done.
    /// </summary>
    [Fact(Timeout = 120_000)]
    public async Task A_sandbox_whose_container_is_about_to_start_goes_when_it_has()
    {
        var refusals = 3;
        var calls = new List<string>();
        await using var server = await GrpcServer.StartAsync(async context =>
        {
            var method = context.Request.Path.Value!.Split('/')[^1];
            calls.Add(method);
            GrpcServer.Begin(context);
            if (method == "RemovePodSandbox" && refusals-- > 0)
            {
                await context.Response.StartAsync();
                GrpcServer.End(context, Unknown, "container is in starting state, can't be removed");
                return;
            }

            await GrpcServer.WriteAsync(context, method == "ListContainers" ? Listed() : new StopPodSandboxResponse());
            GrpcServer.End(context, 0);
        });
        using var runtime = new CriRuntime(
            new CriRuntimeOptions(server.SocketPath, "me"), TimeProvider.System, NullLogger<CriRuntime>.Instance);

        await runtime.RemoveSandboxAsync("s", TestContext.Current.CancellationToken);
        Assert.Equal(4, calls.Count(call => call == "RemovePodSandbox"));
        Assert.Equal(4, calls.Count(call => call == "StopPodSandbox"));

        refusals = int.MaxValue;
        calls.Clear();
        var refused = await Assert.ThrowsAsync<ContainerRuntimeException>(
            () => runtime.RemoveSandboxAsync("s", TestContext.Current.CancellationToken));
        Assert.Contains("starting state", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, calls.Count(call => call == "RemovePodSandbox"));

        ListContainersResponse Listed() => new()
        {
            Containers =
            {
                new Container
                {
                    Id = "b", State = refusals < 3 ? ContainerState.ContainerCreated : ContainerState.ContainerRunning,
                },
            },
        };
    }

    private static async Task AnswerAsync(HttpContext context, List<string> calls)
    {
        var method = context.Request.Path.Value!.Split('/')[^1];
        GrpcServer.Begin(context);
        if (method is "RemoveContainer" or "RemovePodSandbox" && calls is [] or [.., "StopPodSandbox"]
            || (method == "RemoveContainer" && calls[^1] == "ListContainers"))
        {
            calls.Add(method);
            await context.Response.StartAsync();
            GrpcServer.End(context, FailedPrecondition, "cannot delete running task");
            return;
        }

        IMessage answer = new RemoveContainerResponse();
        if (method == "Delete")
        {
            Assert.Equal("k8s.io", context.Request.Headers["containerd-namespace"].ToString());
            method += $" {(await GrpcServer.ReadAsync(context, DeleteTaskRequest.Parser)).ContainerId}";
        }
        else if (method == "ListContainers")
        {
            var asked = await GrpcServer.ReadAsync(context, ListContainersRequest.Parser);
            answer = new ListContainersResponse
            {
                Containers = { new Container { Id = "b", PodSandboxId = asked.Filter.PodSandboxId } },
            };
        }

        calls.Add(method);
        await GrpcServer.WriteAsync(context, answer);
        GrpcServer.End(context, 0);
    }
}
