namespace ActorOrchestrator.Api;

/// <summary>The subresources that objects are written by (Kubernetes API, "Subresources").</summary>
public static class Subresources
{
    public const string Status = "status";
    public const string Scale = "scale";

    /// <summary>Of pods: the resources of their containers.</summary>
    public const string Resize = "resize";

    /// <summary>Of pods: containers that are added for debugging.</summary>
    public const string EphemeralContainers = "ephemeralcontainers";

    /// <summary>Whether by this one the object itself is read, and a part of it written.</summary>
    public static bool IsPart(string name) => name is Status or Resize or EphemeralContainers;
}
