namespace ActorOrchestrator.Agent.Logs;

/// <summary>
/// What <c>pods/log</c> asks of one container's log (core/v1 PodLogOptions, less what picks the container).
/// </summary>
public sealed record LogQuery
{
    /// <summary>Go on with what is written from now on, until the container has ended.</summary>
    public bool Follow { get; init; }

    /// <summary>Only the last so many lines of the file; null for all.</summary>
    public long? TailLines { get; init; }

    /// <summary>Only lines written at that time or later. <c>sinceSeconds</c> is this, counted from now.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Put each line's time (RFC 3339, nanoseconds) and a blank before it.</summary>
    public bool Timestamps { get; init; }

    /// <summary>End after so many bytes of output, if need be within a line.</summary>
    public long? LimitBytes { get; init; }
}
