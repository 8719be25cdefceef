using System.Collections.Immutable;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// The disk of one machine: which pods have volumes, a directory or logs on it. It outlives every agent and every loss
/// of power; a checker asks it what was left behind.
/// </summary>
public sealed class SimulatedFiles : IPodFiles
{
    private readonly SortedDictionary<string, SortedDictionary<string, VolumeWork>> _volumes =
        new(StringComparer.Ordinal);

    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, PodPlace> _logs = new(StringComparer.Ordinal);
    private readonly Dice _dice;
    private readonly Func<RuntimeWeather> _weather;

    /// <param name="runtime">The machine's runtime, which writes the logs.</param>
    /// <param name="dice">Draws what fails.</param>
    /// <param name="weather">Says how much fails.</param>
    public SimulatedFiles(SimulatedRuntime runtime, Dice dice, Func<RuntimeWeather> weather)
    {
        (_dice, _weather) = (dice, weather);
        runtime.Changed += change =>
        {
            if (change.Kind is ContainerChangeKind.SandboxStarted or ContainerChangeKind.Created)
            {
                _logs[change.PodUid] = new PodPlace(change.PodNamespace, change.PodName, change.PodUid);
            }
        };
    }

    /// <summary>Faults by kind, for the count.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    /// <summary>Pods (uids) that have volumes here.</summary>
    public IReadOnlyCollection<string> PodsWithVolumes => _volumes.Keys;

    /// <summary>A pod's volumes by name, as they were last prepared.</summary>
    public IReadOnlyDictionary<string, VolumeWork> VolumesOf(string uid) =>
        _volumes.TryGetValue(uid, out var volumes) ? volumes : new Dictionary<string, VolumeWork>();

    public string LogDirectory(PodPlace place) => $"/var/log/pods/{place.Namespace}_{place.Name}_{place.Uid}";

    public void Prepare(PodPlace place, VolumeWork work, long? fsGroup)
    {
        if (Fails("volume not prepared"))
        {
            throw new VolumeException($"MountVolume.SetUp failed for volume \"{work.Name}\": input/output error");
        }

        _directories.Add(place.Uid);
        if (!_volumes.TryGetValue(place.Uid, out var volumes))
        {
            _volumes[place.Uid] = volumes = new SortedDictionary<string, VolumeWork>(StringComparer.Ordinal);
        }

        volumes[work.Name] = work;
    }

    /// <summary>Simulated containers write nothing.</summary>
    public StorageUse StorageOf(Pod pod) => new(
        DateTimeOffset.UnixEpoch, ImmutableSortedDictionary<string, long>.Empty,
        ImmutableSortedDictionary<string, long>.Empty, 0);

    public IReadOnlyList<MountConfig> Mounts(ContainerMounts wanted)
    {
        if (Fails("mount failed"))
        {
            throw new VolumeException($"failed to mount for container \"{wanted.Container.Name}\": input/output error");
        }

        var place = PodPlace.Of(wanted.Pod);
        _directories.Add(place.Uid);
        var messages = new MountConfig(
            ContainerConfigPlan.MessagePath(wanted.Container),
            $"/pods/{place.Uid}/containers/{wanted.Container.Name}/{wanted.Attempt}", ReadOnly: false);
        return [.. wanted.Container.VolumeMounts.Select(m => MountOf(wanted.Pod, m, place)), messages];
    }

    /// <summary>The simulated programs write no last words, but a log.</summary>
    public string TerminationMessage(PodPlace place, Container container, ContainerRuntimeStatus status) =>
        status.ExitCode != 0 && container.TerminationMessagePolicy == "FallbackToLogsOnError"
            ? $"exiting with {status.ExitCode}\n"
            : "";

    public void TearDownVolumes(string uid)
    {
        if (Fails("volumes not torn down"))
        {
            throw new IOException($"device or resource busy: the volumes of pod {uid}");
        }

        _volumes.Remove(uid);
    }

    /// <summary>Attempts have no files of their own here.</summary>
    public void RemoveAttempt(PodPlace place, string container, uint attempt)
    {
    }

    public void RemoveTraces(PodPlace place)
    {
        if (Fails("traces not removed"))
        {
            throw new IOException($"device or resource busy: the directory of pod {place.Uid}");
        }

        _volumes.Remove(place.Uid);
        _directories.Remove(place.Uid);
        _logs.Remove(place.Uid);
    }

    public IReadOnlyList<PodPlace> Known()
    {
        var places = _directories.ToDictionary(uid => uid, uid => new PodPlace("", "", uid), StringComparer.Ordinal);
        foreach (var (uid, place) in _logs)
        {
            places[uid] = place;
        }

        return [.. places.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value)];
    }

    private static MountConfig MountOf(Pod pod, VolumeMount mount, PodPlace place)
    {
        var volume = pod.Spec.Volumes.FirstOrDefault(v => v.Name == mount.Name)
            ?? throw new VolumeException($"no volume \"{mount.Name}\" for mount {mount.MountPath}");
        var path = volume.HostPath?.Path ?? $"/pods/{place.Uid}/volumes/{volume.Name}";
        return new MountConfig(mount.MountPath, path, mount.ReadOnly);
    }

    private bool Fails(string kind)
    {
        if (!_dice.Chance(_weather().FilesFailChance))
        {
            return false;
        }

        OnFault(kind);
        return true;
    }
}
