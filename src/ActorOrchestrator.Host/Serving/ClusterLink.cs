using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Host.Serving;

/// <summary>The agent's link to a control plane in the same process.</summary>
internal sealed class ClusterLink(ControlPlane plane) : IClusterLink
{
    private const int LooksBetweenWords = 10;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(50);
    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    public async IAsyncEnumerable<Assignment> AssignmentsAsync(
        string nodeName, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var subscription = plane.Assignments.Subscribe(nodeName);
        await foreach (var assignment in subscription.Assignments.ReadAllAsync(cancellation))
        {
            yield return assignment;
        }
    }

    public Task RegisterNodeAsync(Node node, CancellationToken cancellation)
    {
        plane.Tell(EntityKey.Of(node), new RegisterNode(node) { Member = plane.Member });
        return Task.CompletedTask;
    }

    public ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation)
    {
        plane.Tell(EntityKey.Of(Nodes, null, nodeName), new NodeHeartbeat(status) { Member = plane.Member });
        return ValueTask.CompletedTask;
    }

    public async ValueTask<long> RenewLeaseAsync(
        string nodeName, TimeSpan term, CancellationToken cancellation) =>
        await plane.SendAsync(
            EntityKey.Of(Nodes, null, nodeName), new RenewNodeLease((int)term.TotalSeconds), cancellation) switch
        {
            Reply.Accepted { Object: Node node } => RenewNodeLease.TimesFenced(node),
            Reply.Rejected refused => throw new IOException(refused.Status.Message),
            _ => throw new IOException("the lease was not renewed"),
        };

    /// <summary>Tells the other members, if there are any, that the agent ends in good order, until the Node shows it
    /// or it takes too long.</summary>
    public async Task StopAsync(string nodeName, TimeProvider time, CancellationToken giveUp)
    {
        for (var told = 0; !plane.IsAlone && plane.Member is { } member && !giveUp.IsCancellationRequested; told++)
        {
            if (plane.View.Get(Nodes, null, nodeName) is not Node node || NodeMembers.Expected(node) is null)
            {
                return;
            }

            if (told % LooksBetweenWords == 0)
            {
                plane.Tell(EntityKey.Of(node), new NodeStopping(member));
            }

            await Task.Delay(LookPause, time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation)
    {
        plane.Tell(EntityKey.Of(Pods, @namespace, name), new PodStatusReported(uid, status));
        return ValueTask.CompletedTask;
    }

    public ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation)
    {
        plane.Tell(EntityKey.Of(Pods, @namespace, name), new PodStopped(uid, finalStatus));
        return ValueTask.CompletedTask;
    }

    public async ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        await plane.SendAsync(to, command, cancellation) is Reply.Rejected refused ? refused.Status : null;

    public ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation)
        where T : KubeObject =>
        ValueTask.FromResult((T?)plane.View.Get(KindRegistry.Of<T>(), @namespace, name));

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation)
        where T : KubeObject => ValueTask.FromResult<IReadOnlyList<T>>(
            [.. plane.View.List(KindRegistry.Of<T>(), @namespace).Objects.Cast<T>()]);

    public async IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var merged = Channel.CreateUnbounded<KubeObject>(new UnboundedChannelOptions { SingleReader = true });
        Task[] pumps =
        [
            PumpAsync(KindRegistry.Of<ConfigMap>(), merged.Writer, cancellation),
            PumpAsync(KindRegistry.Of<Secret>(), merged.Writer, cancellation),
        ];
        await foreach (var changed in merged.Reader.ReadAllAsync(cancellation))
        {
            yield return changed;
        }

        await Task.WhenAll(pumps);
    }

    public IAsyncEnumerable<NodesSeen> NodesAsync(CancellationToken cancellation) => FollowAsync<NodesSeen>(
        Nodes, all => [new NodesSeen.All([.. all.Objects.Cast<Node>()])],
        change => change.New is Node node
            ? new NodesSeen.Changed(node)
            : new NodesSeen.Gone(change.Old!.Metadata.Name!), cancellation);

    public void RecordEvent(ObjectReference involved, string type, string reason, string message, string component) =>
        plane.Events.Record(involved, type, reason, message, component);

    /// <summary>What there is of a kind, and what changes; one that falls behind is told anew what there is.</summary>
    private async IAsyncEnumerable<T> FollowAsync<T>(
        ResourceKind kind, Func<ObjectSnapshot, IEnumerable<T>> ofAll, Func<WatchRecord, T> ofChange,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var (snapshot, changes) = plane.View.ListAndWatch(kind, null);
            using (changes)
            {
                foreach (var told in ofAll(snapshot))
                {
                    yield return told;
                }

                while (await MoreAsync(changes.Changes, cancellation))
                {
                    while (changes.Changes.TryRead(out var change))
                    {
                        yield return ofChange(change);
                    }
                }
            }
        }
    }

    private static async Task<bool> MoreAsync<T>(ChannelReader<T> changes, CancellationToken cancellation)
    {
        try
        {
            return await changes.WaitToReadAsync(cancellation);
        }
        catch (WatchOverrunException)
        {
            return false;
        }
    }

    private async Task PumpAsync(ResourceKind kind, ChannelWriter<KubeObject> into, CancellationToken cancellation)
    {
        try
        {
            await foreach (var seen in FollowAsync(
                kind, all => all.Objects, change => (change.New ?? change.Old)!, cancellation))
            {
                into.TryWrite(seen);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more.
        }
    }
}
