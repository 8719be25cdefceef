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

    /// <summary>Who runs a Job whose spec.managedBy says nothing.</summary>
    public const string Controller = "kubernetes.io/job-controller";

    /// <summary>Whose Events they are.</summary>
    internal const string Component = "job-controller";
}
