using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Creates and starts the next incarnation of a container.</summary>
internal sealed class ContainerOperations(WorkerPorts ports)
{
    private const string MasterService = "kubernetes";
    private const string MasterNamespace = "default";

    public async Task<PodFact> StartAsync(Pod pod, PodAction.StartContainer start, CancellationToken cancellation)
    {
        ContainerConfig config;
        SandboxConfig sandbox;
        try
        {
            config = await ConfigureAsync(pod, start, cancellation);
            sandbox = SandboxPlan.Of(
                pod, start.Sandbox.Attempt, ports.Environment, ports.Files.LogDirectory(PodPlace.Of(pod)),
                start.Sandbox.FirstUser) with
            {
                CgroupParent = GroupOperations.Prepare(ports, pod),
            };
        }
        catch (Exception refused) when (refused is ContainerRuntimeException or VolumeException { IsOfImage: true })
        {
            return Failed(pod, start, WaitingReasons.CreateContainerError, refused.Message, null);
        }
        catch (Exception refused) when (refused is ContainerConfigException or VolumeException)
        {
            return Failed(pod, start, WaitingReasons.CreateContainerConfigError, refused.Message, null);
        }

        string id;
        try
        {
            id = await ports.Runtime.CreateContainerAsync(start.Sandbox.Id, config, sandbox, cancellation);
        }
        catch (ContainerRuntimeException refused)
        {
            var left = await LeftoverAsync(pod, start, cancellation);
            return Failed(pod, start, WaitingReasons.CreateContainerError, refused.Message, left);
        }

        Record(pod, start, "Created", $"Created container: {start.Container.Name}");
        return await StartAsync(pod, start, id, cancellation);
    }

    public async Task<PodFact> ResizeAsync(
        Pod pod, PodAction.ResizeContainer resize, CancellationToken cancellation)
    {
        var spec = resize.Container.Spec;
        await ports.Runtime.UpdateResourcesAsync(
            resize.ContainerId, CgroupResources.Of(pod, spec, ports.Environment.Resources), cancellation);
        return new PodFact.ContainerResized(spec.Name, resize.ContainerId, spec.Resources);
    }

    private async Task<PodFact> StartAsync(
        Pod pod, PodAction.StartContainer start, string id, CancellationToken cancellation)
    {
        try
        {
            await ports.Runtime.StartContainerAsync(id, cancellation);
        }
        catch (ContainerRuntimeException refused)
        {
            var left = await ports.Runtime.ContainerStatusAsync(id, cancellation);
            return Failed(pod, start, WaitingReasons.RunContainerError, refused.Message, left);
        }

        Record(pod, start, "Started", $"Started container {start.Container.Name}");
        if (start.Attempt > 0)
        {
            ports.Instruments.ContainerRestarted();
        }

        return await ports.Runtime.ContainerStatusAsync(id, cancellation) is { } status
            ? new PodFact.ContainerStarted(LastWords.Added(ports.Files, pod, status))
            : new PodFact.Abandoned($"container {start.Container.Name} vanished right after its start");
    }

    /// <summary>An attempt that was given up may be there after all; the next one then takes the next number. The list
    /// does not tell how it ended, so that is asked for: a failure must not pass for a success.</summary>
    private async Task<ContainerRuntimeStatus?> LeftoverAsync(
        Pod pod, PodAction.StartContainer start, CancellationToken cancellation)
    {
        var listed = await ports.Runtime.ListContainersAsync(cancellation);
        var left = listed.FirstOrDefault(c => c.Name == start.Container.Name && c.Attempt == start.Attempt
            && c.Labels.GetValueOrDefault(RuntimeLabels.PodUid) == pod.Metadata.Uid);
        return left is not null && await ports.Runtime.ContainerStatusAsync(left.Id, cancellation) is { } status
            ? PodFacts.Unheard(LastWords.Added(ports.Files, pod, status))
            : null;
    }

    private async Task<ContainerConfig> ConfigureAsync(
        Pod pod, PodAction.StartContainer start, CancellationToken cancellation)
    {
        var spec = start.Container.Spec;
        var configuration = await PodConfiguration.ReadAsync(
            ports.Cluster, pod, PodReferences.OfEnvironment(spec), cancellation);
        var podIps = pod.Spec.HostNetwork ? ports.Node.HostIps : start.Sandbox.Ips;
        var scope = new EnvironmentScope(
            pod, configuration, await ServicesAsync(pod, cancellation), podIps, ports.Node.HostIps,
            ports.Environment.Resources);
        var environment = ContainerEnvironment.Of(spec, scope);
        var values = environment.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        var mounts = ports.Files.Mounts(new ContainerMounts(
            pod, spec, start.Attempt, podIps, name => values.GetValueOrDefault(name))
        {
            Images = await ImageVolumes.MountAsync(ports, pod, start.VolumeImages, cancellation),
        });
        return ContainerConfigPlan.Of(scope, spec, start.Attempt, start.Image, environment, mounts) with
        {
            PidTarget = TargetOf(pod, start),
        };
    }

    /// <summary>Where processes see each other anyway, a target changes nothing.</summary>
    private static string? TargetOf(Pod pod, PodAction.StartContainer start)
    {
        if (start.Container.Target is { } name && start.TargetId is null)
        {
            throw new ContainerConfigException($"unable to find target container {name}");
        }

        return SandboxPlan.PidMode(pod) == NamespaceMode.Container ? start.TargetId : null;
    }

    /// <summary>The namespace's services, unless the pod wants none; the API server's own always.</summary>
    private async ValueTask<IReadOnlyList<Service>> ServicesAsync(Pod pod, CancellationToken cancellation)
    {
        var services = new List<Service>();
        if (pod.Spec.EnableServiceLinks ?? true)
        {
            services.AddRange(await ports.Cluster.ListAsync<Service>(pod.Metadata.Namespace ?? "", cancellation));
        }

        var hasMaster = services.Any(s => s.Metadata is { Name: MasterService, Namespace: MasterNamespace });
        if (!hasMaster && await ports.Cluster.GetAsync<Service>(
            MasterNamespace, MasterService, cancellation) is { } master)
        {
            services.Add(master);
        }
        return services;
    }

    private PodFact.StartFailed Failed(
        Pod pod, PodAction.StartContainer start, string reason, string message, ContainerRuntimeStatus? left)
    {
        ports.Record(pod, new PodEvent(PodEvent.Warning, "Failed", $"Error: {message}", start.Container));
        return new PodFact.StartFailed(start.Container.Name, reason, message, left);
    }

    private void Record(Pod pod, PodAction.StartContainer start, string reason, string message) =>
        ports.Record(pod, new PodEvent(PodEvent.Normal, reason, message, start.Container));
}
