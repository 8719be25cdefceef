using ActorOrchestrator.Api;

namespace ActorOrchestrator.Gateway.Errors;

/// <summary>Ends a request with a <see cref="Status"/>. Thrown anywhere below the pipeline, answered in one
/// place.</summary>
public sealed class StatusException(Status status) : Exception(status.Message)
{
    public Status Status { get; } = status;
}
