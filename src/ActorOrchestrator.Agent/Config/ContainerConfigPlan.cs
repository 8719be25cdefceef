using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>A container of a pod in the runtime's terms, from everything that was looked up for it.</summary>
public static class ContainerConfigPlan
{
    /// <exception cref="ContainerConfigException">The spec asks for what cannot be given.</exception>
    public static ContainerConfig Of(
        EnvironmentScope scope, Container container, uint attempt, ImageInfo image,
        IReadOnlyList<KeyValuePair<string, string>> environment, IReadOnlyList<MountConfig> mounts)
    {
        var pod = scope.Pod;
        if (container.VolumeDevices.Count > 0)
        {
            throw new ContainerConfigException("volumeDevices are not supported: this node has no block volumes");
        }

        var values = environment.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        return new ContainerConfig
        {
            Name = container.Name,
            Attempt = attempt,
            Image = image.Id,
            Command = Expanded(container.Command, values),
            Args = Expanded(container.Args, values),
            WorkingDirectory = string.IsNullOrEmpty(container.WorkingDir) ? null : container.WorkingDir,
            Environment = environment,
            Mounts = mounts,
            Labels = Labels(pod, container),
            Annotations = new Dictionary<string, string>
            {
                [RuntimeLabels.ContainerHash] = ContainerHash.Of(container),
                ["io.kubernetes.container.restartCount"] = $"{attempt}",
                ["io.kubernetes.container.terminationMessagePath"] = MessagePath(container),
                ["io.kubernetes.container.terminationMessagePolicy"] = container.TerminationMessagePolicy ?? "File",
            },
            LogPath = $"{container.Name}/{attempt}.log",
            Stdin = container.Stdin,
            StdinOnce = container.StdinOnce,
            Tty = container.Tty,
            Pid = SandboxPlan.PidMode(pod),
            StopSignal = container.Lifecycle?.StopSignal,
            Resources = CgroupResources.Of(pod, container, scope.Node),
            Security = SecurityPlan.Of(pod, container, image),
        };
    }

    public static string MessagePath(Container container) =>
        string.IsNullOrEmpty(container.TerminationMessagePath)
            ? "/dev/termination-log"
            : container.TerminationMessagePath;

    private static List<string> Expanded(IEnumerable<string> words, Dictionary<string, string> values) =>
        words.Select(word => Expansion.Expand(word, name => values.GetValueOrDefault(name))).ToList();

    private static Dictionary<string, string> Labels(Pod pod, Container container) => new()
    {
        [RuntimeLabels.PodName] = pod.Metadata.Name ?? "",
        [RuntimeLabels.PodNamespace] = pod.Metadata.Namespace ?? "",
        [RuntimeLabels.PodUid] = pod.Metadata.Uid ?? "",
        [RuntimeLabels.ContainerName] = container.Name,
    };
}
