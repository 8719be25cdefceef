namespace ActorOrchestrator.Api.Coordination;

[Doc("A claim that must be renewed.")]
public sealed record Lease() : KubeObject("coordination.k8s.io/v1", "Lease")
{
    [Doc("Who holds the lease, and for how long.")]
    public LeaseSpec Spec { get; init; } = LeaseSpec.Empty;
}

[Doc("What is wanted of a Lease.")]
public sealed record LeaseSpec
{
    public static readonly LeaseSpec Empty = new();

    [Doc("Who holds the lease."), Pointer]
    public string? HolderIdentity { get; init; }

    [Doc("Seconds that the lease lasts after it was renewed.")]
    public int? LeaseDurationSeconds { get; init; }

    [Doc("When the lease was taken.")]
    public MicroTime? AcquireTime { get; init; }

    [Doc("When the lease was last renewed.")]
    public MicroTime? RenewTime { get; init; }

    [Doc("How often the holder changed.")]
    public int? LeaseTransitions { get; init; }

    [Doc("How the next holder is chosen."), Pointer]
    public string? Strategy { get; init; }

    [Doc("Who should hold the lease."), Pointer]
    public string? PreferredHolder { get; init; }
}
