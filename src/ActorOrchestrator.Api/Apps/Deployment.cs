using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

[Doc("Pods that are replaced step by step when their template changes.")]
public sealed record Deployment() : KubeObject("apps/v1", "Deployment")
{
    [Doc("What is wanted.")]
    public DeploymentSpec Spec { get; init; } = DeploymentSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public DeploymentStatus Status { get; init; } = DeploymentStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (DeploymentStatus?)status ?? DeploymentStatus.Empty };
}

[Doc("What a deployment is to be.")]
public sealed record DeploymentSpec
{
    public static readonly DeploymentSpec Empty = new();

    [Doc("How many pods are wanted.")]
    public int? Replicas { get; init; }

    [Doc("Labels by which the deployment finds its pods; cannot be changed."), Required]
    public LabelSelector? Selector { get; init; }

    [Doc("What new pods look like."), Required]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Doc("How old pods are replaced."), PatchStrategy("retainKeys")]
    public DeploymentStrategy Strategy { get; init; } = DeploymentStrategy.Empty;

    [Doc("Seconds that a new pod must be ready before it counts as available.")]
    public int MinReadySeconds { get; init; }

    [Doc("How many old revisions are kept for a rollback.")]
    public int? RevisionHistoryLimit { get; init; }

    [Doc("Whether the rollout is held.")]
    public bool Paused { get; init; }

    [Doc("Seconds without progress after which the rollout has failed.")]
    public int? ProgressDeadlineSeconds { get; init; }
}

public sealed record DeploymentStrategy
{
    public static readonly DeploymentStrategy Empty = new();

    [Doc("RollingUpdate or Recreate."), Values("Recreate", "RollingUpdate")]
    public string? Type { get; init; }

    [Doc("Bounds of a rolling update.")]
    public RollingUpdateDeployment? RollingUpdate { get; init; }
}

public sealed record RollingUpdateDeployment
{
    [Doc("How many pods, or what percentage, may be unavailable.")]
    public IntOrString? MaxUnavailable { get; init; }

    [Doc("How many pods, or what percentage, there may be beyond those wanted.")]
    public IntOrString? MaxSurge { get; init; }
}

[Doc("What a deployment was last seen to be.")]
public sealed record DeploymentStatus
{
    public static readonly DeploymentStatus Empty = new();

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("How many pods there are.")]
    public int Replicas { get; init; }

    [Doc("How many pods are of the current template.")]
    public int UpdatedReplicas { get; init; }

    [Doc("How many pods are ready.")]
    public int ReadyReplicas { get; init; }

    [Doc("How many pods have been ready for long enough.")]
    public int AvailableReplicas { get; init; }

    [Doc("How many pods are still missing.")]
    public int UnavailableReplicas { get; init; }

    [Doc("How many pods are being ended.")]
    public int? TerminatingReplicas { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<DeploymentCondition> Conditions { get; init; } = [];

    [Doc("How often a hash of the template was already taken.")]
    public int? CollisionCount { get; init; }
}

[Doc("One thing that holds, or not, of a Deployment.")]
public sealed record DeploymentCondition
{
    [Doc("What the condition is about, such as Available."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the condition was last written.")]
    public DateTimeOffset? LastUpdateTime { get; init; }

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}
