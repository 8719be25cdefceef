using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Cri.Calls;

/// <summary>
/// Removes containers and sandboxes, also those that containerd 1.6 refuses to: where the caller of a start went away
/// right after the task was made, CRI forgets the task, which waits for its start, and is then kept by it from removing
/// the container. Such a task is deleted by containerd's own service, which refuses for one that runs.
/// </summary>
internal static class Removal
{
    public static async Task ContainerAsync(
        RuntimeChannel channel, TimeSpan timeout, string id, CancellationToken cancellation)
    {
        var request = new RemoveContainerRequest { ContainerId = id };
        var runtime = channel.Runtime(timeout);
        try
        {
            await runtime.RemoveContainerAsync(request, cancellationToken: cancellation);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
        {
            await channel.ContainerdTasks(timeout).DeleteAsync(
                new DeleteTaskRequest { ContainerId = id }, RuntimeChannel.InNamespace(),
                cancellationToken: cancellation);
            await runtime.RemoveContainerAsync(request, cancellationToken: cancellation);
        }
    }

    /// <summary>Of a sandbox that is stopped, with its containers.</summary>
    public static async Task SandboxAsync(
        RuntimeChannel channel, TimeSpan timeout, string id, CancellationToken cancellation)
    {
        var request = new RemovePodSandboxRequest { PodSandboxId = id };
        var runtime = channel.Runtime(timeout);
        try
        {
            await runtime.RemovePodSandboxAsync(request, cancellationToken: cancellation);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
        {
            var left = await runtime.ListContainersAsync(
                new ListContainersRequest { Filter = new ContainerFilter { PodSandboxId = id } },
                cancellationToken: cancellation);
            foreach (var container in left.Containers)
            {
                await ContainerAsync(channel, timeout, container.Id, cancellation);
            }

            await runtime.RemovePodSandboxAsync(request, cancellationToken: cancellation);
        }
    }
}
