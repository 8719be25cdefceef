using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent;

/// <summary>
/// What a machine's agent needs of the control plane. In a member's process this calls the actors directly; on a
/// machine that only runs pods it goes by the API, and fails with <see cref="ClusterAwayException"/> while
/// nobody answers. Reports are idempotent and may be repeated at will.
/// </summary>
public interface IClusterLink
{
    /// <summary>
    /// The pods bound to a node, and the node: first one <see cref="Assignment.Snapshot"/> (complete), then every
    /// change in order.
    /// Ends when cancelled; after a broken stream the caller subscribes again and gets a new snapshot.
    /// </summary>
    IAsyncEnumerable<Assignment> AssignmentsAsync(string nodeName, CancellationToken cancellation);

    /// <summary>Creates the Node object, or brings its capacity, addresses, info and labels up to date.</summary>
    Task RegisterNodeAsync(Node node, CancellationToken cancellation);

    /// <summary>A sign of life, with the conditions as the agent sees them now.</summary>
    ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation);

    /// <summary>Asks whether the cluster still counts on the machine: the Node's own entity has written down that it
    /// does, so no other one has given the machine's fenced pods away.</summary>
    /// <returns>How often it has declared that they had ended.</returns>
    /// <exception cref="IOException">Nobody answers, or the Node is not heard.</exception>
    ValueTask<long> RenewLeaseAsync(string nodeName, TimeSpan term, CancellationToken cancellation);

    /// <summary>Says that the agent ends in good order, while containers run on, so that the node is expected
    /// back.</summary>
    /// <param name="nodeName">The Node.</param>
    /// <param name="time">The machine's clock.</param>
    /// <param name="giveUp">Nobody is to wait for longer.</param>
    Task StopAsync(string nodeName, TimeProvider time, CancellationToken giveUp) => Task.CompletedTask;

    /// <summary>Reports a pod's whole status; a report for another uid than the stored pod's is ignored.</summary>
    ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation);

    /// <summary>
    /// A terminating pod's containers are all stopped and its sandbox is gone: the object may be removed.
    /// </summary>
    ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation);

    /// <summary>Asks for a change of an object (the mirror of a static pod).</summary>
    /// <returns>Why it is refused; null when it is not.</returns>
    ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation);

    /// <summary>The object as it is now, or null: ConfigMaps, Secrets, Services, Namespaces, ServiceAccounts,
    /// Pods.</summary>
    ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation) where T : KubeObject;

    /// <summary>All of a namespace: Services.</summary>
    ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation) where T : KubeObject;

    /// <summary>Tells when ConfigMaps or Secrets change, so that mounted volumes follow. Ends when cancelled.</summary>
    IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(CancellationToken cancellation);

    /// <summary>All Nodes: first <see cref="NodesSeen.All"/>, then every change in order. Ends when
    /// cancelled.</summary>
    IAsyncEnumerable<NodesSeen> NodesAsync(CancellationToken cancellation) => AsyncEnumerable.Empty<NodesSeen>();

    /// <summary>
    /// A token for a pod's service account (authentication.k8s.io/v1 TokenRequest), bound to the pod; null when this
    /// control plane issues none.
    /// </summary>
    ValueTask<ServiceAccountToken?> CreateTokenAsync(TokenOrder order, CancellationToken cancellation) =>
        ValueTask.FromResult<ServiceAccountToken?>(null);

    /// <summary>Records a core/v1 Event; best effort, never blocks, repeated ones are counted up.</summary>
    void RecordEvent(ObjectReference involved, string type, string reason, string message, string component);
}

/// <summary>Whose token is wanted, for which audience (null: the API server's) and for how long.</summary>
public sealed record TokenOrder(
    string Namespace, string ServiceAccountName, string PodName, string PodUid, string? Audience,
    long ExpirationSeconds);

public sealed record ServiceAccountToken(string Token, DateTimeOffset ExpiresAt);
