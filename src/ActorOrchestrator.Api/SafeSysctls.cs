namespace ActorOrchestrator.Api;

/// <summary>The kernel parameters of a namespace that change nothing outside of it (kubelet's safe sysctls of
/// 1.35): pods may set these on every machine, and others where a machine allows them.</summary>
public static class SafeSysctls
{
    private static readonly HashSet<string> Names =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    public static bool Has(string name) => Names.Contains(name);
}
