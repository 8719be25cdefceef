namespace ActorOrchestrator.Api.Policy;

public sealed record Eviction() : KubeObject("policy/v1", "Eviction")
{
    public DeleteOptions? DeleteOptions { get; init; }
}

public sealed record PodDisruptionBudget() : KubeObject("policy/v1", "PodDisruptionBudget")
{
    public PodDisruptionBudgetSpec Spec { get; init; } = PodDisruptionBudgetSpec.Empty;
    public PodDisruptionBudgetStatus Status { get; init; } = PodDisruptionBudgetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PodDisruptionBudgetStatus?)status ?? PodDisruptionBudgetStatus.Empty };
}

public sealed record PodDisruptionBudgetSpec
{
    public static readonly PodDisruptionBudgetSpec Empty = new();
    public IntOrString? MinAvailable { get; init; }
    [PatchStrategy("replace")] public LabelSelector? Selector { get; init; }
    public IntOrString? MaxUnavailable { get; init; }
    [Pointer, Values("IfHealthyBudget", "AlwaysAllow")] public string? UnhealthyPodEvictionPolicy { get; init; }
}

public sealed record PodDisruptionBudgetStatus
{
    public static readonly PodDisruptionBudgetStatus Empty = new();
    public long ObservedGeneration { get; init; }
    public ValueMap<DateTimeOffset> DisruptedPods { get; init; } = ValueMap<DateTimeOffset>.Empty;
    [Required] public int DisruptionsAllowed { get; init; }
    [Required] public int CurrentHealthy { get; init; }
    [Required] public int DesiredHealthy { get; init; }
    [Required] public int ExpectedPods { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<Condition> Conditions { get; init; } = [];
}
