namespace ActorOrchestrator.Api.Scheduling;

public sealed record PriorityClass() : KubeObject("scheduling.k8s.io/v1", "PriorityClass")
{
    [Required] public int Value { get; init; }
    public bool GlobalDefault { get; init; }
    public string? Description { get; init; }
    [Pointer, Values("PreemptLowerPriority", "Never")] public string? PreemptionPolicy { get; init; }
}
