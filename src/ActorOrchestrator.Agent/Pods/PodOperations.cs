using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// Carries out one action of a plan against the runtime, the files and the cluster, and says what came of it. Every
/// operation is bounded in time; no meaningful choice is left to it.
/// </summary>
public sealed class PodOperations
{
    private static readonly TimeSpan QuickTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SandboxTimeout = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan PullTimeout = TimeSpan.FromMinutes(30);

    /// <summary>What a container's stop may take beyond its grace: the runtime's own work.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(30);

    private readonly WorkerPorts _ports;
    private readonly ImageOperations _images;
    private readonly ContainerOperations _containers;
    private readonly HookOperations _hooks;

    public PodOperations(WorkerPorts ports)
    {
        _ports = ports;
        _images = new ImageOperations(ports);
        _containers = new ContainerOperations(ports);
        _hooks = new HookOperations(ports);
    }

    /// <summary>The longest that the action may take.</summary>
    public static TimeSpan TimeoutOf(PodAction action) => action switch
    {
        PodAction.RunSandbox => SandboxTimeout,
        PodAction.EnsureImage or PodAction.EnsureVolumeImage => PullTimeout,
        PodAction.RunPostStart => PullTimeout,
        PodAction.KillContainer kill => kill.Grace + StopMargin,
        PodAction.HastenKill hasten => hasten.Grace + StopMargin,
        _ => QuickTimeout,
    };

    public async Task<PodFact> RunAsync(PodAction action, Pod pod, PodState state, CancellationToken cancellation)
    {
        var podIps = state.Sandbox?.Ips ?? [];
        switch (action)
        {
            case PodAction.PrepareVolumes:
                return await VolumeOperations.PrepareAsync(_ports, pod, cancellation);
            case PodAction.RunSandbox run:
                return await RunSandboxAsync(pod, run, cancellation);
            case PodAction.MeasureStorage:
                return await MeasureAsync(pod, cancellation);
            case PodAction.EnsureImage ensure:
                return await _images.EnsureAsync(pod, ensure.Container, cancellation);
            case PodAction.EnsureVolumeImage ensure:
                return await _images.EnsureAsync(pod, ensure.Volume, cancellation);
            case PodAction.StartContainer start:
                return await _containers.StartAsync(pod, start, cancellation);
            case PodAction.ResizeContainer resize:
                return await _containers.ResizeAsync(pod, resize, cancellation);
            case PodAction.RunPostStart hook:
                return await _hooks.PostStartAsync(pod, hook, podIps, cancellation);
            case PodAction.KillContainer kill:
                return await _hooks.KillAsync(pod, kill, podIps, cancellation);
            case PodAction.SendProbe probe:
                return await _hooks.ProbeAsync(pod, probe, podIps, cancellation);
            default:
                return await EndAsync(action, pod, state, cancellation);
        }
    }

    /// <summary>What the runtime says of one container, with its last words if it has ended.</summary>
    public async Task<PodFact> LookAsync(Pod pod, string name, string id, CancellationToken cancellation) =>
        await _ports.Runtime.ContainerStatusAsync(id, cancellation) is { } status
            ? new PodFact.ContainerSeen(LastWords.Added(_ports.Files, pod, status))
            : new PodFact.ContainerLost(name, id);

    public async Task<PodFact> LookAtSandboxAsync(string id, CancellationToken cancellation) =>
        await _ports.Runtime.SandboxStatusAsync(id, cancellation) is { } status
            ? new PodFact.SandboxStarted(SandboxView.From(status))
            : new PodFact.SandboxStopped(id);

    private async Task<PodFact> MeasureAsync(Pod pod, CancellationToken cancellation)
    {
        var written = await _ports.Runtime.StatsAsync(pod.Metadata.Uid, cancellation);
        var use = _ports.Files.StorageOf(pod);
        var containers = use.Containers;
        foreach (var stats in written)
        {
            containers = containers.SetItem(
                stats.ContainerName, containers.GetValueOrDefault(stats.ContainerName) + stats.WritableLayerBytes);
        }
        return new PodFact.StorageMeasured(use with { At = _ports.Time.GetUtcNow(), Containers = containers });
    }

    private async Task<PodFact> EndAsync(PodAction action, Pod pod, PodState state, CancellationToken cancellation)
    {
        var place = PodPlace.Of(pod);
        switch (action)
        {
            case PodAction.HastenKill hasten:
                _hooks.Hasten(hasten.ContainerId);
                await _ports.Runtime.StopContainerAsync(hasten.ContainerId, hasten.Grace, cancellation);
                return new PodFact.Cancelled();
            case PodAction.StopSandbox stop:
                await _ports.Runtime.StopSandboxAsync(stop.Id, cancellation);
                GroupOperations.GiveBack(_ports, pod);
                return new PodFact.SandboxStopped(stop.Id);
            case PodAction.RemoveSandbox remove:
                await _ports.Runtime.RemoveSandboxAsync(remove.Id, cancellation);
                return new PodFact.SandboxRemoved(remove.Id);
            case PodAction.RemoveContainer remove:
                var isNewest = state.Track(remove.Name).Current?.Id == remove.ContainerId;
                return isNewest && await RunAfterAllAsync(pod, remove, cancellation) is { } ran
                    ? ran
                    : await RemoveAsync(place, remove, cancellation);
            case PodAction.TearDownVolumes:
                _ports.Files.TearDownVolumes(place.Uid);
                await ImageVolumes.RemoveAsync(_ports, pod, cancellation);
                return new PodFact.VolumesGone();
            case PodAction.ReportStopped:
                var final = state.LastStatus ?? pod.Status;
                await _ports.Cluster.ReportPodStoppedAsync(place.Namespace, place.Name, place.Uid, final, cancellation);
                return new PodFact.StoppedReported();
            case PodAction.RemoveTraces:
                _ports.Groups?.Remove(place.Uid);
                _ports.Files.RemoveTraces(place);
                _ports.Limits.Users.GiveBack(place.Uid);
                return new PodFact.TracesRemoved();
            default:
                throw new InvalidOperationException($"no way to carry out {action.GetType().Name}");
        }
    }

    /// <summary>A container that was found half made may be in the hands of a start that an earlier agent asked for:
    /// one that runs, or did, is not removed.</summary>
    private async Task<PodFact?> RunAfterAllAsync(
        Pod pod, PodAction.RemoveContainer remove, CancellationToken cancellation) =>
        await _ports.Runtime.ContainerStatusAsync(remove.ContainerId, cancellation)
            is { State: not ContainerRuntimeState.Created, NeverRan: false } status
            ? new PodFact.ContainerSeen(LastWords.Added(_ports.Files, pod, status))
            : null;

    private async Task<PodFact> RemoveAsync(
        PodPlace place, PodAction.RemoveContainer remove, CancellationToken cancellation)
    {
        // Files first: nothing would tell of them once the container is gone.
        if (remove.Attempt is { } attempt)
        {
            _ports.Files.RemoveAttempt(place, remove.Name, attempt);
        }

        await _ports.Runtime.RemoveContainerAsync(remove.ContainerId, cancellation);
        return new PodFact.ContainerRemoved(remove.Name, remove.ContainerId);
    }

    private async Task<PodFact> RunSandboxAsync(Pod pod, PodAction.RunSandbox run, CancellationToken cancellation)
    {
        using var place = await _ports.Limits.Sandboxes.EnterAsync(cancellation);
        try
        {
            if (run.Replaces is { } dead)
            {
                await _ports.Runtime.StopSandboxAsync(dead, cancellation);
            }

            var logs = _ports.Files.LogDirectory(PodPlace.Of(pod));
            var users = pod.Spec.HostUsers == false ? await FirstUserAsync(pod, cancellation) : (uint?)null;
            var config = SandboxPlan.Of(pod, run.Attempt, _ports.Environment, logs, users) with
            {
                CgroupParent = GroupOperations.Prepare(_ports, pod),
            };
            var id = await _ports.Runtime.RunSandboxAsync(config, cancellation);
            _ports.Agent.Tell(new NodeMessage.SandboxKnown(id, config.Uid));
            GroupOperations.TellIfNone(_ports, pod);
            return await _ports.Runtime.SandboxStatusAsync(id, cancellation) is { } status
                ? new PodFact.SandboxStarted(SandboxView.From(status))
                : new PodFact.SandboxFailed($"sandbox {id} vanished right after its start");
        }
        catch (ContainerRuntimeException failed)
        {
            if (await FindAsync(pod, run, cancellation) is { } leftover)
            {
                return leftover;
            }

            return SandboxFailed(pod, failed.Message);
        }
        catch (ContainerConfigException refused)
        {
            return SandboxFailed(pod, refused.Message);
        }
    }

    /// <exception cref="ContainerConfigException">The runtime gives pods no users of their own.</exception>
    private async Task<uint> FirstUserAsync(Pod pod, CancellationToken cancellation)
    {
        if (!(await _ports.Runtime.StatusAsync(cancellation)).HasUserNamespaces)
        {
            throw new ContainerConfigException(
                "can't set `spec.hostUsers: false`, runtime does not support user namespaces");
        }

        var sandboxes = await _ports.Runtime.ListSandboxesAsync(cancellation);
        return _ports.Limits.Users.Take(PodPlace.Of(pod).Uid, sandboxes);
    }

    private PodFact.SandboxFailed SandboxFailed(Pod pod, string problem)
    {
        _ports.Record(pod, new PodEvent(
            PodEvent.Warning, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {problem}"));
        return new PodFact.SandboxFailed(problem);
    }

    /// <summary>
    /// A start that was given up may have come to its end in the runtime, which then refuses the same name: what is
    /// there is taken up instead, and a dead one is replaced under the next attempt.
    /// </summary>
    private async Task<PodFact?> FindAsync(Pod pod, PodAction.RunSandbox run, CancellationToken cancellation)
    {
        var listed = await _ports.Runtime.ListSandboxesAsync(cancellation);
        var found = listed.FirstOrDefault(s => s.Uid == pod.Metadata.Uid && s.Attempt == run.Attempt);
        if (found is null || await _ports.Runtime.SandboxStatusAsync(found.Id, cancellation) is not { } status)
        {
            return null;
        }

        _ports.Agent.Tell(new NodeMessage.SandboxKnown(status.Id, status.Uid));
        return new PodFact.SandboxStarted(SandboxView.From(status));
    }
}
