namespace ActorOrchestrator.Api;

/// <summary>The subresources that objects are written by (Kubernetes API, "Subresources").</summary>
public static class Subresources
{
    public const string Status = "status";
    public const string Scale = "scale";

    /// <summary>Of pods: the resources of their containers.</summary>
    public const string Resize = "resize";
}
