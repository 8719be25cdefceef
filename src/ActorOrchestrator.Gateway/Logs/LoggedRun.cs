using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Logs;

/// <summary>Decides, from the pod's status, which run of a container a log request means (kubelet's
/// validateContainerLogStatus).</summary>
internal static class LoggedRun
{
    public static LogQuery Resolve(Pod pod, LogQuery query)
    {
        var (name, container) = (pod.Metadata.Name, query.Container);
        var status = pod.Status.ContainerStatuses
            .Concat(pod.Status.InitContainerStatuses)
            .Concat(pod.Status.EphemeralContainerStatuses)
            .FirstOrDefault(each => each.Name == container)
            ?? throw Failure.BadRequest($"container \"{container}\" in pod \"{name}\" is not available");
        var last = status.LastState.Terminated?.ContainerID;
        if (query.Previous)
        {
            return string.IsNullOrEmpty(last)
                ? throw Failure.BadRequest($"previous terminated container \"{container}\" in pod \"{name}\" not found")
                : query with { ContainerId = last };
        }

        if (status.State.Running is not null)
        {
            return query with { ContainerId = status.ContainerID };
        }

        if (status.State.Terminated is { } ended)
        {
            var id = string.IsNullOrEmpty(ended.ContainerID) ? last : ended.ContainerID;
            return string.IsNullOrEmpty(id)
                ? throw Failure.BadRequest($"container \"{container}\" in pod \"{name}\" is terminated")
                : query with { ContainerId = id };
        }

        if (!string.IsNullOrEmpty(last))
        {
            return query with { ContainerId = last };
        }

        var why = status.State.Waiting?.Reason switch
        {
            null or "" => " - no logs yet",
            "ErrImagePull" => ": image can't be pulled",
            "ImagePullBackOff" => ": trying and failing to pull image",
            var reason => $": {reason}",
        };
        throw Failure.BadRequest($"container \"{container}\" in pod \"{name}\" is waiting to start{why}");
    }
}
