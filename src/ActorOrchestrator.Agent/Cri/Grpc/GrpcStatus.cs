namespace ActorOrchestrator.Agent.Cri.Grpc;

/// <summary>
/// Status codes of gRPC (grpc/grpc doc/statuscodes.md), as they stand in the <c>grpc-status</c> trailer.
/// </summary>
internal enum GrpcCode
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>
/// A call that ended with another status than OK, or whose transport failed (then <c>Unavailable</c>).
/// </summary>
internal sealed class GrpcException(GrpcCode code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public GrpcCode Code { get; } = code;
}
