using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a pod's spec, wherever it stands: in a Pod or in a template of one.</summary>
internal static class PodRules
{
    private const int NameserversMax = 3;
    private const int SearchPathsMax = 32;
    private const int SearchCharactersMax = 2048;

    public static void CheckTemplate(FieldErrors errors, FieldPath path, PodTemplateSpec template)
    {
        MetadataRules.CheckLabels(errors, path.Child("labels"), template.Metadata.Labels);
        MetadataRules.CheckAnnotations(errors, path.Child("annotations"), template.Metadata.Annotations);
        CheckSpec(errors, path.Child("spec"), template.Spec);
        if (template.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(path.Child("spec", "ephemeralContainers"),
                "ephemeral containers not allowed in pod template");
        }
    }

    /// <summary>A pod that is to be created, rather than the template of one.</summary>
    public static void CheckNew(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        CheckSpec(errors, path, pod);
        if (pod.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(path.Child("ephemeralContainers"), "cannot be set on create");
        }

        if (pod.SchedulingGates.Count > 0 && !string.IsNullOrEmpty(pod.NodeName))
        {
            errors.Forbidden(path.Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }
    }

    public static void CheckSpec(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        VolumeRules.Check(errors, path.Child("volumes"), pod.Volumes);
        var context = new PodContext(pod, pod.Volumes.Select(volume => volume.Name).ToHashSet());
        ContainerRules.CheckAll(errors, path, context);

        if (string.IsNullOrEmpty(pod.RestartPolicy))
        {
            errors.Required(path.Child("restartPolicy"));
        }
        else if (pod.RestartPolicy is not ("Always" or "OnFailure" or "Never"))
        {
            errors.NotSupported(path.Child("restartPolicy"), pod.RestartPolicy, "Always", "OnFailure", "Never");
        }

        CheckDns(errors, path, pod);
        MetadataRules.CheckLabels(errors, path.Child("nodeSelector"), pod.NodeSelector);
        SecurityRules.CheckPod(errors, path, pod);
        for (var i = 0; i < pod.ImagePullSecrets.Count; i++)
        {
            if (string.IsNullOrEmpty(pod.ImagePullSecrets[i].Name))
            {
                errors.Required(path.Child("imagePullSecrets").Index(i).Child("name"));
            }
        }

        SchedulingRules.CheckAffinity(errors, path.Child("affinity"), pod.Affinity);
        SchedulingRules.CheckTolerations(errors, path.Child("tolerations"), pod.Tolerations);
        SchedulingRules.CheckSpread(
            errors, path.Child("topologySpreadConstraints"), pod.TopologySpreadConstraints);
        CheckGates(errors, path, pod);
        CheckNames(errors, path, pod);
        CheckHostAliases(errors, path.Child("hostAliases"), pod.HostAliases);
        CheckNumbers(errors, path, pod);
    }

    private static void CheckNames(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        CheckName(errors, path.Child("serviceAccountName"), pod.ServiceAccountName, NameRules.Subdomain);
        CheckName(errors, path.Child("nodeName"), pod.NodeName, NameRules.Subdomain);
        CheckName(errors, path.Child("hostname"), pod.Hostname, NameRules.Label);
        CheckName(errors, path.Child("subdomain"), pod.Subdomain, NameRules.Label);
        CheckName(errors, path.Child("priorityClassName"), pod.PriorityClassName, NameRules.Subdomain);
        CheckName(errors, path.Child("runtimeClassName"), pod.RuntimeClassName, NameRules.Subdomain);
        if (pod.Os is { Name: "" })
        {
            errors.Required(path.Child("os", "name"), "cannot be empty");
        }
        else if (pod.Os is { Name: not ("linux" or "windows") } os)
        {
            errors.NotSupported(path.Child("os", "name"), os.Name, "linux", "windows");
        }
    }

    private static void CheckName(FieldErrors errors, FieldPath path, string? name, MetadataRules.NameRule rule)
    {
        if (!string.IsNullOrEmpty(name))
        {
            errors.Invalid(path, name, rule(name));
        }
    }

    private static void CheckNumbers(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        if (pod.ActiveDeadlineSeconds is { } deadline)
        {
            errors.Invalid(path.Child("activeDeadlineSeconds"), deadline, NameRules.InRange(deadline, 1, int.MaxValue));
        }

        if (pod.PreemptionPolicy is not (null or "" or "PreemptLowerPriority" or "Never"))
        {
            errors.NotSupported(path.Child("preemptionPolicy"), pod.PreemptionPolicy, "Never", "PreemptLowerPriority");
        }

        foreach (var (name, quantity) in pod.Overhead)
        {
            ResourceRules.CheckOne(errors, path.Child("overhead").Key(name), name, quantity);
        }
    }

    private static void CheckGates(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        for (var i = 0; i < pod.ReadinessGates.Count; i++)
        {
            var type = pod.ReadinessGates[i].ConditionType;
            errors.Invalid(path.Child("readinessGates").Index(i).Child("conditionType"), type,
                NameRules.QualifiedName(type));
        }

        var names = new HashSet<string>();
        for (var i = 0; i < pod.SchedulingGates.Count; i++)
        {
            var name = pod.SchedulingGates[i].Name;
            var at = path.Child("schedulingGates").Index(i);
            errors.Invalid(at, name, NameRules.QualifiedName(name));
            if (!names.Add(name))
            {
                errors.Duplicate(at, name);
            }
        }
    }

    private static void CheckHostAliases(FieldErrors errors, FieldPath path, ValueList<HostAlias> aliases)
    {
        for (var i = 0; i < aliases.Count; i++)
        {
            AddressRules.CheckIP(errors, path.Index(i).Child("ip"), aliases[i].Ip);
            for (var j = 0; j < aliases[i].Hostnames.Count; j++)
            {
                var name = aliases[i].Hostnames[j];
                errors.Invalid(path.Index(i).Child("hostnames"), name, NameRules.Subdomain(name));
            }
        }
    }

    private static void CheckDns(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        if (string.IsNullOrEmpty(pod.DnsPolicy))
        {
            errors.Required(path.Child("dnsPolicy"));
        }
        else if (pod.DnsPolicy is not ("ClusterFirstWithHostNet" or "ClusterFirst" or "Default" or "None"))
        {
            errors.NotSupported(path.Child("dnsPolicy"), pod.DnsPolicy,
                "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
        }

        var config = pod.DnsConfig;
        var at = path.Child("dnsConfig");
        if (pod.DnsPolicy == "None" && config is null)
        {
            errors.Required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
            return;
        }

        if (config is null)
        {
            return;
        }

        if (pod.DnsPolicy == "None" && config.Nameservers.Count == 0)
        {
            errors.Required(at.Child("nameservers"),
                "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }

        if (config.Nameservers.Count > NameserversMax)
        {
            errors.InvalidJson(at.Child("nameservers"), Shown.Strings(config.Nameservers),
                $"must not have more than {NameserversMax} nameservers");
        }

        for (var i = 0; i < config.Nameservers.Count; i++)
        {
            AddressRules.CheckIP(errors, at.Child("nameservers").Index(i), config.Nameservers[i]);
        }

        CheckSearches(errors, at.Child("searches"), config.Searches);
        for (var i = 0; i < config.Options.Count; i++)
        {
            if (string.IsNullOrEmpty(config.Options[i].Name))
            {
                errors.Required(at.Child("options").Index(i), "must not be empty");
            }
        }
    }

    private static void CheckSearches(FieldErrors errors, FieldPath path, ValueList<string> searches)
    {
        if (searches.Count > SearchPathsMax)
        {
            errors.InvalidJson(path, Shown.Strings(searches),
                $"must not have more than {SearchPathsMax} search paths");
        }

        if (string.Join(' ', searches).Length > SearchCharactersMax)
        {
            errors.InvalidJson(path, Shown.Strings(searches), "must not have more than "
                + $"{SearchCharactersMax} characters (including spaces) in the search list");
        }

        for (var i = 0; i < searches.Count; i++)
        {
            var search = searches[i];
            if (search != ".")
            {
                errors.Invalid(path.Index(i), search, NameRules.Subdomain(search.TrimEnd('.')));
            }
        }
    }
}
