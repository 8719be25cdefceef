using System.Text;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// FNV-1a over what may change in a running pod's container and asks for a new one: the name and the image (the only
/// mutable field of a container without in-place resize). Stable over releases: containers outlive the agent.
/// </summary>
public static class ContainerHash
{
    public static string Of(Container spec)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes($"{spec.Name}\0{spec.Image}"))
        {
            hash = unchecked((hash ^ octet) * 16777619u);
        }

        return hash.ToString("x8");
    }
}
