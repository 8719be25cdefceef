using System.Collections.Concurrent;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Host.Remote;

/// <summary>The pods that are bound to this machine, each with the status that its agent reported last, which the
/// control plane may not have yet.</summary>
internal sealed class OwnPods
{
    private readonly ConcurrentDictionary<string, Pod> _byUid = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PodStatus> _reported = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Pod> All => [.. _byUid.Values];

    public Pod? Of(string uid) => _byUid.GetValueOrDefault(uid);

    public Pod? Find(string? @namespace, string name)
    {
        var pod = _byUid.Values.FirstOrDefault(one =>
            one.Metadata.Namespace == @namespace && one.Metadata.Name == name);
        return pod is not null && _reported.TryGetValue(StaticPods.UidOnNode(pod)!, out var status)
            ? pod with { Status = status }
            : pod;
    }

    public void Put(Pod pod) => _byUid[pod.Metadata.Uid!] = pod;

    public void Remove(Pod pod)
    {
        _byUid.TryRemove(pod.Metadata.Uid!, out _);
        _reported.TryRemove(StaticPods.UidOnNode(pod)!, out _);
    }

    /// <summary>Of pods that are bound here, or shown by mirrors that are; others have no say.</summary>
    public void Reported(string uid, PodStatus status)
    {
        if (_byUid.Values.Any(pod => StaticPods.UidOnNode(pod) == uid))
        {
            _reported[uid] = status;
        }
    }
}
