using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Streaming;

/// <summary>What the query of <c>pods/exec</c> and <c>pods/attach</c> asks for (core/v1 PodExecOptions,
/// PodAttachOptions).</summary>
internal static class StreamRequest
{
    /// <summary>Output and errors are wanted unless the query says that they are not.</summary>
    public static CommandShape Shape(ApiRequest request) => Shape(request, request.Flag("tty"));

    public static CommandShape Shape(ApiRequest request, bool terminal)
    {
        var shape = new CommandShape(
            request.Flag("stdin"), request.OptionalFlag("stdout") ?? true,
            // A terminal has one output; kubelet passes over the wish for another, too.
            (request.OptionalFlag("stderr") ?? true) && !terminal, terminal);
        return shape is { Input: false, Output: false, Error: false }
            ? throw Failure.BadRequest("you must specify at least 1 of stdin, stdout, stderr")
            : shape;
    }

    public static IReadOnlyList<string> Command(ApiRequest request)
    {
        var command = request.Http.Request.Query["command"].Select(part => part ?? "").ToList();
        return command is [{ Length: > 0 }, ..]
            ? command
            : throw Failure.BadRequest("you must specify at least one command for the container");
    }

    /// <summary>The pod's node has to be known before anything else is looked at.</summary>
    public static void CheckBound(Pod pod)
    {
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            throw Failure.BadRequest($"pod {pod.Metadata.Name} does not have a host assigned");
        }
    }

    /// <returns>The id of the container's present run.</returns>
    public static string RunningContainer(Pod pod, string container)
    {
        var status = pod.Status.ContainerStatuses
            .Concat(pod.Status.InitContainerStatuses)
            .Concat(pod.Status.EphemeralContainerStatuses)
            .FirstOrDefault(each => each.Name == container);
        return status is { State.Running: not null, ContainerID: { Length: > 0 } id }
            ? id
            : throw new StatusException(Statuses.InternalError($"container not found (\"{container}\")"));
    }
}
