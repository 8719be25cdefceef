using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Agent.Config;

/// <summary>What is the same for all pods of a machine: resolver, domain, directories, capacity.</summary>
public sealed record PodEnvironment(ClusterDns Dns, DnsConfig MachineDns, NodeResources Resources);

/// <summary>The sandbox of a pod in the runtime's terms.</summary>
public static class SandboxPlan
{
    public const string GraceAnnotation = "io.kubernetes.pod.terminationGracePeriod";

    /// <param name="pod">The pod.</param>
    /// <param name="attempt">How many sandboxes it has had before.</param>
    /// <param name="environment">What is the same for all pods.</param>
    /// <param name="logDirectory">Of the pod's containers.</param>
    /// <param name="firstUser">Of the range that was taken for a pod with users of its own.</param>
    /// <exception cref="ContainerConfigException">The pod asks for what this node does not have.</exception>
    public static SandboxConfig Of(
        Pod pod, uint attempt, PodEnvironment environment, string logDirectory, uint? firstUser)
    {
        var spec = pod.Spec;
        if (!string.IsNullOrEmpty(spec.RuntimeClassName))
        {
            throw new ContainerConfigException($"failed to get sandbox runtime: RuntimeClass.node.k8s.io "
                + $"\"{spec.RuntimeClassName}\" not found");
        }

        var dns = DnsPlan.Of(pod, environment.Dns, environment.MachineDns);
        return new SandboxConfig
        {
            Name = pod.Metadata.Name ?? "",
            Namespace = pod.Metadata.Namespace ?? "",
            Uid = pod.Metadata.Uid ?? "",
            Attempt = attempt,
            Hostname = spec.HostNetwork ? null : Hostname(pod, environment.Dns.Domain),
            LogDirectory = logDirectory,
            DnsServers = dns.Servers,
            DnsSearches = dns.Searches,
            DnsOptions = dns.Options,
            Ports = Ports(pod),
            Labels = Labels(pod),
            Annotations = Annotations(pod, firstUser),
            Network = spec.HostNetwork ? NamespaceMode.Node : NamespaceMode.Pod,
            Pid = PidMode(pod),
            Ipc = spec.HostIPC ? NamespaceMode.Node : NamespaceMode.Pod,
            FirstUser = firstUser,
            Privileged = SecurityPlan.IsPrivileged(pod),
            Sysctls = (spec.SecurityContext?.Sysctls ?? []).ToDictionary(s => s.Name, s => s.Value),
            Security = SecurityPlan.OfSandbox(pod),
        };
    }

    public static NamespaceMode PidMode(Pod pod) =>
        pod.Spec.HostPID ? NamespaceMode.Node
            : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod : NamespaceMode.Container;

    /// <summary>Of the range of users that the sandbox was given; null: it has the machine's.</summary>
    public static uint? FirstUserOf(SandboxStatus sandbox) =>
        uint.TryParse(sandbox.Annotations.GetValueOrDefault(RuntimeLabels.FirstUser), out var first) ? first : null;

    private static string Hostname(Pod pod, string clusterDomain)
    {
        var (hostname, domain) = HostsFile.Names(pod, clusterDomain);
        return pod.Spec.SetHostnameAsFQDN == true && domain.Length > 0 ? $"{hostname}.{domain}" : hostname;
    }

    private static List<PortMapping> Ports(Pod pod) =>
        pod.Spec.HostNetwork
            ? []
            : pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always"))
                .SelectMany(c => c.Ports)
                .Select(p => new PortMapping(
                    p.Protocol ?? "TCP", p.Port, p.HostPort, p.HostIP is { } ip ? AddressRules.Canonical(ip) : null))
                .ToList();

    private static Dictionary<string, string> Labels(Pod pod)
    {
        var labels = pod.Metadata.Labels.ToDictionary(e => e.Key, e => e.Value);
        labels[RuntimeLabels.PodName] = pod.Metadata.Name ?? "";
        labels[RuntimeLabels.PodNamespace] = pod.Metadata.Namespace ?? "";
        labels[RuntimeLabels.PodUid] = pod.Metadata.Uid ?? "";
        return labels;
    }

    /// <summary>An agent that finds the sandbox without its pod ends it with the grace that the pod had.</summary>
    private static Dictionary<string, string> Annotations(Pod pod, uint? firstUser)
    {
        var annotations = pod.Metadata.Annotations.ToDictionary(e => e.Key, e => e.Value);
        annotations[GraceAnnotation] = $"{pod.Spec.TerminationGracePeriodSeconds ?? 30}";
        annotations.Remove(RuntimeLabels.FirstUser);
        if (firstUser is { } first)
        {
            annotations[RuntimeLabels.FirstUser] = $"{first}";
        }

        return annotations;
    }
}
