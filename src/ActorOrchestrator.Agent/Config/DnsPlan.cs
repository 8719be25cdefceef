using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Agent.Config;

/// <summary>A resolver's configuration: the lines of /etc/resolv.conf.</summary>
public sealed record DnsConfig(ValueList<string> Servers, ValueList<string> Searches, ValueList<string> Options)
{
    public static readonly DnsConfig Empty = new([], [], []);

    /// <summary>Reads a resolv.conf (man 5 resolv.conf); unknown lines are left out.</summary>
    public static DnsConfig Parse(string resolvConf)
    {
        var config = Empty;
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            config = words switch
            {
                ["nameserver", var server, ..] => config with { Servers = config.Servers.Add(server) },
                ["search", .. var searches] => config with
                {
                    Searches = searches.Select(s => s == "." ? s : s.TrimEnd('.')).ToValueList(),
                },
                ["options", .. var options] => config with { Options = options.ToValueList() },
                _ => config,
            };
        }

        return config;
    }
}

/// <summary>What the cluster gives to resolvers; without servers pods use the machine's resolver.</summary>
public sealed record ClusterDns(ValueList<string> Servers, string Domain);

/// <summary>pod.spec.dnsPolicy and dnsConfig as kubelet reads them.</summary>
public static class DnsPlan
{
    private const int MaxServers = 3;
    private const int MaxSearches = 32;

    public static DnsConfig Of(Pod pod, ClusterDns cluster, DnsConfig machine)
    {
        var policy = pod.Spec.DnsPolicy ?? "ClusterFirst";
        var isClusterFirst = policy == "ClusterFirstWithHostNet"
            || (policy == "ClusterFirst" && !pod.Spec.HostNetwork);
        var config = policy == "None" ? DnsConfig.Empty
            : isClusterFirst && cluster.Servers.Count > 0 ? Cluster(pod, cluster, machine)
            : machine;
        return Limited(pod.Spec.DnsConfig is { } own ? Merged(config, own) : config);
    }

    private static DnsConfig Cluster(Pod pod, ClusterDns cluster, DnsConfig machine)
    {
        string[] searches =
        [
            $"{pod.Metadata.Namespace}.svc.{cluster.Domain}", $"svc.{cluster.Domain}", cluster.Domain,
        ];
        return new DnsConfig(
            cluster.Servers, searches.Concat(machine.Searches).Distinct().ToValueList(), ["ndots:5"]);
    }

    private static DnsConfig Merged(DnsConfig config, PodDNSConfig own)
    {
        var options = config.Options.Where(o => own.Options.All(mine => mine.Name != o.Split(':')[0]));
        return new DnsConfig(
            config.Servers.Concat(own.Nameservers.Select(AddressRules.Canonical)).Distinct().ToValueList(),
            config.Searches.Concat(own.Searches).Distinct().ToValueList(),
            options.Concat(own.Options.Select(o => o.Value is null ? o.Name ?? "" : $"{o.Name}:{o.Value}"))
                .ToValueList());
    }

    private static DnsConfig Limited(DnsConfig config) => config with
    {
        Servers = config.Servers.Take(MaxServers).ToValueList(),
        Searches = config.Searches.Take(MaxSearches).ToValueList(),
    };
}
