namespace ActorOrchestrator.Api.Core;

/// <summary>Which AppArmor profile a container has: its own, the one of the old annotation, or its pod's.</summary>
public static class AppArmor
{
    /// <summary>Before the container's name, in an annotation of the pod.</summary>
    public const string Annotation = "container.apparmor.security.beta.kubernetes.io/";

    public const string RuntimeDefault = "RuntimeDefault";
    public const string Unconfined = "Unconfined";
    public const string Localhost = "Localhost";

    private const string LocalhostPrefix = "localhost/";

    /// <returns>Null: what the runtime gives containers of which nothing is said.</returns>
    public static AppArmorProfile? ProfileOf(Pod pod, Container container) =>
        container.SecurityContext?.AppArmorProfile
        ?? FromAnnotation(pod.Metadata.Annotations.GetValueOrDefault(Annotation + container.Name))
        ?? pod.Spec.SecurityContext?.AppArmorProfile;

    /// <summary>Whether the pod is to be confined, so that it may run on no machine without AppArmor.</summary>
    public static bool IsNeededBy(Pod pod) =>
        IsConfined(pod.Spec.SecurityContext?.AppArmorProfile)
        || pod.Spec.AllContainers().Any(container => IsConfined(ProfileOf(pod, container)));

    private static bool IsConfined(AppArmorProfile? profile) => profile is { Type: not Unconfined };

    private static AppArmorProfile? FromAnnotation(string? value) => value switch
    {
        "runtime/default" => new AppArmorProfile { Type = RuntimeDefault },
        "unconfined" => new AppArmorProfile { Type = Unconfined },
        not null when value.StartsWith(LocalhostPrefix, StringComparison.Ordinal) =>
            new AppArmorProfile { Type = Localhost, LocalhostProfile = value[LocalhostPrefix.Length..] },
        _ => null,
    };
}
