using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Server;

/// <summary>The pods of one machine as a cluster that has nothing else and takes no commands.</summary>
/// <param name="find">A pod by namespace and name.</param>
internal sealed class MachinePods(Func<string?, string, Pod?> find) : ICluster, IClusterView
{
    public IClusterView View => this;

    public long Sequence => 0;

    public long OldestWatchable => 0;

    public KubeObject? Get(ResourceKind kind, string? @namespace, string name) =>
        kind.ClrType == typeof(Pod) ? find(@namespace, name) : null;

    public ObjectSnapshot List(ResourceKind kind, string? @namespace) => new([], Sequence);

    public IWatchSubscription? Watch(ResourceKind kind, string? @namespace, long afterSequence) => null;

    public (ObjectSnapshot Snapshot, IWatchSubscription Changes) ListAndWatch(
        ResourceKind kind, string? @namespace) => throw Nothing();

    public int WatchersOf(ResourceKind kind) => 0;

    public ValueTask<Reply> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        throw Nothing();

    public Task WaitForAsync(long sequence, CancellationToken cancellation) => Task.CompletedTask;

    private static NotSupportedException Nothing() => new("a machine that only runs pods keeps no objects");
}
