using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

public sealed record Deployment() : KubeObject("apps/v1", "Deployment")
{
    public DeploymentSpec Spec { get; init; } = DeploymentSpec.Empty;
    public DeploymentStatus Status { get; init; } = DeploymentStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (DeploymentStatus?)status ?? DeploymentStatus.Empty };
}

public sealed record DeploymentSpec
{
    public static readonly DeploymentSpec Empty = new();
    public int? Replicas { get; init; }
    [Required] public LabelSelector? Selector { get; init; }
    [Required] public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;
    [PatchStrategy("retainKeys")] public DeploymentStrategy Strategy { get; init; } = DeploymentStrategy.Empty;
    public int MinReadySeconds { get; init; }
    public int? RevisionHistoryLimit { get; init; }
    public bool Paused { get; init; }
    public int? ProgressDeadlineSeconds { get; init; }
}

public sealed record DeploymentStrategy
{
    public static readonly DeploymentStrategy Empty = new();
    [Values("Recreate", "RollingUpdate")] public string? Type { get; init; }
    public RollingUpdateDeployment? RollingUpdate { get; init; }
}

public sealed record RollingUpdateDeployment
{
    public IntOrString? MaxUnavailable { get; init; }
    public IntOrString? MaxSurge { get; init; }
}

public sealed record DeploymentStatus
{
    public static readonly DeploymentStatus Empty = new();
    public long ObservedGeneration { get; init; }
    public int Replicas { get; init; }
    public int UpdatedReplicas { get; init; }
    public int ReadyReplicas { get; init; }
    public int AvailableReplicas { get; init; }
    public int UnavailableReplicas { get; init; }
    public int? TerminatingReplicas { get; init; }
    [MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<DeploymentCondition> Conditions { get; init; } = [];
    public int? CollisionCount { get; init; }
}

public sealed record DeploymentCondition
{
    [Required] public string Type { get; init; } = "";
    [Required] public string Status { get; init; } = "";
    public DateTimeOffset? LastUpdateTime { get; init; }
    public DateTimeOffset? LastTransitionTime { get; init; }
    public string? Reason { get; init; }
    public string? Message { get; init; }
}
