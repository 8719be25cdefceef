namespace ActorOrchestrator.Api.Autoscaling;

[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record Scale() : KubeObject("autoscaling/v1", "Scale")
{
    public ScaleSpec Spec { get; init; } = ScaleSpec.Empty;
    public ScaleStatus Status { get; init; } = ScaleStatus.Empty;
}

[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record ScaleSpec
{
    public static readonly ScaleSpec Empty = new();
    public int Replicas { get; init; }
}

[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record ScaleStatus
{
    public static readonly ScaleStatus Empty = new();
    [Required] public int Replicas { get; init; }
    public string? Selector { get; init; }
}
