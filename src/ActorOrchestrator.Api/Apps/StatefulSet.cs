using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Apps;

[Doc("Numbered pods with names and storage of their own.")]
public sealed record StatefulSet() : KubeObject("apps/v1", "StatefulSet")
{
    [Doc("What is wanted.")]
    public StatefulSetSpec Spec { get; init; } = StatefulSetSpec.Empty;

    [Doc("What was observed last; written by the system.")]
    public StatefulSetStatus Status { get; init; } = StatefulSetStatus.Empty;

    public override object GetStatus() => Status;

    public override KubeObject WithStatus(object? status) =>
        this with { Status = (StatefulSetStatus?)status ?? StatefulSetStatus.Empty };
}

[Doc("What a stateful set is to be.")]
public sealed record StatefulSetSpec
{
    public static readonly StatefulSetSpec Empty = new();

    [Doc("How many pods are wanted.")]
    public int? Replicas { get; init; }

    [Doc("Labels by which the object finds its pods."), Required]
    public LabelSelector? Selector { get; init; }

    [Doc("What new pods look like."), Required]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Doc("Claims that each pod gets.")]
    public ValueList<PersistentVolumeClaim> VolumeClaimTemplates { get; init; } = [];

    [Doc("Service that names the pods."), AlwaysWritten]
    public string ServiceName { get; init; } = "";

    [Doc("Whether pods are started one by one or all at once."), Values("OrderedReady", "Parallel")]
    public string? PodManagementPolicy { get; init; }

    [Doc("How old pods are replaced.")]
    public StatefulSetUpdateStrategy UpdateStrategy { get; init; } = StatefulSetUpdateStrategy.Empty;

    [Doc("How many old revisions are kept for a rollback.")]
    public int? RevisionHistoryLimit { get; init; }

    [Doc("Seconds that a new pod must be ready before it counts as available.")]
    public int MinReadySeconds { get; init; }

    [Doc("What becomes of claims.")]
    public StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }

    [Doc("Numbering of the pods.")]
    public StatefulSetOrdinals? Ordinals { get; init; }
}

public sealed record StatefulSetUpdateStrategy
{
    public static readonly StatefulSetUpdateStrategy Empty = new();

    [Doc("Which of the possible kinds this is."), Values("RollingUpdate", "OnDelete")]
    public string? Type { get; init; }

    [Doc("Bounds of a rolling update.")]
    public RollingUpdateStatefulSetStrategy? RollingUpdate { get; init; }
}

public sealed record RollingUpdateStatefulSetStrategy
{
    [Doc("Pods with lower numbers are not updated.")]
    public int? Partition { get; init; }

    [Doc("How many pods, or what percentage, may be unavailable.")]
    public IntOrString? MaxUnavailable { get; init; }
}

public sealed record StatefulSetPersistentVolumeClaimRetentionPolicy
{
    [Doc("What becomes of claims when the set is deleted.")]
    public string? WhenDeleted { get; init; }

    [Doc("What becomes of claims when the set shrinks.")]
    public string? WhenScaled { get; init; }
}

public sealed record StatefulSetOrdinals
{
    [Doc("First number."), AlwaysWritten]
    public int Start { get; init; }
}

[Doc("What a StatefulSet was last seen to be.")]
public sealed record StatefulSetStatus
{
    public static readonly StatefulSetStatus Empty = new();

    [Doc("Generation of the spec that this status is about.")]
    public long ObservedGeneration { get; init; }

    [Doc("How many pods there are."), Required]
    public int Replicas { get; init; }

    [Doc("How many pods are ready.")]
    public int ReadyReplicas { get; init; }

    [Doc("How many pods there are now.")]
    public int CurrentReplicas { get; init; }

    [Doc("How many pods are of the current template.")]
    public int UpdatedReplicas { get; init; }

    [Doc("Revision of the pods that are not updated.")]
    public string? CurrentRevision { get; init; }

    [Doc("Revision of the pods that are updated.")]
    public string? UpdateRevision { get; init; }

    [Doc("How often a hash of the template was already taken.")]
    public int? CollisionCount { get; init; }

    [Doc("What holds of the object, and since when."), MergeKey("type"), PatchStrategy("merge"), ListMap("type")]
    public ValueList<StatefulSetCondition> Conditions { get; init; } = [];

    [Doc("How many pods have been ready for long enough."), AlwaysWritten]
    public int AvailableReplicas { get; init; }
}

[Doc("One thing that holds, or not, of a StatefulSet.")]
public sealed record StatefulSetCondition
{
    [Doc("Which of the possible kinds this is."), Required]
    public string Type { get; init; } = "";

    [Doc("What was observed last; written by the system."), Required]
    public string Status { get; init; } = "";

    [Doc("When the status last changed.")]
    public DateTimeOffset? LastTransitionTime { get; init; }

    [Doc("Why, as one word for programs.")]
    public string? Reason { get; init; }

    [Doc("Why, as a sentence for people.")]
    public string? Message { get; init; }
}
