using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>What the rules of a container need to know of its pod.</summary>
internal sealed record PodContext(PodSpec Spec, IReadOnlySet<string> VolumeNames)
{
    public long GraceSeconds => Spec.TerminationGracePeriodSeconds ?? 30;
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
            Check(errors, path.Index(i), container, pod);
            CheckName(errors, path.Index(i).Child("name"), container.Name, names);
            CheckHandlers(errors, path.Index(i), container, pod);
            if (container.RestartPolicy is not null)
            {
                errors.Forbidden(path.Index(i).Child("restartPolicy"), "may not be set for non-init containers");
            }
        }

        CheckHostPorts(errors, path, pod.Spec.Containers);
        CheckInitContainers(errors, spec.Child("initContainers"), pod, names);
    }

    private static void CheckInitContainers(
        FieldErrors errors, FieldPath path, PodContext pod, HashSet<string> names)
    {
        for (var i = 0; i < pod.Spec.InitContainers.Count; i++)
        {
            var container = pod.Spec.InitContainers[i];
            var at = path.Index(i);
            Check(errors, at, container, pod);
            CheckName(errors, at.Child("name"), container.Name, names);
            // Init containers run one after the other, so only the ports of one of them may conflict.
            CheckHostPorts(errors, path, [container], i);
            if (container.RestartPolicy == "Always")
            {
                CheckHandlers(errors, at, container, pod);
                continue;
            }

            if (container.RestartPolicy is not null)
            {
                errors.NotSupported(at.Child("restartPolicy"), container.RestartPolicy, "Always");
            }

            if (container.Lifecycle is not null)
            {
                errors.Forbidden(at.Child("lifecycle"), OnlySidecars);
            }

            if (container.LivenessProbe is not null)
            {
                errors.Forbidden(at.Child("livenessProbe"), OnlySidecars);
            }

            if (container.ReadinessProbe is not null)
            {
                errors.Forbidden(at.Child("readinessProbe"), OnlySidecars);
            }

            if (container.StartupProbe is not null)
            {
                errors.Forbidden(at.Child("startupProbe"), OnlySidecars);
            }
        }
    }

    private static void Check(FieldErrors errors, FieldPath path, Container container, PodContext pod)
    {
        if (container.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }
        else
        {
            errors.Invalid(path.Child("name"), container.Name, NameRules.Label(container.Name));
        }

        CheckImage(errors, path.Child("image"), container.Image);

        if (string.IsNullOrEmpty(container.TerminationMessagePolicy))
        {
            errors.Required(path.Child("terminationMessagePolicy"));
        }
        else if (container.TerminationMessagePolicy is not ("File" or "FallbackToLogsOnError"))
        {
            errors.NotSupported(path.Child("terminationMessagePolicy"), container.TerminationMessagePolicy,
                "FallbackToLogsOnError", "File");
        }

        CheckPorts(errors, path.Child("ports"), container.Ports, pod.Spec.HostNetwork);
        EnvironmentRules.Check(errors, path.Child("env"), container.Env);
        EnvironmentRules.CheckFrom(errors, path.Child("envFrom"), container.EnvFrom);
        MountRules.Check(errors, path, container, pod.VolumeNames);

        if (string.IsNullOrEmpty(container.ImagePullPolicy))
        {
            errors.Required(path.Child("imagePullPolicy"));
        }
        else if (container.ImagePullPolicy is not ("Always" or "IfNotPresent" or "Never"))
        {
            errors.NotSupported(path.Child("imagePullPolicy"), container.ImagePullPolicy,
                "Always", "IfNotPresent", "Never");
        }

        ResourceRules.Check(errors, path.Child("resources"), container.Resources);
        SecurityRules.CheckContainer(errors, path.Child("securityContext"), container.SecurityContext);
    }

    public static void CheckImage(FieldErrors errors, FieldPath path, string? image)
    {
        if (string.IsNullOrEmpty(image))
        {
            errors.Required(path);
        }
        else if (image.Trim().Length != image.Length)
        {
            errors.Invalid(path, image, "must not have leading or trailing whitespace");
        }
    }

    private static void CheckHandlers(FieldErrors errors, FieldPath path, Container container, PodContext pod)
    {
        ProbeRules.CheckLifecycle(errors, path.Child("lifecycle"), container.Lifecycle, pod.GraceSeconds);
        ProbeRules.CheckOnce(errors, path.Child("livenessProbe"), container.LivenessProbe);
        ProbeRules.CheckReadiness(errors, path.Child("readinessProbe"), container.ReadinessProbe);
        ProbeRules.CheckOnce(errors, path.Child("startupProbe"), container.StartupProbe);
    }

    private static void CheckName(FieldErrors errors, FieldPath path, string name, HashSet<string> names)
    {
        if (name.Length > 0 && !names.Add(name))
        {
            errors.Duplicate(path, name);
        }
    }

    private static void CheckPorts(
        FieldErrors errors, FieldPath path, ValueList<ContainerPort> ports, bool hostNetwork)
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

            if (hostNetwork && port.HostPort != 0 && port.HostPort != port.Port)
            {
                errors.Invalid(at.Child("containerPort"), port.Port,
                    "must match `hostPort` when `hostNetwork` is true");
            }

            CheckProtocol(errors, at.Child("protocol"), port.Protocol);
            if (!string.IsNullOrEmpty(port.HostIP))
            {
                AddressRules.CheckIP(errors, at.Child("hostIP"), port.HostIP);
            }
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
