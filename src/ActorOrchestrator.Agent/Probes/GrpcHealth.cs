using Grpc.Core;
using Grpc.Health.V1;

namespace ActorOrchestrator.Agent.Probes;

/// <summary>What an answer of <c>grpc.health.v1.Health/Check</c> means for a probe, in the kubelet's words.</summary>
internal static class GrpcHealth
{
    public static ProbeOutcome Outcome(HealthCheckResponse.Types.ServingStatus status) =>
        status == HealthCheckResponse.Types.ServingStatus.Serving
            ? new ProbeOutcome(true, "")
            : new ProbeOutcome(false, $"service unhealthy (responded with \"{Name(status)}\")");

    public static ProbeOutcome Refusal(Status status) => status.StatusCode == StatusCode.Unimplemented
        ? new ProbeOutcome(false,
            "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)")
        : new ProbeOutcome(false,
            $"error: health rpc probe failed: rpc error: code = {status.StatusCode} desc = {status.Detail}");

    private static string Name(HealthCheckResponse.Types.ServingStatus status) => status switch
    {
        HealthCheckResponse.Types.ServingStatus.Unknown => "UNKNOWN",
        HealthCheckResponse.Types.ServingStatus.NotServing => "NOT_SERVING",
        HealthCheckResponse.Types.ServingStatus.ServiceUnknown => "SERVICE_UNKNOWN",
        _ => $"{(int)status}",
    };
}
