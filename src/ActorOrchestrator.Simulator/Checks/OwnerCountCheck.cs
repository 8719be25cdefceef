using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>What owners show of their pods is so: when nothing has changed of either for a while, and nothing was
/// wrong with the control plane, a status counts the pods that there are, and those that are ready. Reports get lost;
/// somebody has to notice.</summary>
internal sealed class OwnerCountCheck() : PeriodicCheck(TimeSpan.FromSeconds(15))
{
    /// <summary>A lost report is noticed within half a minute, and asked for again at growing intervals.</summary>
    private static readonly TimeSpan NoticedWithin = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, (string Words, DateTimeOffset Since)> _wrong = new(StringComparer.Ordinal);

    public override string Guarantee => "reports";

    protected override void Look()
    {
        var pods = World.Truth.All<Pod>().Where(IsActive).ToLookup(pod => OwnerOf(pod) ?? "", StringComparer.Ordinal);
        foreach (var owner in World.Truth.Objects.Values.Where(owner => owner.Metadata.DeletionTimestamp is null))
        {
            var uid = owner.Metadata.Uid!;
            if (Shown(owner) is not { } shown || shown == Counted(owner, pods[uid]))
            {
                _wrong.Remove(uid);
                continue;
            }

            var words = $"{EntityKey.Of(owner)} at {owner.Metadata.ResourceVersion} shows {shown}, and has "
                + $"{Counted(owner, pods[uid])}: "
                + string.Join(", ", pods[uid].Select(pod => $"{pod.Metadata.Name} at {pod.Metadata.ResourceVersion}"));
            if (!_wrong.TryGetValue(uid, out var known) || known.Words != words)
            {
                _wrong[uid] = (words, World.Loop.Now);
            }
            else if (known.Since + NoticedWithin < World.Loop.Now
                && World.Calm.ControlTroubledAt + NoticedWithin < World.Loop.Now)
            {
                Violate($"{words}; so since {known.Since:HH:mm:ss}");
            }
        }
    }

    /// <summary>Pods, and ready ones; null of what has none.</summary>
    private static (int All, int Ready)? Shown(KubeObject owner) => owner switch
    {
        ReplicaSet { Status: var status } => (status.Replicas, status.ReadyReplicas),
        StatefulSet { Status: var status } => (status.ReadyReplicas, status.ReadyReplicas),
        Job { Status: var status } job when !Describe.IsDecided(job) => (status.Active, status.Ready ?? 0),
        _ => null,
    };

    /// <summary>A StatefulSet shows those that go, too, so of it only the ready ones are compared.</summary>
    private static (int All, int Ready) Counted(KubeObject owner, IEnumerable<Pod> pods)
    {
        var (all, ready) = (pods.Count(), pods.Count(Describe.IsReady));
        return owner is StatefulSet ? (ready, ready) : (all, ready);
    }

    private static bool IsActive(Pod pod) => pod.Metadata.DeletionTimestamp is null && !Describe.IsOver(pod);

    private static string? OwnerOf(Pod pod) =>
        pod.Metadata.OwnerReferences.FirstOrDefault(owner => owner.Controller == true)?.Uid;
}
