using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Kubernetes' warnings about pods and what pods are made from, in its words and order, and at the end what
/// this cluster does not honour.</summary>
internal sealed class PodWarnings(List<string> warnings, FieldPath metadata, FieldPath spec)
{
    private const string NoPods = "a null labelSelector results in matching no pod";
    private const string UseSeccompField = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    private const string UseAppArmorField = "deprecated since v1.30; use the \"appArmorProfile\" field instead";

    private static readonly string[] CountedInBytes = ["memory", "ephemeral-storage"];

    private static readonly (string Key, string Message)[] OldAnnotations =
    [
        ("scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead"),
        ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
        ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ];

    public void Add(ObjectMeta meta, PodSpec pod)
    {
        AddPlaces(pod);
        foreach (var (key, message) in OldAnnotations.Where(old => meta.Annotations.ContainsKey(old.Key)))
        {
            Warn(Annotation(key), message);
        }

        VolumeWarnings.Add(warnings, spec.Child("volumes"), pod.Volumes);
        AddRepeated(pod);
        AddFractions(spec.Child("overhead"), pod.Overhead);
        AddProfiles(meta, pod);
        var containers = Containers(pod).ToList();
        foreach (var (path, container) in containers)
        {
            AddFractions(path.Child("resources").Child("limits"), container.Resources.Limits);
            AddFractions(path.Child("resources").Child("requests"), container.Resources.Requests);
            AddHidden(path.Child("env"), container.Env);
        }

        AddPorts(containers);
        if (pod.TerminationGracePeriodSeconds < 0)
        {
            Warn(spec.Child("terminationGracePeriodSeconds"),
                "must be >= 0; negative values are invalid and will be treated as 1");
        }

        AddUnselected(pod.Affinity);
        AddressWarnings.AddAll(
            warnings, spec.Child("dnsConfig", "nameservers"), pod.DnsConfig?.Nameservers ?? ValueList<string>.Empty);
        for (var i = 0; i < pod.HostAliases.Count; i++)
        {
            AddressWarnings.Add(warnings, spec.Child("hostAliases").Index(i).Child("ip"), pod.HostAliases[i].Ip);
        }

        warnings.AddRange(IgnoredFields.Of(spec, pod));
    }

    private IEnumerable<(FieldPath Path, Container Container)> Containers(PodSpec pod)
    {
        for (var i = 0; i < pod.InitContainers.Count; i++)
        {
            yield return (spec.Child("initContainers").Index(i), pod.InitContainers[i]);
        }

        for (var i = 0; i < pod.Containers.Count; i++)
        {
            yield return (spec.Child("containers").Index(i), pod.Containers[i]);
        }

        for (var i = 0; i < pod.EphemeralContainers.Count; i++)
        {
            yield return (spec.Child("ephemeralContainers").Index(i), pod.EphemeralContainers[i].AsContainer());
        }
    }

    /// <summary>Where the pod may run, said by labels that nodes no longer have.</summary>
    private void AddPlaces(PodSpec pod)
    {
        foreach (var key in pod.NodeSelector.Keys)
        {
            if (NodeLabelWarnings.Find(key) is { } old)
            {
                Warn(spec.Child("nodeSelector").Key(key), old);
            }
        }

        if (pod.Affinity?.NodeAffinity is { } nodes)
        {
            var path = spec.Child("affinity").Child("nodeAffinity");
            NodeLabelWarnings.Add(
                warnings, path.Child("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"),
                nodes.RequiredDuringSchedulingIgnoredDuringExecution);
            var preferred = nodes.PreferredDuringSchedulingIgnoredDuringExecution;
            for (var i = 0; i < preferred.Count; i++)
            {
                NodeLabelWarnings.Add(
                    warnings,
                    path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i).Child("preference"),
                    preferred[i].Preference);
            }
        }

        for (var i = 0; i < pod.TopologySpreadConstraints.Count; i++)
        {
            var (spread, path) = (pod.TopologySpreadConstraints[i], spec.Child("topologySpreadConstraints").Index(i));
            if (NodeLabelWarnings.Find(spread.TopologyKey) is { } old)
            {
                Warn(path.Child("topologyKey"), $"{spread.TopologyKey} is {old}");
            }

            if (spread.LabelSelector is null)
            {
                Warn(path.Child("labelSelector"), NoPods);
            }
        }
    }

    private void AddUnselected(Affinity? affinity)
    {
        if (affinity?.PodAffinity is { } with)
        {
            AddUnselected("podAffinity", with.RequiredDuringSchedulingIgnoredDuringExecution,
                with.PreferredDuringSchedulingIgnoredDuringExecution);
        }

        if (affinity?.PodAntiAffinity is { } apart)
        {
            AddUnselected("podAntiAffinity", apart.RequiredDuringSchedulingIgnoredDuringExecution,
                apart.PreferredDuringSchedulingIgnoredDuringExecution);
        }
    }

    private void AddUnselected(
        string kind, ValueList<PodAffinityTerm> required, ValueList<WeightedPodAffinityTerm> preferred)
    {
        var path = spec.Child("affinity").Child(kind);
        for (var i = 0; i < required.Count; i++)
        {
            if (required[i].LabelSelector is null)
            {
                Warn(path.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i).Child("labelSelector"),
                    NoPods);
            }
        }

        for (var i = 0; i < preferred.Count; i++)
        {
            if (preferred[i].PodAffinityTerm.LabelSelector is null)
            {
                Warn(path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i)
                    .Child("podAffinityTerm", "labelSelector"), NoPods);
            }
        }
    }

    private void AddRepeated(PodSpec pod)
    {
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < pod.HostAliases.Count; i++)
        {
            if (!addresses.Add(pod.HostAliases[i].Ip))
            {
                Warn(spec.Child("hostAliases").Index(i).Child("ip"), $"duplicate ip \"{pod.HostAliases[i].Ip}\"");
            }
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < pod.ImagePullSecrets.Count; i++)
        {
            if (!names.Add(pod.ImagePullSecrets[i].Name ?? ""))
            {
                Warn(SecretPath(i), $"duplicate name \"{pod.ImagePullSecrets[i].Name}\"");
            }
        }

        for (var i = 0; i < pod.ImagePullSecrets.Count; i++)
        {
            if (string.IsNullOrEmpty(pod.ImagePullSecrets[i].Name))
            {
                Warn(SecretPath(i), "invalid empty name \"\"");
            }
        }

        FieldPath SecretPath(int index) => spec.Child("imagePullSecrets").Index(index).Child("name");
    }

    /// <summary>Profiles that are only said by the annotations that came before their fields.</summary>
    private void AddProfiles(ObjectMeta meta, PodSpec pod)
    {
        if (pod.SecurityContext?.SeccompProfile is null)
        {
            WarnOf(meta, PodAnnotationRules.PodSeccomp, UseSeccompField);
        }

        foreach (var (_, container) in Containers(pod))
        {
            if (container.SecurityContext?.SeccompProfile is null)
            {
                WarnOf(meta, PodAnnotationRules.ContainerSeccomp + container.Name, UseSeccompField);
            }

            if (pod.SecurityContext?.AppArmorProfile is null && container.SecurityContext?.AppArmorProfile is null)
            {
                WarnOf(meta, AppArmor.Annotation + container.Name, UseAppArmorField);
            }
        }
    }

    private void AddFractions(FieldPath path, ValueMap<Quantity> amounts)
    {
        foreach (var name in CountedInBytes)
        {
            if (amounts.TryGetValue(name, out var amount) && amount.MilliValue % 1000 != 0)
            {
                Warn(path.Key(name), $"fractional byte value \"{amount}\" is invalid, must be an integer");
            }
        }
    }

    /// <summary>A second variable of a name that does not build on the first one: a client that merges lists by name
    /// keeps one of the two.</summary>
    private void AddHidden(FieldPath path, ValueList<EnvVar> variables)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < variables.Count; i++)
        {
            var (name, value) = (variables[i].Name, variables[i].Value ?? "");
            var reference = $"$({name})";
            var extends = variables[i].ValueFrom is null && value != reference
                && value.Contains(reference, StringComparison.Ordinal);
            if (!seen.Add(name) && !extends)
            {
                Warn(path.Index(i), $"hides previous definition of \"{name}\", which may be dropped when using apply");
            }
        }
    }

    /// <summary>Ports of all containers: they share one network.</summary>
    private void AddPorts(List<(FieldPath Path, Container Container)> containers)
    {
        var all = new Dictionary<(int, string?), List<(FieldPath Path, ContainerPort Port)>>();
        foreach (var (path, container) in containers)
        {
            for (var i = 0; i < container.Ports.Count; i++)
            {
                var (at, port) = (path.Child("ports").Index(i), container.Ports[i]);
                if (!string.IsNullOrEmpty(port.HostIP) && port.HostPort == 0)
                {
                    Warn(at, $"hostIP set without hostPort: {{Name:{port.Name} HostPort:0 ContainerPort:{port.Port} "
                        + $"Protocol:{port.Protocol} HostIP:{port.HostIP}}}");
                }

                var key = (port.Port, port.Protocol);
                if (!all.TryGetValue(key, out var others))
                {
                    all.Add(key, others = []);
                }

                foreach (var (other, taken) in others)
                {
                    if (Clash(port, taken) is { } clash)
                    {
                        Warn(at, $"{clash} port definition with {other}");
                    }
                }

                others.Add((at, port));
            }
        }
    }

    private static string? Clash(ContainerPort one, ContainerPort other)
    {
        var (ip, otherIP) = (one.HostIP ?? "", other.HostIP ?? "");
        if (ip == otherIP && one.HostPort == other.HostPort)
        {
            return "duplicate";
        }

        if (one.HostPort == 0 || other.HostPort == 0)
        {
            return "overlapping";
        }

        return one.HostPort == other.HostPort && ip.Length == 0 != (otherIP.Length == 0)
            ? "dangerously ambiguous"
            : null;
    }

    private FieldPath Annotation(string key) => metadata.Child("annotations").Key(key);

    private void WarnOf(ObjectMeta meta, string annotation, string message)
    {
        if (meta.Annotations.ContainsKey(annotation))
        {
            Warn(Annotation(annotation), message);
        }
    }

    private void Warn(FieldPath path, string message) => warnings.Add($"{path}: {message}");
}
