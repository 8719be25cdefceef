using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>Clients that watch for as long as the run lasts, each something else.</summary>
internal sealed class Watchers
{
    private readonly List<Watcher> _watchers = [];

    public Watchers(World world)
    {
        (Type Kind, string? Namespace, string? Labels)[] scopes =
        [
            (typeof(Pod), null, null),
            (typeof(Pod), "default", "touched"),
            (typeof(Pod), "shop", "app!=released"),
            (typeof(ConfigMap), null, null),
            (typeof(ConfigMap), "default", null),
            (typeof(ReplicaSet), null, "pod-template-hash"),
            (typeof(Deployment), "shop", null),
            (typeof(Node), null, null),
        ];
        for (var i = 0; i < scopes.Length; i++)
        {
            var (kind, scope, labels) = scopes[i];
            _watchers.Add(new Watcher(world, new WatchScope(i + 1, KindRegistry.Of(kind), scope, labels)));
        }
    }

    /// <summary>Watches that are open now.</summary>
    public int Open => _watchers.Count(watcher => watcher.IsOpen);

    public void Start() => _watchers.ForEach(watcher => watcher.Start());

    /// <summary>Hangs up, and watches no more.</summary>
    public void Stop() => _watchers.ForEach(watcher => watcher.Stop());
}
