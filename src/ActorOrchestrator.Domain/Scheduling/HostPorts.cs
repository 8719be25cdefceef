using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>A port of the machine that a pod wants. <paramref name="Ip"/> is empty for all addresses
/// (<c>0.0.0.0</c>, <c>::</c> or unset).</summary>
internal readonly record struct HostPort(string Ip, string Protocol, int Port)
{
    public bool ConflictsWith(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol
        && (Ip.Length == 0 || other.Ip.Length == 0 || Ip == other.Ip);

    /// <summary>Init containers count only as sidecars: plain ones are gone before the containers bind.</summary>
    public static IEnumerable<HostPort> Of(PodSpec spec)
    {
        foreach (var container in spec.InitContainers)
        {
            if (container.RestartPolicy != "Always")
            {
                continue;
            }

            foreach (var port in Of(container))
            {
                yield return port;
            }
        }

        foreach (var container in spec.Containers)
        {
            foreach (var port in Of(container))
            {
                yield return port;
            }
        }
    }

    private static IEnumerable<HostPort> Of(Container container) =>
        container.Ports
            .Where(port => port.HostPort > 0)
            .Select(port => new HostPort(AnyOr(port.HostIP), port.Protocol ?? "TCP", port.HostPort));

    private static string AnyOr(string? ip) => ip is null or "0.0.0.0" or "::" ? "" : ip;
}

/// <summary>The ports taken on one node; few, so a list is enough. Two bound pods may hold the same one (bound by
/// hand): it is free again when both are gone.</summary>
internal sealed class HostPortUse
{
    private readonly List<HostPort> _taken = [];

    public void Add(HostPort[] ports) => _taken.AddRange(ports);

    public void Remove(HostPort[] ports)
    {
        foreach (var port in ports)
        {
            _taken.Remove(port);
        }
    }

    public bool Conflicts(HostPort[] wanted)
    {
        foreach (var port in wanted)
        {
            foreach (var taken in _taken)
            {
                if (taken.ConflictsWith(port))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
