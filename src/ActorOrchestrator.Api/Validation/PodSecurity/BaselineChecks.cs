using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation.PodSecurity;

/// <summary>The checks of the baseline standard, each null when the pod passes.</summary>
internal static class BaselineChecks
{
    private const string Unconfined = "Unconfined";

    private static readonly string[] DefaultCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly string[] SeLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t"];

    /// <summary>Safe sysctls that were not yet in the first version of the standards.</summary>
    private static readonly Dictionary<string, int> SysctlsSince = new(StringComparer.Ordinal)
    {
        ["net.ipv4.ip_local_reserved_ports"] = 27,
        ["net.ipv4.tcp_keepalive_time"] = 29,
        ["net.ipv4.tcp_fin_timeout"] = 29,
        ["net.ipv4.tcp_keepalive_intvl"] = 29,
        ["net.ipv4.tcp_keepalive_probes"] = 29,
        ["net.ipv4.tcp_rmem"] = 32,
        ["net.ipv4.tcp_wmem"] = 32,
    };

    public static string? AppArmorProfile(PodUnderCheck pod)
    {
        var ofPod = pod.Security?.AppArmorProfile;
        var containers = pod.ContainersThat(each => IsBad(each.SecurityContext?.AppArmorProfile));
        var annotations = pod.Metadata.Annotations
            .Where(entry => entry.Key.StartsWith(AppArmor.Annotation, StringComparison.Ordinal)
                && !IsAllowedAnnotation(entry.Value)).ToList();
        var values = Wording.Sorted(pod.Containers.Select(each => each.SecurityContext?.AppArmorProfile).Append(ofPod)
            .Where(IsBad).Select(profile => profile!.Type).Concat(annotations.Select(entry => entry.Value)));
        var setters = new List<string>();
        if (Wording.Setters(IsBad(ofPod), containers) is { } fields)
        {
            setters.Add(fields);
        }

        if (annotations.Count > 0)
        {
            var texts = annotations.Select(entry => $"{entry.Key}=\"{entry.Value}\"").ToList();
            setters.Add($"{Wording.Plural("annotation", texts)} {string.Join(", ", texts)}");
        }

        return setters.Count == 0 ? null
            : $"{Wording.Plural("forbidden AppArmor profile", values)} ({string.Join(" and ", setters)} must not set "
                + $"AppArmor profile type to {Wording.Quoted(values)})";

        static bool IsBad(AppArmorProfile? profile) =>
            profile is not (null or { Type: "RuntimeDefault" or "Localhost" });

        static bool IsAllowedAnnotation(string value) =>
            value is "" or "runtime/default" || value.StartsWith("localhost/", StringComparison.Ordinal);
    }

    public static string? Capabilities(PodUnderCheck pod)
    {
        var containers = pod.ContainersThat(each => Forbidden(each).Any());
        return containers.Count == 0 ? null
            : $"non-default capabilities ({Wording.Named("container", containers)} must not include "
                + $"{Wording.Quoted(Wording.Sorted(pod.Containers.SelectMany(Forbidden)))} in "
                + "securityContext.capabilities.add)";

        static IEnumerable<string> Forbidden(Container container) =>
            (container.SecurityContext?.Capabilities?.Add ?? []).Where(name => !DefaultCapabilities.Contains(name));
    }

    public static string? HostNamespaces(PodUnderCheck pod)
    {
        string[] shared =
        [
            .. pod.Spec.HostNetwork ? ["hostNetwork=true"] : Array.Empty<string>(),
            .. pod.Spec.HostPID ? ["hostPID=true"] : Array.Empty<string>(),
            .. pod.Spec.HostIPC ? ["hostIPC=true"] : Array.Empty<string>(),
        ];
        return shared.Length == 0 ? null : $"host namespaces ({string.Join(", ", shared)})";
    }

    public static string? HostPathVolumes(PodUnderCheck pod)
    {
        var volumes = pod.Spec.Volumes.Where(volume => volume.HostPath is not null)
            .Select(volume => volume.Name).ToList();
        return volumes.Count == 0 ? null : $"hostPath volumes ({Wording.Named("volume", volumes)})";
    }

    public static string? HostPorts(PodUnderCheck pod)
    {
        var containers = pod.ContainersThat(each => each.Ports.Any(port => port.HostPort != 0));
        var ports = Wording.Sorted(pod.Containers.SelectMany(each => each.Ports)
            .Where(port => port.HostPort != 0).Select(port => $"{port.HostPort}"));
        return containers.Count == 0 ? null
            : $"hostPort ({Wording.Named("container", containers)} {Wording.Verb("use", containers)} "
                + $"{Wording.Plural("hostPort", ports)} {string.Join(", ", ports)})";
    }

    /// <summary>A probe or hook that connects to another host than the pod makes the machine's agent connect for the
    /// pod's author.</summary>
    public static string? HostProbes(PodUnderCheck pod)
    {
        var containers = pod.ContainersThat(each => Hosts(each).Any());
        var hosts = Wording.Sorted(pod.Containers.SelectMany(Hosts));
        return containers.Count == 0 ? null
            : $"probe or lifecycle host ({Wording.Named("container", containers)} {Wording.Verb("use", containers)} "
                + $"probe or lifecycle {Wording.Plural("host", hosts)} {Wording.Quoted(hosts)})";

        static IEnumerable<string> Hosts(Container container) => new[]
        {
            container.LivenessProbe?.HttpGet?.Host, container.LivenessProbe?.TcpSocket?.Host,
            container.ReadinessProbe?.HttpGet?.Host, container.ReadinessProbe?.TcpSocket?.Host,
            container.StartupProbe?.HttpGet?.Host, container.StartupProbe?.TcpSocket?.Host,
            container.Lifecycle?.PostStart?.HttpGet?.Host, container.Lifecycle?.PostStart?.TcpSocket?.Host,
            container.Lifecycle?.PreStop?.HttpGet?.Host, container.Lifecycle?.PreStop?.TcpSocket?.Host,
        }.OfType<string>().Where(host => host.Length > 0);
    }

    public static string? Privileged(PodUnderCheck pod)
    {
        var containers = pod.ContainersThat(each => each.SecurityContext?.Privileged == true);
        return containers.Count == 0 ? null
            : $"privileged ({Wording.Named("container", containers)} must not set securityContext.privileged=true)";
    }

    /// <summary>Within a user namespace of its own, a pod sees nothing more by it.</summary>
    public static string? ProcMount(PodUnderCheck pod) => pod.HasOwnUsers ? null : AnyProcMount(pod);

    /// <summary>Whoever its users are.</summary>
    public static string? AnyProcMount(PodUnderCheck pod)
    {
        var containers = pod.ContainersThat(each => IsBad(each.SecurityContext?.ProcMount));
        var values = Wording.Sorted(pod.Containers.Select(each => each.SecurityContext?.ProcMount).Where(IsBad)!);
        return containers.Count == 0 ? null
            : $"procMount ({Wording.Named("container", containers)} must not set securityContext.procMount to "
                + $"{Wording.Quoted(values)})";

        static bool IsBad(string? value) => value is not (null or "Default");
    }

    public static string? SeLinuxOptions(PodUnderCheck pod)
    {
        var ofPod = pod.Security?.SeLinuxOptions;
        var containers = pod.ContainersThat(each => IsBad(each.SecurityContext?.SeLinuxOptions));
        var bad = pod.Containers.Select(each => each.SecurityContext?.SeLinuxOptions).Append(ofPod)
            .Where(IsBad).OfType<SELinuxOptions>().ToList();
        if (bad.Count == 0)
        {
            return null;
        }

        var types = Wording.Sorted(bad.Select(each => each.Type ?? "").Where(type => !IsType(type)));
        string[] faults =
        [
            .. types.Count > 0 ? [Wording.Named("type", types)] : Array.Empty<string>(),
            .. bad.Any(each => each.User is { Length: > 0 }) ? ["user may not be set"] : Array.Empty<string>(),
            .. bad.Any(each => each.Role is { Length: > 0 }) ? ["role may not be set"] : Array.Empty<string>(),
        ];
        return $"seLinuxOptions ({Wording.Setters(IsBad(ofPod), containers)} set forbidden "
            + $"securityContext.seLinuxOptions: {string.Join("; ", faults)})";

        bool IsBad(SELinuxOptions? options) => options is not null
            && (!IsType(options.Type ?? "") || options.User is { Length: > 0 } || options.Role is { Length: > 0 });

        bool IsType(string type) =>
            SeLinuxTypes.Contains(type) || (type == "container_engine_t" && pod.Version >= 31);
    }

    /// <summary>Before 1.19 the profile stood in annotations.</summary>
    public static string? SeccompProfile(PodUnderCheck pod)
    {
        if (pod.Version < 19)
        {
            return SeccompAnnotations(pod);
        }

        var isPod = pod.Security?.SeccompProfile?.Type == Unconfined;
        var containers = pod.ContainersThat(each => each.SecurityContext?.SeccompProfile?.Type == Unconfined);
        return Wording.Setters(isPod, containers) is { } setters
            ? $"seccompProfile ({setters} must not set securityContext.seccompProfile.type to \"{Unconfined}\")"
            : null;
    }

    private static string? SeccompAnnotations(PodUnderCheck pod)
    {
        var names = pod.Containers.Select(each => PodAnnotationRules.ContainerSeccomp + each.Name)
            .Prepend(PodAnnotationRules.PodSeccomp);
        var bad = names.Where(name => pod.Metadata.Annotations.TryGetValue(name, out var value)
                && !(value is "runtime/default" or "docker/default"
                    || value.StartsWith("localhost/", StringComparison.Ordinal)))
            .Select(name => $"{name}=\"{pod.Metadata.Annotations[name]}\"").Order(StringComparer.Ordinal).ToList();
        return bad.Count == 0 ? null
            : $"seccompProfile (forbidden {Wording.Plural("annotation", bad)} {string.Join(", ", bad)})";
    }

    public static string? Sysctls(PodUnderCheck pod)
    {
        var forbidden = (pod.Security?.Sysctls ?? []).Select(sysctl => sysctl.Name)
            .Where(name => !SafeSysctls.Has(name) || SysctlsSince.GetValueOrDefault(name) > pod.Version).ToList();
        return forbidden.Count == 0 ? null : $"forbidden sysctls ({string.Join(", ", forbidden)})";
    }

    public static string? WindowsHostProcess(PodUnderCheck pod)
    {
        var isPod = pod.Security?.WindowsOptions?.HostProcess == true;
        var containers = pod.ContainersThat(each => each.SecurityContext?.WindowsOptions?.HostProcess == true);
        return Wording.Setters(isPod, containers) is { } setters
            ? $"hostProcess ({setters} must not set securityContext.windowsOptions.hostProcess=true)"
            : null;
    }
}
