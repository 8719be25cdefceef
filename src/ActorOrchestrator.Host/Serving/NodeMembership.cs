using System.Net;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ApiServers;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Serving;

/// <summary>The machines of a cluster that only run pods: who may become one, what it gets, and which are removed. They
/// are known by their Nodes, which no member carries.</summary>
/// <param name="settings">This member's.</param>
/// <param name="plane">What is known of nodes.</param>
/// <param name="time">The cluster's clock.</param>
internal sealed class NodeMembership(ServerSettings settings, ControlPlane plane, TimeProvider time)
{
    /// <summary>Of writers that remove others at the same time one succeeds, and the next one sees it.</summary>
    private const int AttemptsMax = 5;

    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <param name="request">Of whom.</param>
    /// <param name="members">The names of the members' nodes, whether they live or not.</param>
    public JoinAnswer Admit(JoinRequest request, IReadOnlyCollection<string> members)
    {
        if (NameRules.Subdomain(request.Node) is [var problem, ..])
        {
            return Refused(Statuses.BadRequest($"node: \"{request.Node}\" is no name of a Node: {problem}"));
        }

        var isMembers = members.Contains(request.Node) || (Find(request.Node) is { } known && !IsOnlyNode(known));
        return isMembers
            ? Refused(Conflict($"the name {request.Node} is that of a member: give --node-name another one"))
            : Find(request.Node) is { } node && Lives(node)
            ? Refused(Conflict($"the name {request.Node} is that of a node which lives: give --node-name another one; "
                + "if it is this machine's, stop it there first"))
            : Renew(request.Node);
    }

    public JoinAnswer.GrantedNode Renew(string node) => new(
        new NodeGrant { Members = [.. Members()], Settings = settings.SharedByMachines },
        CertificateLife.Issued(
            RemovedNodes.NextIssue(plane.View, node, time.GetUtcNow()), settings.Api.NodeCertificateLifetime));

    public bool IsReserved(string node, string name) =>
        Leases().SelectMany(ApiServerLeases.AddressesOf).Any(served => $"{served.Address}" == name)
        || plane.View.List(Nodes, null).Objects.Cast<Node>().Any(other =>
            other.Metadata.Name != node && (other.Metadata.Name == name || other.Status.Addresses.Any(
                address => address.Address == name)));

    public IEnumerable<MemberInfo> List() =>
        from node in plane.View.List(Nodes, null).Objects.Cast<Node>()
        where IsOnlyNode(node)
        orderby node.Metadata.Name
        select new MemberInfo(
            $"{NodeAddresses.InternalOf(node)}:{node.Status.DaemonEndpoints.KubeletEndpoint.Port}",
            JoinRequest.NodeOnly, NodeMembers.IsStopped(node) ? "Left" : Lives(node) ? "Up" : "Down",
            node.Metadata.Name!, node.Status.NodeInfo.KubeletVersion, node.Metadata.CreationTimestamp ?? default);

    /// <summary>The Node of a name, whether a member carries it or not; null: there is none.</summary>
    public Node? Find(string name) => plane.View.Get(Nodes, null, name) as Node;

    /// <summary>Its certificate is believed no more, then its Node goes, and with it what ran there.</summary>
    /// <returns>Why not; null when it is done.</returns>
    public async Task<Status?> RemoveAsync(Node node, bool isOwn, CancellationToken cancellation)
    {
        var name = node.Metadata.Name!;
        if (!isOwn && Lives(node))
        {
            return Conflict($"the machine {name} lives: 'orchestrator leave' on it takes it out of the cluster");
        }

        return await DistrustAsync(name, cancellation) ?? Expect(
            await plane.SendAsync(EntityKey.Of(node), Delete.Background, cancellation), HttpCode.NotFound);
    }

    public static bool IsOnlyNode(Node node) => MemberNote.Of(node) is null;

    /// <summary>One that was stopped in good order may be removed.</summary>
    private static bool Lives(Node node) => !NodeMembers.IsStopped(node) && !NodeMembers.IsSilent(node);

    private Task<Status?> DistrustAsync(string name, CancellationToken cancellation) => ChangeAsync(
        RemovedNodes.List,
        () => RemovedNodes.List.Removal(
            plane.View, name, time.GetUtcNow(), settings.Api.NodeCertificateLifetime),
        cancellation);

    /// <param name="list">Of machines that were taken out.</param>
    /// <param name="change">What is to become of it, as it is seen now; null: it is so already.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Why not; null when it is done.</returns>
    public async Task<Status?> ChangeAsync(
        RemovalList list, Func<Command?> change, CancellationToken cancellation)
    {
        for (var attempt = 1; change() is { } command; attempt++)
        {
            var refusal = Expect(await plane.SendAsync(list.Key, command, cancellation));
            if (refusal is not { Code: HttpCode.Conflict } || attempt == AttemptsMax)
            {
                return refusal;
            }

            await Task.Delay(TryAgainAfter, time, cancellation);
        }

        return null;
    }

    private static Status? Expect(Reply reply, int? but = null) =>
        reply is Reply.Rejected { Status: var refused } && refused.Code != but ? refused : null;

    private IEnumerable<string> Members() => Leases()
        .Select(lease => ApiServerLeases.AddressesOf(lease).FirstOrDefault()).OfType<IPEndPoint>()
        .Select(address => $"{address}").Distinct(StringComparer.Ordinal);

    private IEnumerable<Lease> Leases() => plane.View.List(KindRegistry.Of<Lease>(), ApiServerLeases.Namespace)
        .Objects.Cast<Lease>().Where(ApiServerLeases.Is);

    private static JoinAnswer.Refused Refused(Status status) => new(status);

    private static Status Conflict(string message) =>
        Statuses.Failure(HttpCode.Conflict, StatusReasons.Conflict, message);
}
