using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Defaulting;

/// <summary>Defaults of pods and of the templates that pods are made from (core/v1 PodSpec).</summary>
internal static class PodDefaults
{
    private const long TerminationGraceSeconds = 30;

    /// <summary>
    /// A pod gets what its template gets, and what is only known of a pod: requests and service links.
    /// </summary>
    public static Pod Fill(Pod pod)
    {
        var spec = Fill(pod.Spec);
        spec = spec with
        {
            EnableServiceLinks = spec.EnableServiceLinks ?? true,
            Containers = spec.Containers.Transform(container => FillForPod(container, spec.HostNetwork)),
            InitContainers = spec.InitContainers.Transform(container => FillForPod(container, spec.HostNetwork)),
        };
        spec = spec with
        {
            Resources = PodResources.Of(spec) is { } whole ? Requested(Limited(whole, spec), spec) : spec.Resources,
        };
        return pod with { Spec = spec == pod.Spec ? pod.Spec : spec };
    }

    public static PodTemplateSpec Fill(PodTemplateSpec template) => template with { Spec = Fill(template.Spec) };

    public static PodSpec Fill(PodSpec spec)
    {
        var filled = spec with
        {
            DnsPolicy = spec.DnsPolicy ?? "ClusterFirst",
            RestartPolicy = spec.RestartPolicy ?? "Always",
            SecurityContext = spec.SecurityContext ?? new(),
            TerminationGracePeriodSeconds = spec.TerminationGracePeriodSeconds ?? TerminationGraceSeconds,
            SchedulerName = spec.SchedulerName ?? "default-scheduler",
            // Two names of one field: the old one is still read and written.
            ServiceAccountName = spec.ServiceAccountName ?? spec.ServiceAccount,
            ServiceAccount = spec.ServiceAccountName ?? spec.ServiceAccount,
            Containers = spec.Containers.Transform(Fill),
            InitContainers = spec.InitContainers.Transform(Fill),
            EphemeralContainers = spec.EphemeralContainers.Transform(Fill),
            Volumes = spec.Volumes.Transform(VolumeDefaults.Fill),
            Overhead = AmountDefaults.Fill(spec.Overhead),
            Resources = spec.Resources is { } whole ? AmountDefaults.Fill(whole) : null,
        };
        return filled == spec ? spec : filled;
    }

    /// <summary><c>Always</c> for an image without a tag or tagged <c>latest</c>; a digest never changes, and what is
    /// empty is no image.</summary>
    public static string PullPolicy(string? image)
    {
        var reference = image ?? "";
        if (reference.Length == 0 || reference.Contains('@', StringComparison.Ordinal))
        {
            return "IfNotPresent";
        }

        var name = reference[(reference.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || name[(colon + 1)..] is "latest" ? "Always" : "IfNotPresent";
    }

    private static Container Fill(Container container) => container with
    {
        ImagePullPolicy = container.ImagePullPolicy ?? PullPolicy(container.Image),
        TerminationMessagePath = container.TerminationMessagePath ?? "/dev/termination-log",
        TerminationMessagePolicy = container.TerminationMessagePolicy ?? "File",
        Ports = container.Ports.Transform(Fill),
        Resources = AmountDefaults.Fill(container.Resources),
        Env = container.Env.Transform(Fill),
        LivenessProbe = Fill(container.LivenessProbe),
        ReadinessProbe = Fill(container.ReadinessProbe),
        StartupProbe = Fill(container.StartupProbe),
        Lifecycle = Fill(container.Lifecycle),
    };

    private static EphemeralContainer Fill(EphemeralContainer container) => container with
    {
        ImagePullPolicy = container.ImagePullPolicy ?? PullPolicy(container.Image),
        TerminationMessagePath = container.TerminationMessagePath ?? "/dev/termination-log",
        TerminationMessagePolicy = container.TerminationMessagePolicy ?? "File",
        Ports = container.Ports.Transform(Fill),
        Resources = AmountDefaults.Fill(container.Resources),
        Env = container.Env.Transform(Fill),
        LivenessProbe = Fill(container.LivenessProbe),
        ReadinessProbe = Fill(container.ReadinessProbe),
        StartupProbe = Fill(container.StartupProbe),
        Lifecycle = Fill(container.Lifecycle),
    };

    private static ContainerPort Fill(ContainerPort port) => port with { Protocol = port.Protocol ?? "TCP" };

    private static EnvVar Fill(EnvVar variable)
    {
        if (variable.ValueFrom is not { } source)
        {
            return variable;
        }

        return variable with
        {
            ValueFrom = source with
            {
                FieldRef = source.FieldRef is { } field ? Fill(field) : null,
                FileKeyRef = source.FileKeyRef is { } file ? file with { Optional = file.Optional ?? false } : null,
            },
        };
    }

    public static ObjectFieldSelector Fill(ObjectFieldSelector selector) =>
        selector with { ApiVersion = selector.ApiVersion ?? "v1" };

    private static Probe? Fill(Probe? probe) => probe is null ? null : probe with
    {
        TimeoutSeconds = OrDefault(probe.TimeoutSeconds, 1),
        PeriodSeconds = OrDefault(probe.PeriodSeconds, 10),
        SuccessThreshold = OrDefault(probe.SuccessThreshold, 1),
        FailureThreshold = OrDefault(probe.FailureThreshold, 3),
        HttpGet = Fill(probe.HttpGet),
        Grpc = probe.Grpc is { } grpc ? grpc with { Service = grpc.Service ?? "" } : null,
    };

    private static Lifecycle? Fill(Lifecycle? lifecycle) => lifecycle is null ? null : lifecycle with
    {
        PostStart = Fill(lifecycle.PostStart),
        PreStop = Fill(lifecycle.PreStop),
    };

    private static LifecycleHandler? Fill(LifecycleHandler? handler) =>
        handler is null ? null : handler with { HttpGet = Fill(handler.HttpGet) };

    private static HTTPGetAction? Fill(HTTPGetAction? get) => get is null ? null : get with
    {
        Path = get.Path ?? "/",
        Scheme = get.Scheme ?? "HTTP",
    };

    /// <summary>In the host's network a container's port is the host's port.</summary>
    private static Container FillForPod(Container container, bool hostNetwork)
    {
        var ports = !hostNetwork ? container.Ports : container.Ports.Transform(
            port => port.HostPort == 0 ? port with { HostPort = port.Port } : port);
        var requested = Requested(container.Resources);
        return ReferenceEquals(requested, container.Resources) && ports == container.Ports
            ? container
            : container with { Ports = ports, Resources = requested };
    }

    /// <summary>Huge pages are limited as a whole to what the containers may have together, unless the pod says how
    /// many it requests.</summary>
    private static ResourceRequirements Limited(ResourceRequirements whole, PodSpec pod)
    {
        var missing = ContainerAmounts.Limits(pod).Where(sum => ResourceRules.IsHugePages(sum.Key)
            && !whole.Limits.ContainsKey(sum.Key) && !whole.Requests.ContainsKey(sum.Key)).ToArray();
        return missing.Length == 0
            ? whole
            : whole with { Limits = ValueMap<Quantity>.From(whole.Limits.Concat(missing)) };
    }

    /// <summary>A pod that is limited as a whole requests what its containers do together, and its limit of what they
    /// do not speak of.</summary>
    private static ResourceRequirements Requested(ResourceRequirements whole, PodSpec pod)
    {
        if (whole.Limits.Count == 0)
        {
            return whole;
        }

        var missing = ContainerAmounts.Requests(pod)
            .Where(sum => sum.Key is "cpu" or "memory" && !whole.Requests.ContainsKey(sum.Key)).ToArray();
        return Requested(missing.Length == 0
            ? whole
            : whole with { Requests = ValueMap<Quantity>.From(whole.Requests.Concat(missing)) });
    }

    /// <summary>What is limited and not requested is requested at its limit.</summary>
    private static ResourceRequirements Requested(ResourceRequirements resources)
    {
        var missing = resources.Limits.Where(limit => !resources.Requests.ContainsKey(limit.Key)).ToArray();
        return missing.Length == 0
            ? resources
            : resources with { Requests = ValueMap<Quantity>.From(resources.Requests.Concat(missing)) };
    }

    private static int OrDefault(int value, int fallback) => value == 0 ? fallback : value;
}
