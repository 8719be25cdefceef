namespace ActorOrchestrator.Api.Scheduling;

[Doc("A named priority of pods.")]
public sealed record PriorityClass() : KubeObject("scheduling.k8s.io/v1", "PriorityClass")
{
    [Doc("Priority of pods of the class."), Required]
    public int Value { get; init; }

    [Doc("Whether pods without a class are of this one.")]
    public bool GlobalDefault { get; init; }

    [Doc("What it is for.")]
    public string? Description { get; init; }

    [Doc("Whether such pods displace others of lower priority."), Pointer, Values("PreemptLowerPriority", "Never")]
    public string? PreemptionPolicy { get; init; }
}
