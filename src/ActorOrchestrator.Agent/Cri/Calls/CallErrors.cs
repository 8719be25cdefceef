using ActorOrchestrator.Agent.Containers;
using Grpc.Core;

namespace ActorOrchestrator.Agent.Cri.Calls;

/// <summary>Turns how a call ended into what the agent can act on.</summary>
internal static class CallErrors
{
    // Runtimes answer most failures of a pull with code Unknown, and say what happened in words only.
    private static readonly string[] Unauthorized =
        ["401 unauthorized", "403 forbidden", "authorization failed", "no basic auth credentials", "access denied",
            "insufficient_scope", "unauthorized"];

    private static readonly string[] Malformed = ["invalid reference format", "failed to parse image reference"];

    private static readonly string[] Missing =
        ["not found", "manifest unknown", "404", "name unknown", "repository does not exist"];

    private static readonly string[] Unreachable =
        ["connection refused", "no such host", "i/o timeout", "failed to do request", "network is unreachable",
            "tls handshake timeout", "503 service unavailable", "502 bad gateway", "server misbehaving"];

    /// <remarks>A name that is taken is answered with code Unknown: "name … is reserved for …".</remarks>
    public static ContainerRuntimeException Runtime(RpcException failure)
    {
        var isTaken = failure.StatusCode == StatusCode.Unknown
            && failure.Message.Contains(" is reserved for ", StringComparison.Ordinal);
        return new ContainerRuntimeException(
            isTaken ? RuntimeErrorKind.AlreadyExists : Kind(failure.StatusCode), failure.Message, failure);
    }

    /// <summary>
    /// The failure of a pull: the registry refused the credentials, has no such image, or cannot be reached.
    /// The order matters: a registry that hides private repositories says "not found" beside "authorization failed".
    /// </summary>
    public static ContainerRuntimeException Pull(string image, RpcException failure)
    {
        var kind = Kind(failure.StatusCode);
        if (kind == RuntimeErrorKind.NotFound)
        {
            kind = RuntimeErrorKind.ImageNotFound;
        }

        if (kind is RuntimeErrorKind.Other or RuntimeErrorKind.ImageNotFound)
        {
            kind = FromWords(failure.Message) ?? kind;
        }

        return new ContainerRuntimeException(kind, $"Failed to pull image \"{image}\": {failure.Message}", failure);
    }

    private static RuntimeErrorKind? FromWords(string message)
    {
        if (Says(message, Malformed))
        {
            return RuntimeErrorKind.InvalidArgument;
        }

        if (Says(message, Unauthorized))
        {
            return RuntimeErrorKind.Unauthorized;
        }

        if (Says(message, Unreachable))
        {
            return RuntimeErrorKind.Unavailable;
        }

        return Says(message, Missing) ? RuntimeErrorKind.ImageNotFound : null;
    }

    private static bool Says(string message, string[] words) =>
        words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static RuntimeErrorKind Kind(StatusCode code) => code switch
    {
        StatusCode.NotFound => RuntimeErrorKind.NotFound,
        StatusCode.AlreadyExists => RuntimeErrorKind.AlreadyExists,
        StatusCode.Unavailable => RuntimeErrorKind.Unavailable,
        StatusCode.DeadlineExceeded => RuntimeErrorKind.Timeout,
        StatusCode.InvalidArgument => RuntimeErrorKind.InvalidArgument,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => RuntimeErrorKind.Unauthorized,
        _ => RuntimeErrorKind.Other,
    };
}
