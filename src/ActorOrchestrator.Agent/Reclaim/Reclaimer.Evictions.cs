using System.Collections.Immutable;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>The relief of a machine that has passed a threshold: its disk first, then its pods one by one.</summary>
internal sealed partial class Reclaimer
{
    /// <summary>So long an evicted pod is waited for before the next goes; kubelet's time for its clean-up.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _cleared = new(StringComparer.Ordinal);
    private Pressure _pressure = Pressure.None;
    private ImmutableHashSet<Threshold> _announced = [];
    private Breach? _relief;
    private (string Uid, DateTimeOffset At)? _evicted;

    /// <summary>Looks at the machine, and tells the agent when its conditions are others.</summary>
    /// <returns>What is to be dealt with; null: nothing.</returns>
    private Breach? Look()
    {
        var before = _pressure.Conditions;
        _pressure = _pressure.Observed(Levels(), _settings.Eviction, Now);
        if (!before.SequenceEqual(_pressure.Conditions))
        {
            Context.Parent.Tell(new NodeMessage.Pressed(_pressure.Conditions));
        }

        _announced = _announced.Intersect(_pressure.Breaches.Keys);
        return _pressure.Due(_settings.Eviction, Now);
    }

    private Levels Levels() => Reclaim.Levels.Of(_ports.Machine.Load(), ImageDisk());

    private void Begin(Breach breach)
    {
        _relief = breach;
        if (!_announced.Contains(breach.Threshold))
        {
            _announced = _announced.Add(breach.Threshold);
            Warn("EvictionThresholdMet", $"Attempting to reclaim {breach.Threshold.Signal.ResourceOf()}");
        }

        // On a disk of their own, images are not what fills the other one.
        var signal = breach.Threshold.Signal;
        if (_imageDirectory is not null && signal.IsDisk() && (signal.IsOfImages() || !Levels().HasImageDisk))
        {
            Collect(ImageCollection.OfAll);
        }
        else
        {
            AskForPods();
        }
    }

    private void Relieve(Breach breach, IReadOnlyList<Pod> pods)
    {
        var threshold = breach.Threshold;
        if (threshold.Signal.IsDisk())
        {
            var isCleared = Clear(pods);
            if (isCleared || Look() is null || !_pressure.Breaches.ContainsKey(threshold))
            {
                Sleep();
                return;
            }
        }

        var active = pods.Where(pod => !PodPhases.IsTerminal(pod.Status.Phase)).ToList();
        var isGoing = _evicted is { } evicted && Now - evicted.At < EndsWithin
            && active.Exists(pod => pod.Metadata.Uid == evicted.Uid);
        if (isGoing)
        {
            Sleep();
            return;
        }

        Attempt(async () => new ReclaimMessage.Measured(await MeasureAsync(threshold.Signal, active)));
    }

    /// <summary>Lets go what is left of pods that have ended: containers with what they wrote, and logs.</summary>
    /// <returns>Whether something is, so that it is not known yet what that frees.</returns>
    private bool Clear(IReadOnlyList<Pod> pods)
    {
        _cleared.IntersectWith(pods.Select(pod => pod.Metadata.Uid ?? ""));
        var isCleared = false;
        foreach (var pod in pods.Where(pod => PodPhases.IsTerminal(pod.Status.Phase)))
        {
            if (_cleared.Add(pod.Metadata.Uid ?? ""))
            {
                isCleared = true;
                Context.Parent.Tell(new NodeMessage.ForPod(pod.Metadata.Uid ?? "", new PodMessage.MakeRoom()));
            }
        }

        return isCleared;
    }

    private async Task<IReadOnlyList<PodUsage>> MeasureAsync(Signal signal, IReadOnlyList<Pod> pods)
    {
        var stats = await _ports.Runtime.StatsAsync(null, _stop);
        var processes = signal == Signal.PidAvailable
            ? _ports.Machine.ProcessesOf([.. stats.Select(each => each.ContainerId)])
            : ImmutableDictionary<string, long>.Empty;
        var byPod = stats.ToLookup(each => each.PodUid);
        return [.. pods.Select(pod => UsageOf(signal, pod, byPod[pod.Metadata.Uid ?? ""], processes))];
    }

    private PodUsage UsageOf(
        Signal signal, Pod pod, IEnumerable<ContainerStats> stats, IReadOnlyDictionary<string, long> processes)
    {
        var own = stats.GroupBy(each => each.ContainerName, StringComparer.Ordinal).ToDictionary(
            each => each.Key, each => each.Sum(container => signal switch
            {
                Signal.MemoryAvailable => container.MemoryWorkingSetBytes,
                Signal.PidAvailable => processes.GetValueOrDefault(container.ContainerId),
                _ => container.WritableLayerBytes,
            }),
            StringComparer.Ordinal);
        if (!signal.IsDisk())
        {
            return new PodUsage(pod, own, own.Values.Sum());
        }

        var files = _ports.Files.StorageOf(pod);
        foreach (var (container, bytes) in files.Containers)
        {
            own[container] = own.GetValueOrDefault(container) + bytes;
        }

        return new PodUsage(pod, own, own.Values.Sum() + files.Volumes.Values.Sum() + files.OtherBytes);
    }

    private void EvictOne(Breach breach, IReadOnlyList<PodUsage> usages)
    {
        var threshold = breach.Threshold;
        // What it has come to since, which is what the pod is told.
        var present = _pressure.Breaches.GetValueOrDefault(threshold) ?? breach;
        if (EvictionRank.First(usages, threshold.Signal) is not { } first)
        {
            LogNobody(_ports.Log, threshold.Signal.ResourceOf());
            Sleep();
            return;
        }

        var (metadata, message) = (first.Pod.Metadata, EvictionRank.MessageOf(first, present));
        var graceMax = threshold.IsHard ? TimeSpan.Zero : _settings.Eviction.SoftPodGraceMax;
        LogEvicted(_ports.Log, $"{metadata.Namespace}/{metadata.Name}", message);
        _evicted = (metadata.Uid ?? "", Now);
        Context.Parent.Tell(new NodeMessage.ForPod(
            metadata.Uid ?? "",
            new PodMessage.Evicted(new PodEviction(PodEviction.Evicted, message, graceMax))));
        Sleep();
    }
}
