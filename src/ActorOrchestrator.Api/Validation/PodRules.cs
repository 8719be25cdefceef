using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of a pod's spec, wherever it stands: in a Pod or in a template of one.</summary>
internal static class PodRules
{
    private const int HostnameLengthMax = 64;

    public static void CheckTemplate(FieldErrors errors, FieldPath path, PodTemplateSpec template)
    {
        MetadataRules.CheckLabels(errors, path.Child("labels"), template.Metadata.Labels);
        MetadataRules.CheckAnnotations(errors, path.Child("annotations"), template.Metadata.Annotations);
        PodAnnotationRules.Check(errors, path.Child("annotations"), template.Metadata.Annotations, template.Spec);
        CheckSpec(errors, path.Child("spec"), template.Spec, pod: null);
        PodAnnotationRules.CheckMatch(errors, path.Child("spec"), template.Metadata.Annotations, template.Spec);
        if (template.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(path.Child("spec", "ephemeralContainers"),
                "ephemeral containers not allowed in pod template");
        }
    }

    /// <summary>A pod that is to be created, rather than the template of one.</summary>
    public static void CheckNew(FieldErrors errors, Pod pod)
    {
        var (path, spec) = (FieldPath.Root("spec"), pod.Spec);
        PodAnnotationRules.Check(
            errors, FieldPath.Root("metadata").Child("annotations"), pod.Metadata.Annotations, spec);
        CheckSpec(errors, path, spec, pod);
        if (spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(path.Child("ephemeralContainers"), "cannot be set on create");
        }

        if (spec.SchedulingGates.Count > 0 && !string.IsNullOrEmpty(spec.NodeName))
        {
            errors.Forbidden(path.Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }

        PodAnnotationRules.CheckMatch(errors, path, pod.Metadata.Annotations, spec);
    }

    /// <summary>The next version of a pod that was given ephemeral containers.</summary>
    public static void CheckDebugged(FieldErrors errors, Pod old, Pod @new)
    {
        if (StaticPods.IsMirror(old))
        {
            errors.Forbidden(FieldPath.Root("spec"), "static pods do not support ephemeral containers");
            return;
        }

        CheckSpec(errors, FieldPath.Root("spec"), @new.Spec, @new);
        EphemeralContainerRules.CheckUpdate(errors, old.Spec, @new.Spec);
    }

    /// <param name="errors">What is complained of.</param>
    /// <param name="path">Of the spec.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="pod">Whose it is; null for a template.</param>
    private static void CheckSpec(FieldErrors errors, FieldPath path, PodSpec spec, Pod? pod)
    {
        var volumes = VolumeRules.Check(errors, path.Child("volumes"), spec.Volumes, pod?.Metadata);
        CheckClaims(errors, path.Child("resourceClaims"), spec.ResourceClaims);
        ContainerRules.CheckAll(errors, path, new PodContext(spec, volumes, pod is not null));
        if (spec.Resources is { } whole)
        {
            ResourceRules.CheckPod(errors, path.Child("resources"), whole, spec);
        }

        if (string.IsNullOrEmpty(spec.RestartPolicy))
        {
            errors.Required(path.Child("restartPolicy"));
        }
        else if (spec.RestartPolicy is not ("Always" or "OnFailure" or "Never"))
        {
            errors.NotSupported(path.Child("restartPolicy"), spec.RestartPolicy, "Always", "OnFailure", "Never");
        }

        DnsRules.CheckPolicy(errors, path.Child("dnsPolicy"), spec.DnsPolicy);
        MetadataRules.CheckLabels(errors, path.Child("nodeSelector"), spec.NodeSelector);
        SecurityRules.CheckPod(errors, path, spec);
        SchedulingRules.CheckAffinity(errors, path.Child("affinity"), spec.Affinity);
        DnsRules.CheckConfig(errors, path.Child("dnsConfig"), spec);
        CheckGates(errors, path, spec);
        SchedulingRules.CheckSpread(
            errors, path.Child("topologySpreadConstraints"), spec.TopologySpreadConstraints);
        WindowsRules.CheckPod(errors, path, spec);
        CheckNames(errors, path, spec);
        CheckHostname(errors, path, spec);
        SchedulingRules.CheckTolerations(errors, path.Child("tolerations"), spec.Tolerations);
        CheckHostAliases(errors, path.Child("hostAliases"), spec.HostAliases);
        CheckNumbers(errors, path, spec);
    }

    private static void CheckNames(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        CheckName(errors, path.Child("serviceAccountName"), pod.ServiceAccountName, NameRules.Subdomain);
        CheckName(errors, path.Child("nodeName"), pod.NodeName, NameRules.Subdomain);
        CheckName(errors, path.Child("hostname"), pod.Hostname, NameRules.Label);
        CheckName(errors, path.Child("subdomain"), pod.Subdomain, NameRules.Label);
        CheckName(errors, path.Child("priorityClassName"), pod.PriorityClassName, NameRules.Subdomain);
        if (pod.RuntimeClassName is { } runtime)
        {
            errors.Invalid(path.Child("runtimeClassName"), runtime, NameRules.Subdomain(runtime));
        }

        if (pod.Os is { Name: "" })
        {
            errors.Required(path.Child("os", "name"), "cannot be empty");
        }
        else if (pod.Os is { Name: not ("linux" or "windows") } os)
        {
            errors.NotSupported(path.Child("os"), os.Name, "linux", "windows");
        }
    }

    private static void CheckName(FieldErrors errors, FieldPath path, string? name, MetadataRules.NameRule rule)
    {
        if (!string.IsNullOrEmpty(name))
        {
            errors.Invalid(path, name, rule(name));
        }
    }

    /// <summary>A name that is the pod's own, whatever its hostname and its Service say.</summary>
    private static void CheckHostname(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        if (pod.HostnameOverride is not { } name)
        {
            return;
        }

        var at = path.Child("hostnameOverride");
        if (pod.HostNetwork)
        {
            errors.Invalid(at, name, "may not be specified when `hostNetwork` is true");
        }

        if (pod.SetHostnameAsFQDN is true)
        {
            errors.Invalid(at, name, "may not be specified when `setHostnameAsFQDN` is true");
        }

        if (name.Length > HostnameLengthMax)
        {
            errors.TooLong(at, HostnameLengthMax);
        }

        errors.Invalid(at, name, NameRules.Subdomain(name));
    }

    private static void CheckNumbers(FieldErrors errors, FieldPath path, PodSpec pod)
    {
        if (pod.ActiveDeadlineSeconds is { } deadline)
        {
            errors.Invalid(path.Child("activeDeadlineSeconds"), deadline, NameRules.InRange(deadline, 1, int.MaxValue));
        }

        if (pod.PreemptionPolicy is "")
        {
            errors.Required(path.Child("preemptionPolicy"));
        }
        else if (pod.PreemptionPolicy is not (null or "PreemptLowerPriority" or "Never"))
        {
            errors.NotSupported(path.Child("preemptionPolicy"), pod.PreemptionPolicy, "PreemptLowerPriority", "Never");
        }

        ResourceRules.Check(
            errors, path.Child("overhead"), ResourceRequirements.Empty with { Limits = pod.Overhead }, claims: []);
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
                errors.Invalid(path.Index(i).Child("hostnames").Index(j), name, NameRules.Subdomain(name));
            }
        }
    }

    private static void CheckClaims(FieldErrors errors, FieldPath path, ValueList<PodResourceClaim> claims)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < claims.Count; i++)
        {
            var claim = claims[i];
            var at = path.Index(i);
            if (claim.Name.Length == 0)
            {
                errors.Required(at.Child("name"));
            }
            else if (!names.Add(claim.Name))
            {
                errors.Duplicate(at.Child("name"), claim.Name);
            }
            else
            {
                errors.Invalid(at.Child("name"), claim.Name, NameRules.Label(claim.Name));
            }

            if (claim is { ResourceClaimName: not null, ResourceClaimTemplateName: not null })
            {
                errors.InvalidJson(at, Shown.Of(claim),
                    "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            }

            if (claim is { ResourceClaimName: null, ResourceClaimTemplateName: null })
            {
                errors.InvalidJson(at, Shown.Of(claim),
                    "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            }

            CheckObjectName(errors, at.Child("resourceClaimName"), claim.ResourceClaimName);
            CheckObjectName(errors, at.Child("resourceClaimTemplateName"), claim.ResourceClaimTemplateName);
        }
    }

    private static void CheckObjectName(FieldErrors errors, FieldPath path, string? name)
    {
        if (name is not null)
        {
            errors.Invalid(path, name, NameRules.Subdomain(name));
        }
    }
}
