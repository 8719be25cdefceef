namespace ActorOrchestrator.Api.Coordination;

public sealed record Lease() : KubeObject("coordination.k8s.io/v1", "Lease")
{
    public LeaseSpec Spec { get; init; } = LeaseSpec.Empty;
}

public sealed record LeaseSpec
{
    public static readonly LeaseSpec Empty = new();
    [Pointer] public string? HolderIdentity { get; init; }
    public int? LeaseDurationSeconds { get; init; }
    public MicroTime? AcquireTime { get; init; }
    public MicroTime? RenewTime { get; init; }
    public int? LeaseTransitions { get; init; }
    [Pointer] public string? Strategy { get; init; }
    [Pointer] public string? PreferredHolder { get; init; }
}
