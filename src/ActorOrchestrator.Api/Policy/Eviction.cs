namespace ActorOrchestrator.Api.Policy;

[Doc("Asks for a pod to be deleted, if its budget allows.")]
public sealed record Eviction() : KubeObject("policy/v1", "Eviction")
{
    [Doc("How to delete the pod.")]
    public DeleteOptions? DeleteOptions { get; init; }
}

[Doc("How many pods of a set may be missing at a time.")]
public sealed record PodDisruptionBudget() : KubeObject("policy/v1", "PodDisruptionBudget")
{
    [Doc("What is wanted.")]
    public PodDisruptionBudgetSpec Spec { get; init; } = PodDisruptionBudgetSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public PodDisruptionBudgetStatus Status { get; init; } = PodDisruptionBudgetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (PodDisruptionBudgetStatus?)status ?? PodDisruptionBudgetStatus.Empty };
}

[Doc("What is wanted of a PodDisruptionBudget.")]
public sealed record PodDisruptionBudgetSpec
{
    public static readonly PodDisruptionBudgetSpec Empty = new();

    [Doc("How many pods, or what percentage, must stay available.")]
    public IntOrString? MinAvailable { get; init; }

    [Doc("Labels of the pods that the budget is for."), PatchStrategy("replace")]
    public LabelSelector? Selector { get; init; }

    [Doc("How many pods, or what percentage, may be unavailable.")]
    public IntOrString? MaxUnavailable { get; init; }

    [Doc("When pods that are not ready may be evicted."), Pointer, Values("IfHealthyBudget", "AlwaysAllow")]
    public string? UnhealthyPodEvictionPolicy { get; init; }
}

[Doc("What a PodDisruptionBudget was last seen to be.")]
public sealed record PodDisruptionBudgetStatus
{
    public static readonly PodDisruptionBudgetStatus Empty = new();

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("Pods that are being evicted.")]
    public ValueMap<DateTimeOffset> DisruptedPods { get; init; } = ValueMap<DateTimeOffset>.Empty;

    [Doc("Pods that may be evicted now."), Required]
    public int DisruptionsAllowed { get; init; }

    [Doc("Pods that are healthy."), Required]
    public int CurrentHealthy { get; init; }

    [Doc("Pods that must be healthy."), Required]
    public int DesiredHealthy { get; init; }

    [Doc("Pods that the budget counts."), Required]
    public int ExpectedPods { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<Condition> Conditions { get; init; } = [];
}
