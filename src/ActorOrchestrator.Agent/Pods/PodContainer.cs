using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// <c>Init</c> runs to completion before the next one; <c>Sidecar</c> (an init container whose restartPolicy is
/// Always) starts in that order too and then stays beside the <c>Main</c> ones until those have ended.
/// </summary>
public enum ContainerRole { Init, Sidecar, Main }

/// <summary>One container of a pod's spec with its role in the pod's life.</summary>
public sealed record PodContainer(Container Spec, ContainerRole Role)
{
    public string Name => Spec.Name;

    /// <summary>
    /// Every container in starting order: init containers and sidecars as listed, then the main ones.
    /// </summary>
    public static IReadOnlyList<PodContainer> Of(Pod pod)
    {
        var spec = pod.Spec;
        var all = new List<PodContainer>(spec.InitContainers.Count + spec.Containers.Count);
        foreach (var init in spec.InitContainers)
        {
            var role = init.RestartPolicy == RestartPolicies.Always ? ContainerRole.Sidecar : ContainerRole.Init;
            all.Add(new PodContainer(init, role));
        }

        foreach (var main in spec.Containers)
        {
            all.Add(new PodContainer(main, ContainerRole.Main));
        }

        return all;
    }

    /// <summary>Whether the container is to run again after ending with <paramref name="exitCode"/>.</summary>
    public bool RestartsAfter(int exitCode, string? podPolicy) => Role switch
    {
        ContainerRole.Sidecar => true,
        ContainerRole.Init => exitCode != 0 && podPolicy != RestartPolicies.Never,
        _ => (string.IsNullOrEmpty(Spec.RestartPolicy) ? podPolicy : Spec.RestartPolicy) switch
        {
            RestartPolicies.Never => false,
            RestartPolicies.OnFailure => exitCode != 0,
            _ => true,
        },
    };
}

/// <summary>pod.spec.restartPolicy.</summary>
public static class RestartPolicies
{
    public const string Always = "Always";
    public const string OnFailure = "OnFailure";
    public const string Never = "Never";
}
