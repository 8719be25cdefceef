using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// <c>Init</c> runs to completion before the next one; <c>Sidecar</c> (an init container whose restartPolicy is
/// Always) starts in that order too and then stays beside the <c>Main</c> ones until those have ended. An
/// <c>Ephemeral</c> one was added to the running pod: it runs once, and nothing of the pod depends on it.
/// </summary>
public enum ContainerRole { Init, Sidecar, Main, Ephemeral }

/// <summary>One container of a pod's spec with its role in the pod's life.</summary>
public sealed record PodContainer(Container Spec, ContainerRole Role)
{
    public string Name => Spec.Name;

    /// <summary>The container whose processes this one sees besides its own; null for none.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// Every container in starting order: init containers and sidecars as listed, then the main ones. Ephemeral ones
    /// come last, though they wait for nobody.
    /// </summary>
    public static IReadOnlyList<PodContainer> Of(Pod pod)
    {
        var spec = pod.Spec;
        var all = new List<PodContainer>(
            spec.InitContainers.Count + spec.Containers.Count + spec.EphemeralContainers.Count);
        foreach (var init in spec.InitContainers)
        {
            var role = init.RestartPolicy == RestartPolicies.Always ? ContainerRole.Sidecar : ContainerRole.Init;
            all.Add(new PodContainer(init, role));
        }

        foreach (var main in spec.Containers)
        {
            all.Add(new PodContainer(main, ContainerRole.Main));
        }

        foreach (var added in spec.EphemeralContainers)
        {
            var target = string.IsNullOrEmpty(added.TargetContainerName) ? null : added.TargetContainerName;
            all.Add(new PodContainer(added.AsContainer(), ContainerRole.Ephemeral) { Target = target });
        }

        return all;
    }

    /// <summary>The list of the pod's spec that the container is of.</summary>
    public string List => Role switch
    {
        ContainerRole.Main => "containers",
        ContainerRole.Ephemeral => "ephemeralContainers",
        _ => "initContainers",
    };

    /// <summary>What a pod's status says of the container; null for nothing.</summary>
    public ContainerStatus? StatusIn(PodStatus status)
    {
        var list = Role switch
        {
            ContainerRole.Main => status.ContainerStatuses,
            ContainerRole.Ephemeral => status.EphemeralContainerStatuses,
            _ => status.InitContainerStatuses,
        };
        return list.FirstOrDefault(each => each.Name == Name);
    }

    /// <summary>Whether the container is to run again after ending with <paramref name="exitCode"/>.</summary>
    public bool RestartsAfter(int exitCode, string? podPolicy) => Role switch
    {
        ContainerRole.Sidecar => true,
        ContainerRole.Ephemeral => false,
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
