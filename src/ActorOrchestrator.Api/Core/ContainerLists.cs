namespace ActorOrchestrator.Api.Core;

/// <summary>The containers of a pod's spec, of whatever list.</summary>
public static class ContainerLists
{
    /// <summary>Init containers, then the pod's own, then ephemeral ones.</summary>
    public static IEnumerable<Container> AllContainers(this PodSpec spec) =>
        spec.InitContainers.Concat(spec.Containers).Concat(spec.EphemeralContainers.Select(AsContainer));

    /// <summary>What of an ephemeral container every container has.</summary>
    public static Container AsContainer(this EphemeralContainer container) => new()
    {
        Name = container.Name,
        Image = container.Image,
        Command = container.Command,
        Args = container.Args,
        WorkingDir = container.WorkingDir,
        Ports = container.Ports,
        EnvFrom = container.EnvFrom,
        Env = container.Env,
        Resources = container.Resources,
        ResizePolicy = container.ResizePolicy,
        RestartPolicy = container.RestartPolicy,
        RestartPolicyRules = container.RestartPolicyRules,
        VolumeMounts = container.VolumeMounts,
        VolumeDevices = container.VolumeDevices,
        LivenessProbe = container.LivenessProbe,
        ReadinessProbe = container.ReadinessProbe,
        StartupProbe = container.StartupProbe,
        Lifecycle = container.Lifecycle,
        TerminationMessagePath = container.TerminationMessagePath,
        TerminationMessagePolicy = container.TerminationMessagePolicy,
        ImagePullPolicy = container.ImagePullPolicy,
        SecurityContext = container.SecurityContext,
        Stdin = container.Stdin,
        StdinOnce = container.StdinOnce,
        Tty = container.Tty,
    };
}
