using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Groups;

/// <summary>The control groups of those pods of a machine that ask for resources as a whole: what bounds the containers
/// of one together.</summary>
public interface IPodGroups
{
    /// <summary>Whether the runtime hears for each container of a pod that the pod's memory ran out, whichever of them
    /// was killed for it (cgroup v1).</summary>
    bool AlertAllContainers { get; }

    /// <summary>Makes the pod's group, or gives the one that is there these limits and shares.</summary>
    /// <returns>Its path below the hierarchies' roots: what the runtime is told as the sandbox's parent.</returns>
    /// <exception cref="ContainerConfigException">The machine has none of what it takes.</exception>
    string Prepare(string uid, ResourceConfig resources);

    /// <summary>Removes the pod's group with what ended containers left in it. Idempotent.</summary>
    /// <exception cref="IOException">Something runs in it.</exception>
    void Remove(string uid);
}
