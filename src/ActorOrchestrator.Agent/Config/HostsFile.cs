using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Agent.Config;

/// <summary>The pod's names and its /etc/hosts as kubelet writes them.</summary>
public static class HostsFile
{
    private const int MaxHostnameLength = 63;

    private const string OwnHeader =
        "# Kubernetes-managed hosts file.\n"
        + "127.0.0.1\tlocalhost\n"
        + "::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::0\tip6-localnet\n"
        + "fe00::0\tip6-mcastprefix\n"
        + "fe00::1\tip6-allnodes\n"
        + "fe00::2\tip6-allrouters\n";

    /// <summary>The host name, and with a subdomain the domain name after it (else empty).</summary>
    public static (string Hostname, string Domain) Names(Pod pod, string clusterDomain)
    {
        if (pod.Spec.HostnameOverride is { Length: > 0 } forced)
        {
            return (forced, "");
        }

        var name = pod.Spec.Hostname is { Length: > 0 } given ? given : pod.Metadata.Name ?? "";
        if (name.Length > MaxHostnameLength)
        {
            name = name[..MaxHostnameLength].TrimEnd('-', '.');
        }

        return pod.Spec.Subdomain is { Length: > 0 } subdomain
            ? (name, $"{subdomain}.{pod.Metadata.Namespace}.svc.{clusterDomain}")
            : (name, "");
    }

    public static string Of(Pod pod, ValueList<string> podIps, string clusterDomain, string machineHosts)
    {
        var text = new StringBuilder();
        if (pod.Spec.HostNetwork)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(machineHosts);
        }
        else
        {
            text.Append(OwnHeader);
            var (hostname, domain) = Names(pod, clusterDomain);
            foreach (var ip in podIps)
            {
                text.Append(domain.Length > 0 ? $"{ip}\t{hostname}.{domain}\t{hostname}\n" : $"{ip}\t{hostname}\n");
            }
        }

        if (pod.Spec.HostAliases.Count > 0)
        {
            text.Append("\n# Entries added by HostAliases.\n");
        }

        foreach (var alias in pod.Spec.HostAliases)
        {
            text.Append($"{AddressRules.Canonical(alias.Ip)}\t{string.Join('\t', alias.Hostnames)}\n");
        }

        return text.ToString();
    }
}
