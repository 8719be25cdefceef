using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.StatefulSets;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.StatefulSets;

/// <summary>A StatefulSet in a world, and what became of its pods.</summary>
internal sealed class StatefulStage
{
    private static readonly EntityKey Key = StatefulSetBuilder.Key;

    public StatefulStage(int seed)
    {
        World = new World(seed, new Unkindness());
        World.Committed += (key, before, @event) =>
        {
            if (key.Resource == "pods" && @event is ObjectCreated)
            {
                Made.Add(key.Name);
            }
            else if (key.Resource == "pods" && @event is ObjectDeleted)
            {
                Removed.Add(key.Name);
            }
        };
    }

    public World World { get; }

    /// <summary>The pods that were made, and that are gone, in order.</summary>
    public List<string> Made { get; } = [];

    public List<string> Removed { get; } = [];

    public StatefulSet Set => World.Find<StatefulSet>(Key)!;

    public List<Pod> Pods => [.. World.All<Pod>().Where(pod => Ordinal(pod) is not null).OrderBy(Ordinal)];

    public string Images => string.Join(' ', Pods.Select(pod => pod.Spec.Containers[0].Image));

    public List<ControllerRevision> Revisions =>
        [.. World.All<ControllerRevision>().OrderBy(revision => revision.Revision)];

    public bool IsAtRest => !World.Restless().Contains(Key.ToString());

    public (string? Reason, string? Message)? Waiting =>
        Set.Status.Conditions.FirstOrDefault(condition => condition.Type == "Waiting") is { } condition
            ? (condition.Reason, condition.Message)
            : null;

    public PersistentVolumeClaim? Claim(string name) =>
        World.Find<PersistentVolumeClaim>(new EntityKey("persistentvolumeclaims", Key.Namespace, name));

    public int Told(string text) =>
        World.RecordedEvents.Count(told => told.StartsWith(text, StringComparison.Ordinal));

    public void Apply(StatefulSet set)
    {
        Assert.IsType<Reply.Accepted>(World.Ask(Key, new Create(set)));
        World.RunUntilQuiet();
    }

    public void Replace(Func<StatefulSet, StatefulSet> change)
    {
        Assert.IsType<Reply.Accepted>(World.Ask(Key, new Replace(change(Set))));
        World.RunUntilQuiet();
    }

    public void Delete(string pod)
    {
        World.Ask(new EntityKey("pods", Key.Namespace, pod), Domain.Delete.Background);
        World.RunUntilQuiet();
    }

    /// <summary>Deletes the set and leaves its children, as <c>--cascade=orphan</c> does.</summary>
    public void Orphan()
    {
        foreach (var child in Pods.Concat<KubeObject>(Revisions).Concat(World.All<PersistentVolumeClaim>()).ToList())
        {
            World.Ask(EntityKey.Of(child), new Release(child.Metadata.Uid!, Set.Metadata.Uid!));
        }

        World.Ask(Key, Domain.Delete.Exactly(Set.Metadata.Uid!));
        World.LoseAllMessages();
    }

    private static int? Ordinal(Pod pod) => StatefulPodFromTemplate.OrdinalOf(Key.Name, pod.Metadata.Name!);
}
