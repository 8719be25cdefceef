using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>An agent's link to the control plane across the simulated network: reports are calls that may be lost or
/// doubled, assignments and configuration are streams that break.</summary>
/// <param name="network">What the calls go over.</param>
/// <param name="agent">The agent's process.</param>
/// <param name="members">Who is asked.</param>
/// <param name="isMembers">Whether the agent is on a member, which its words name then.</param>
internal sealed class AgentLink(
    SimulatedNetwork network, SimulatedProcess agent, MemberChoice members, bool isMembers) : IClusterLink
{
    /// <summary>How long the agent waits for an answer before it takes the call for lost.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    private NodeStatus? _said;

    private string? Member => isMembers ? agent.Name : null;

    public async IAsyncEnumerable<Assignment> AssignmentsAsync(
        string nodeName, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = await OpenAsync<Assignment>(
            (plane, into) => ServeAssignmentsAsync(plane, nodeName, into), cancellation);
        while (await stream.Arrived.WaitToReadAsync(cancellation))
        {
            while (stream.Arrived.TryRead(out var assignment))
            {
                yield return assignment;
            }
        }
    }

    public Task RegisterNodeAsync(Node node, CancellationToken cancellation) =>
        TellAsync(EntityKey.Of(node), new RegisterNode(node) { Member = Member }, cancellation);

    public ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation)
    {
        _said = status;
        return new(TellAsync(
            EntityKey.Of(Nodes, null, nodeName), new NodeHeartbeat(status) { Member = Member }, cancellation));
    }

    public async ValueTask<long> RenewLeaseAsync(
        string nodeName, TimeSpan term, CancellationToken cancellation) =>
        await CallAsync(
            async plane => await plane.SendAsync(
                EntityKey.Of(Nodes, null, nodeName), new RenewNodeLease((int)term.TotalSeconds),
                CancellationToken.None) switch
            {
                Reply.Accepted { Object: Node node } => NodeFences.CountOf(node),
                _ => throw new IOException("the lease was not renewed"),
            },
            cancellation);

    /// <summary>The agent ends in good order, and says so; it may not be heard.</summary>
    public Task StopAsync(string nodeName, CancellationToken cancellation) =>
        (Member, _said) switch
        {
            ({ } member, _) =>
                TellAsync(EntityKey.Of(Nodes, null, nodeName), new NodeStopping(member), cancellation),
            (_, { } said) => TellAsync(
                EntityKey.Of(Nodes, null, nodeName),
                new NodeHeartbeat(NodeMembers.Stopped(said, agent.Clock.GetUtcNow())), cancellation),
            _ => Task.CompletedTask,
        };

    public ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation) =>
        new(TellAsync(EntityKey.Of(Pods, @namespace, name), new PodStatusReported(uid, status), cancellation));

    public ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation) =>
        new(TellAsync(EntityKey.Of(Pods, @namespace, name), new PodStopped(uid, finalStatus), cancellation));

    public async ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        await CallAsync(
            async plane => await plane.SendAsync(to, command, cancellation) is Reply.Rejected refused
                ? refused.Status
                : null,
            cancellation);

    public async ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation)
        where T : KubeObject =>
        await AskAsync(plane => (T?)plane.View.Get(KindRegistry.Of<T>(), @namespace, name), cancellation);

    /// <summary>What the agent has cached; the simulation keeps no second copy of it.</summary>
    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation)
        where T : KubeObject =>
        members.Member?.Plane is { } plane
            ? ValueTask.FromResult<IReadOnlyList<T>>(
                [.. plane.View.List(KindRegistry.Of<T>(), @namespace).Objects.Cast<T>()])
            : throw new IOException("connection refused");

    public async IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = await OpenAsync<KubeObject>(static (plane, into) => Task.WhenAll(
            ServeChangesAsync(plane, KindRegistry.Of<ConfigMap>(), into),
            ServeChangesAsync(plane, KindRegistry.Of<Secret>(), into)), cancellation);
        while (await stream.Arrived.WaitToReadAsync(cancellation))
        {
            while (stream.Arrived.TryRead(out var changed))
            {
                yield return changed;
            }
        }
    }

    public void RecordEvent(ObjectReference involved, string type, string reason, string message, string component)
    {
        if (members.Member is { Plane: { } plane } to)
        {
            network.Send(agent, to.Process, () => plane.Events.Record(involved, type, reason, message, component));
        }
    }

    private Task TellAsync(EntityKey to, Message message, CancellationToken cancellation) => AskAsync(
        plane =>
        {
            plane.Tell(to, message);
            return true;
        },
        cancellation);

    private Task<T> AskAsync<T>(Func<ControlPlane, T> answer, CancellationToken cancellation) =>
        CallAsync(plane => Task.FromResult(answer(plane)), cancellation);

    private async Task<T> CallAsync<T>(Func<ControlPlane, Task<T>> answer, CancellationToken cancellation)
    {
        var to = members.Member;
        try
        {
            return await network.CallAsync(
                agent, to?.Process,
                () => answer(to!.Plane ?? throw new IOException("the server is starting")),
                isIdempotent: true, CallTimeout, cancellation);
        }
        catch (IOException)
        {
            members.Next();
            throw;
        }
    }

    private async Task<SimulatedStream<T>> OpenAsync<T>(
        Func<ControlPlane, SimulatedStream<T>, Task> serve, CancellationToken cancellation)
    {
        var to = members.Member;
        SimulatedStream<T>? stream = null;
        var isGivenUp = false;
        try
        {
            return await network.CallAsync(
                agent, to?.Process,
                () =>
                {
                    var plane = to!.Plane ?? throw new IOException("the server is starting");
                    stream = new SimulatedStream<T>(network, to.Process, agent);
                    if (isGivenUp)
                    {
                        stream.Break("the agent is gone");
                    }

                    to.Process.Start(() => serve(plane, stream));
                    return Task.FromResult(stream);
                },
                isIdempotent: false, CallTimeout, cancellation);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // Nobody will read it: to the server that is a connection that ended.
            isGivenUp = true;
            stream?.Break("the agent is gone");
            members.Next();
            throw;
        }
    }

    private static async Task ServeAssignmentsAsync(
        ControlPlane plane, string nodeName, SimulatedStream<Assignment> into)
    {
        using var subscription = plane.Assignments.Subscribe(nodeName);
        while (!into.IsBroken && await subscription.Assignments.WaitToReadAsync())
        {
            while (subscription.Assignments.TryRead(out var assignment))
            {
                into.Write(assignment);
            }
        }
    }

    private static async Task ServeChangesAsync(
        ControlPlane plane, ResourceKind kind, SimulatedStream<KubeObject> into)
    {
        var (snapshot, changes) = plane.View.ListAndWatch(kind, null);
        using (changes)
        {
            foreach (var existing in snapshot.Objects)
            {
                into.Write(existing);
            }

            while (!into.IsBroken && await changes.Changes.WaitToReadAsync())
            {
                while (changes.Changes.TryRead(out var change))
                {
                    into.Write((change.New ?? change.Old)!);
                }
            }
        }
    }
}
