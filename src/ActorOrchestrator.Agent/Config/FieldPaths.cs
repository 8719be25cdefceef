using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// A container's configuration cannot be made from the pod and the cluster's objects. The message is what kubelet
/// prints; the container waits with <c>CreateContainerConfigError</c>.
/// </summary>
public sealed class ContainerConfigException(string message) : Exception(message);

/// <summary>
/// The downward API: fieldRef and resourceFieldRef (core/v1 ObjectFieldSelector, ResourceFieldSelector).
/// </summary>
public static class FieldPaths
{
    /// <summary>
    /// What a pod's field path gives. Labels and annotations as whole are for volumes: key="value" lines.
    /// </summary>
    public static string Of(Pod pod, string path, ValueList<string> podIps, ValueList<string> hostIps)
    {
        var meta = pod.Metadata;
        return path switch
        {
            "metadata.name" => meta.Name ?? "",
            "metadata.namespace" => meta.Namespace ?? "",
            "metadata.uid" => meta.Uid ?? "",
            "metadata.labels" => Lines(meta.Labels),
            "metadata.annotations" => Lines(meta.Annotations),
            "spec.nodeName" => pod.Spec.NodeName ?? "",
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
            "status.hostIP" => hostIps.Count > 0 ? hostIps[0] : "",
            "status.hostIPs" => string.Join(',', hostIps),
            "status.podIP" => podIps.Count > 0 ? podIps[0] : "",
            "status.podIPs" => string.Join(',', podIps),
            _ => Subscript(path, "metadata.labels", meta.Labels)
                ?? Subscript(path, "metadata.annotations", meta.Annotations)
                ?? throw new ContainerConfigException($"unsupported fieldPath: {path}"),
        };
    }

    /// <summary>limits.cpu, requests.memory … of a container; an absent limit is its pod's, or else what the node can
    /// allocate.</summary>
    public static string Resource(
        PodSpec pod, Container container, ResourceFieldSelector selector, NodeResources node)
    {
        var (isLimit, name) = selector.Resource.Split('.', 2) switch
        {
            ["limits", var limit] => (true, limit),
            ["requests", var request] => (false, request),
            _ => throw new ContainerConfigException($"unsupported container resource : {selector.Resource}"),
        };
        var resources = container.Resources;
        var amount = isLimit ? PodResources.LimitOf(pod, container, name) ?? node.Allocatable(name)
            : resources.Requests.TryGetValue(name, out var requested) ? requested
            : resources.Limits.TryGetValue(name, out var limited) ? limited : Quantity.Zero;
        var divisor = selector.Divisor is { IsZero: false } own ? own : Quantity.FromUnits(1);
        return name == "cpu"
            ? RoundedUp(amount.MilliValue, divisor.MilliValue)
            : RoundedUp(amount.Value, divisor.Value);
    }

    private static string RoundedUp(long amount, long divisor) =>
        ((amount / divisor) + (amount % divisor > 0 ? 1 : 0)).ToString();

    private static string? Subscript(string path, string prefix, ValueMap<string> map)
    {
        if (!path.StartsWith(prefix + "['", StringComparison.Ordinal) || !path.EndsWith("']", StringComparison.Ordinal))
        {
            return null;
        }

        return map.GetValueOrDefault(path[(prefix.Length + 2)..^2]) ?? "";
    }

    private static string Lines(ValueMap<string> map)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in map)
        {
            text.Append(key).Append('=').Append(Quoted(value)).Append('\n');
        }

        return text.Length == 0 ? "" : text.ToString(0, text.Length - 1);
    }

    /// <summary>Go's %q for the texts that labels and annotations hold.</summary>
    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in value)
        {
            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                < ' ' => $"\\x{(int)letter:x2}",
                _ => letter.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}

/// <summary>What the node can give to pods: cpu in thousandths of a core, memory and storage in bytes.</summary>
public sealed record NodeResources(long MilliCpu, long MemoryBytes, long EphemeralStorageBytes)
{
    public Quantity Allocatable(string name) => name switch
    {
        "cpu" => Quantity.FromMilli(MilliCpu),
        "memory" => Quantity.FromBytes(MemoryBytes),
        "ephemeral-storage" => Quantity.FromBytes(EphemeralStorageBytes),
        _ => Quantity.Zero,
    };
}
