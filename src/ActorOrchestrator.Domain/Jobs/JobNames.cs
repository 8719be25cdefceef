namespace ActorOrchestrator.Domain.Jobs;

/// <summary>Labels and annotations of Jobs and their pods (batch/v1), each beside the name that it had before there
/// were prefixes.</summary>
public static class JobNames
{
    public const string JobName = "batch.kubernetes.io/job-name";
    public const string LegacyJobName = "job-name";
    public const string ControllerUid = "batch.kubernetes.io/controller-uid";
    public const string LegacyControllerUid = "controller-uid";

    /// <summary>Label and annotation of a pod of an indexed Job.</summary>
    public const string CompletionIndex = "batch.kubernetes.io/job-completion-index";

    /// <summary>Annotations of a pod of a Job whose indexes fail each for itself: how often pods of its index have
    /// failed before it, and how often not counted.</summary>
    public const string IndexFailureCount = "batch.kubernetes.io/job-index-failure-count";
    public const string IndexIgnoredFailureCount = "batch.kubernetes.io/job-index-ignored-failure-count";

    /// <summary>The variable that tells a container its pod's completion index.</summary>
    public const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>Who runs a Job whose spec.managedBy says nothing.</summary>
    public const string Controller = "kubernetes.io/job-controller";

    /// <summary>Whose Events they are.</summary>
    internal const string Component = "job-controller";
}
