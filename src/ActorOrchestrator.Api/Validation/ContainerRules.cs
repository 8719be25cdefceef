using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>What the rules of a container need to know of its pod.</summary>
/// <param name="Spec">The pod's.</param>
/// <param name="Volumes">Those that can be mounted.</param>
/// <param name="IsPod">Whether it is a pod, and not the template of one.</param>
internal sealed record PodContext(PodSpec Spec, IReadOnlyDictionary<string, Volume> Volumes, bool IsPod)
{
    public long GraceSeconds => Spec.TerminationGracePeriodSeconds ?? 30;

    public IReadOnlyCollection<string> Claims { get; } = ClaimsOf(Spec);

    /// <summary>The names of the claims that a container may ask for.</summary>
    public static IReadOnlyCollection<string> ClaimsOf(PodSpec spec) =>
        [.. spec.ResourceClaims.Select(claim => claim.Name).Where(name => name.Length > 0)];
}

/// <summary>The rules of containers and init containers (v1 Container).</summary>
internal static class ContainerRules
{
    private const string OnlySidecars = "may not be set for init containers without restartPolicy=Always";

    public static void CheckAll(FieldErrors errors, FieldPath spec, PodContext pod)
    {
        var path = spec.Child("containers");
        if (pod.Spec.Containers.Count == 0)
        {
            errors.Required(path);
        }

        var names = new HashSet<string>();
        for (var i = 0; i < pod.Spec.Containers.Count; i++)
        {
            var container = pod.Spec.Containers[i];
            CheckCommon(errors, path.Index(i), container, pod);
            CheckName(errors, path.Index(i).Child("name"), container.Name, names);
            CheckHandlers(errors, path.Index(i), container, pod);
            if (container.RestartPolicy is not null)
            {
                errors.Forbidden(path.Index(i).Child("restartPolicy"), "may not be set for non-init containers");
            }

            CheckHostPorts(errors, path.Index(i).Child("ports"), container.Ports, pod);
        }

        CheckHostPorts(errors, path, pod.Spec.Containers);
        CheckInitContainers(errors, spec.Child("initContainers"), pod, names);
        EphemeralContainerRules.Check(errors, spec.Child("ephemeralContainers"), pod, names);
    }

    public static void CheckImage(FieldErrors errors, FieldPath path, string? image, bool isOfPod)
    {
        if (string.IsNullOrEmpty(image))
        {
            errors.Required(path);
        }
        else if (isOfPod && image.Trim().Length != image.Length)
        {
            errors.Invalid(path, image, "must not have leading or trailing whitespace");
        }
    }

    public static void CheckPullPolicy(FieldErrors errors, FieldPath path, string? policy)
    {
        if (string.IsNullOrEmpty(policy))
        {
            errors.Required(path);
        }
        else if (policy is not ("Always" or "IfNotPresent" or "Never"))
        {
            errors.NotSupported(path, policy, "Always", "IfNotPresent", "Never");
        }
    }

    public static void CheckProtocol(FieldErrors errors, FieldPath path, string? protocol)
    {
        if (string.IsNullOrEmpty(protocol))
        {
            errors.Required(path);
        }
        else if (protocol is not ("TCP" or "UDP" or "SCTP"))
        {
            errors.NotSupported(path, protocol, "SCTP", "TCP", "UDP");
        }
    }

    private static void CheckInitContainers(
        FieldErrors errors, FieldPath path, PodContext pod, HashSet<string> names)
    {
        for (var i = 0; i < pod.Spec.InitContainers.Count; i++)
        {
            var container = pod.Spec.InitContainers[i];
            var at = path.Index(i);
            CheckCommon(errors, at, container, pod);
            if (container.RestartPolicy is not (null or "Always"))
            {
                errors.NotSupported(at.Child("restartPolicy"), container.RestartPolicy, "Always");
            }

            CheckName(errors, at.Child("name"), container.Name, names);
            // Init containers run one after the other, so only the ports of one of them may conflict.
            CheckHostPorts(errors, path, [container], i);
            if (container.RestartPolicy == "Always")
            {
                CheckHandlers(errors, at, container, pod);
            }
            else
            {
                Forbid(errors, at.Child("lifecycle"), container.Lifecycle);
                Forbid(errors, at.Child("livenessProbe"), container.LivenessProbe);
                Forbid(errors, at.Child("readinessProbe"), container.ReadinessProbe);
                Forbid(errors, at.Child("startupProbe"), container.StartupProbe);
            }
        }
    }

    private static void Forbid(FieldErrors errors, FieldPath path, object? value)
    {
        if (value is not null)
        {
            errors.Forbidden(path, OnlySidecars);
        }
    }

    /// <summary>What holds of every container, of whatever list.</summary>
    public static void CheckCommon(FieldErrors errors, FieldPath path, Container container, PodContext pod)
    {
        if (container.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }
        else
        {
            errors.Invalid(path.Child("name"), container.Name, NameRules.Label(container.Name));
        }

        CheckImage(errors, path.Child("image"), container.Image, pod.IsPod);
        if (string.IsNullOrEmpty(container.TerminationMessagePolicy))
        {
            errors.Required(path.Child("terminationMessagePolicy"));
        }
        else if (container.TerminationMessagePolicy is not ("File" or "FallbackToLogsOnError"))
        {
            errors.NotSupported(path.Child("terminationMessagePolicy"), container.TerminationMessagePolicy,
                "File", "FallbackToLogsOnError");
        }

        CheckPorts(errors, path.Child("ports"), container.Ports);
        EnvironmentRules.Check(errors, path.Child("env"), container.Env, pod.Volumes);
        EnvironmentRules.CheckFrom(errors, path.Child("envFrom"), container.EnvFrom);
        MountRules.Check(errors, path, container, pod.Volumes);
        CheckPullPolicy(errors, path.Child("imagePullPolicy"), container.ImagePullPolicy);
        ResourceRules.Check(errors, path.Child("resources"), container.Resources, pod.Claims);
        ResourceRules.CheckResize(
            errors, path.Child("resizePolicy"), container.ResizePolicy, pod.Spec.RestartPolicy);
        SecurityRules.CheckContainer(
            errors, path.Child("securityContext"), container.SecurityContext, pod.Spec.HostUsers ?? true);
    }

    private static void CheckHandlers(FieldErrors errors, FieldPath path, Container container, PodContext pod)
    {
        ProbeRules.CheckLifecycle(errors, path.Child("lifecycle"), container.Lifecycle, pod);
        ProbeRules.CheckOnce(errors, path.Child("livenessProbe"), container.LivenessProbe);
        ProbeRules.CheckReadiness(errors, path.Child("readinessProbe"), container.ReadinessProbe);
        ProbeRules.CheckOnce(errors, path.Child("startupProbe"), container.StartupProbe);
    }

    public static void CheckName(FieldErrors errors, FieldPath path, string name, HashSet<string> names)
    {
        if (name.Length > 0 && !names.Add(name))
        {
            errors.Duplicate(path, name);
        }
    }

    private static void CheckPorts(FieldErrors errors, FieldPath path, ValueList<ContainerPort> ports)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            var at = path.Index(i);
            if (!string.IsNullOrEmpty(port.Name))
            {
                var complaints = NameRules.PortName(port.Name);
                errors.Invalid(at.Child("name"), port.Name, complaints);
                if (complaints.Count == 0 && !names.Add(port.Name))
                {
                    errors.Duplicate(at.Child("name"), port.Name);
                }
            }

            if (port.Port == 0)
            {
                errors.Required(at.Child("containerPort"));
            }
            else
            {
                errors.Invalid(at.Child("containerPort"), port.Port, NameRules.PortNumber(port.Port));
            }

            if (port.HostPort != 0)
            {
                errors.Invalid(at.Child("hostPort"), port.HostPort, NameRules.PortNumber(port.HostPort));
            }

            CheckProtocol(errors, at.Child("protocol"), port.Protocol);
            if (!string.IsNullOrEmpty(port.HostIP))
            {
                AddressRules.CheckIP(errors, at.Child("hostIP"), port.HostIP);
            }
        }
    }

    /// <summary>In the host's network a container's port is the host's; a template may leave that to pods.</summary>
    private static void CheckHostPorts(
        FieldErrors errors, FieldPath path, ValueList<ContainerPort> ports, PodContext pod)
    {
        for (var i = 0; pod.Spec.HostNetwork && i < ports.Count; i++)
        {
            var port = ports[i];
            if ((pod.IsPod || port.HostPort != 0) && port.HostPort != port.Port)
            {
                errors.Invalid(path.Index(i).Child("hostPort"), port.HostPort,
                    "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }

    private static void CheckHostPorts(
        FieldErrors errors, FieldPath path, ValueList<Container> containers, int firstIndex = 0)
    {
        var taken = new HashSet<string>();
        for (var i = 0; i < containers.Count; i++)
        {
            for (var j = 0; j < containers[i].Ports.Count; j++)
            {
                var port = containers[i].Ports[j];
                var key = $"{port.Protocol}/{port.HostIP}/{port.HostPort}";
                if (port.HostPort != 0 && !taken.Add(key))
                {
                    errors.Duplicate(path.Index(firstIndex + i).Child("ports").Index(j).Child("hostPort"), key);
                }
            }
        }
    }
}
