namespace ActorOrchestrator.Api.Autoscaling;

[Doc("How many pods there are and should be.")]
[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record Scale() : KubeObject("autoscaling/v1", "Scale")
{
    [Doc("What is wanted.")]
    public ScaleSpec Spec { get; init; } = ScaleSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public ScaleStatus Status { get; init; } = ScaleStatus.Empty;
}

[Doc("What is wanted of a Scale.")]
[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record ScaleSpec
{
    public static readonly ScaleSpec Empty = new();

    [Doc("How many pods are wanted.")]
    public int Replicas { get; init; }
}

[Doc("What a Scale was last seen to be.")]
[DefinedIn("io.k8s.api.autoscaling.v1")]
public sealed record ScaleStatus
{
    public static readonly ScaleStatus Empty = new();

    [Doc("How many pods there are."), Required]
    public int Replicas { get; init; }

    [Doc("Labels of the pods, as text.")]
    public string? Selector { get; init; }
}
