using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>The container that a request for a part of a pod means.</summary>
internal static class PodContainers
{
    /// <summary>The one that the query names, or the pod's only one.</summary>
    public static string Named(ApiRequest request, Pod pod)
    {
        var containers = pod.Spec.Containers.Select(container => container.Name).ToList();
        var initial = pod.Spec.InitContainers.Select(container => container.Name).ToList();
        var ephemeral = pod.Spec.EphemeralContainers.Select(container => container.Name).ToList();
        if (request.Query("container") is { } named)
        {
            return containers.Contains(named) || initial.Contains(named) || ephemeral.Contains(named)
                ? named
                : throw Failure.BadRequest($"container {named} is not valid for pod {pod.Metadata.Name}");
        }

        if (containers.Count == 1)
        {
            return containers[0];
        }

        var choices = $"[{string.Join(' ', containers)}]"
            + (initial.Count == 0 ? "" : $" or one of the init containers: [{string.Join(' ', initial)}]")
            + (ephemeral.Count == 0 ? "" : $" or one of the ephemeral containers: [{string.Join(' ', ephemeral)}]");
        throw Failure.BadRequest(
            $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: {choices}");
    }

    public static bool HasTerminal(Pod pod, string container) =>
        pod.Spec.AllContainers().Any(each => each.Name == container && each.Tty);
}
