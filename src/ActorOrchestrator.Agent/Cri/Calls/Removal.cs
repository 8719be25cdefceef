using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Cri.Calls;

/// <summary>
/// Removes containers and sandboxes, also those that containerd 1.6 refuses to. Where the caller of a start went away,
/// the container is kept as long as its start is under way: it is tried again. And where he went right after the task
/// was made, CRI forgets the task, which waits for its start, and is then kept by it from removing the container: such
/// a task is deleted by containerd's own service, which refuses for one that runs.
/// </summary>
internal static class Removal
{
    private static readonly TimeSpan StartWaitMin = TimeSpan.FromMilliseconds(50);

    /// <summary>Doubled from the shortest, so a start is waited for by 25 s.</summary>
    private static readonly TimeSpan StartWaitMax = TimeSpan.FromSeconds(13);

    public static Task ContainerAsync(
        RuntimeChannel channel, TimeSpan timeout, string id, CancellationToken cancellation) =>
        OnceStartedAsync(channel, timeout, new ContainerFilter { Id = id }, async () =>
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
        }, cancellation);

    /// <summary>With its containers. It is stopped first, dead or not: a runtime gives the network back (CNI DEL) when
    /// it stops a sandbox.</summary>
    public static Task SandboxAsync(
        RuntimeChannel channel, TimeSpan timeout, string id, CancellationToken cancellation) =>
        OnceStartedAsync(channel, timeout, new ContainerFilter { PodSandboxId = id }, async () =>
        {
            var request = new RemovePodSandboxRequest { PodSandboxId = id };
            var runtime = channel.Runtime(timeout);
            await runtime.StopPodSandboxAsync(
                new StopPodSandboxRequest { PodSandboxId = id }, cancellationToken: cancellation);
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
        }, cancellation);

    /// <remarks>containerd names no code for a start that is under way, and tells no state of it but <c>Created</c>.
    /// One that has just begun when it is asked for is why a second try is made in any case.</remarks>
    private static async Task OnceStartedAsync(
        RuntimeChannel channel, TimeSpan timeout, ContainerFilter kept, Func<Task> remove,
        CancellationToken cancellation)
    {
        for (var wait = StartWaitMin; ; wait *= 2)
        {
            try
            {
                await remove();
                return;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.Unknown && wait <= StartWaitMax)
            {
                if (wait > StartWaitMin && !await MayStartAsync(channel.Runtime(timeout), kept, cancellation))
                {
                    throw;
                }

                await Task.Delay(wait, channel.Time, cancellation);
            }
        }
    }

    private static async Task<bool> MayStartAsync(
        RuntimeService.RuntimeServiceClient runtime, ContainerFilter kept, CancellationToken cancellation)
    {
        var list = await runtime.ListContainersAsync(
            new ListContainersRequest { Filter = kept }, cancellationToken: cancellation);
        return list.Containers.Any(container => container.State == ContainerState.ContainerCreated);
    }
}
