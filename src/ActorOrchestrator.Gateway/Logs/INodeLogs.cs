using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Gateway.Logs;

/// <summary>The gateway's port to the container logs on the machines. In one process the agent's reader answers;
/// later the member that owns the pod's machine does.</summary>
public interface INodeLogs
{
    /// <summary>Opens the log of one container of a pod that is bound to a node.</summary>
    ValueTask<NodeLog> OpenAsync(Pod pod, LogQuery query, CancellationToken cancellation);
}

/// <summary>Which part of which log (core/v1 PodLogOptions); the container is resolved.</summary>
public sealed record LogQuery(string Container)
{
    public bool Follow { get; init; }

    /// <summary>The log of the container's last run instead of its present one.</summary>
    public bool Previous { get; init; }

    /// <summary>The run that is meant, as the pod's status names it (<c>containerd://…</c>); resolved by the
    /// gateway.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Each line begins with its time (RFC 3339, nanoseconds) and a space.</summary>
    public bool Timestamps { get; init; }

    public long? TailLines { get; init; }

    /// <summary>Only lines written at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only lines of at most this age, by the clock of the machine that wrote them.</summary>
    public TimeSpan? AgeMax { get; init; }

    public long? LimitBytes { get; init; }

    /// <summary><c>All</c>, <c>Stdout</c> or <c>Stderr</c>.</summary>
    public string Stream { get; init; } = "All";
}

/// <summary>A log, or why there is none.</summary>
public abstract record NodeLog
{
    private NodeLog()
    {
    }

    /// <summary>The text as it is to be sent, in pieces; ends with the log, or, followed, with the container. The bytes
    /// of a piece are valid until the next is asked for.</summary>
    public sealed record Open(IAsyncEnumerable<ReadOnlyMemory<byte>> Bytes) : NodeLog;

    public sealed record Refused(Status Status) : NodeLog;
}
