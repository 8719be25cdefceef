using System.Net;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;

namespace ActorOrchestrator.Gateway.Forwarding;

/// <summary>Logs and streams of a pod are had from the machine on which it runs; members pass such requests on to it,
/// whether it is another member's or one that only runs pods.</summary>
/// <param name="reads">Finds the pod.</param>
/// <param name="view">Where the Node says where its machine listens.</param>
/// <param name="members">The way to the other members; null: there is none.</param>
/// <param name="memberOf">Where the API of a node's member is; null when it serves none.</param>
/// <param name="ownNode">The node of this member's machine; null: all that there is is reached from here.</param>
internal sealed class PodPaths(
    ReadVerbs reads, IClusterView view, MemberCalls? members, Func<string, IPEndPoint?> memberOf, string? ownNode)
{
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    /// <returns>False when the request is to be served here, as one that was passed on already is.</returns>
    /// <exception cref="StatusException">503 when the pod's member serves no API now.</exception>
    public async Task<bool> TryForwardAsync(ApiRequest request)
    {
        if (members is null || ownNode is null
            || request.Http.Request.Headers.ContainsKey(ForwardedIdentity.Header)
            || reads.Find(request) is not Pod { Spec.NodeName: { Length: > 0 } node } || node == ownNode)
        {
            return false;
        }

        if (view.Get(Nodes, null, node) is Node machine && ListensAt(machine) is { } place)
        {
            await members.ForwardToNodeAsync(request.Http, request.Who, node, place);
            return true;
        }

        var member = memberOf(node) ?? throw new StatusException(Statuses.ServiceUnavailable(
            $"the pod runs on node {node}, where no member serves the API at present"));
        await members.ForwardAsync(request.Http, request.Who, member);
        return true;
    }

    /// <summary>Null: it is a member's machine, or says no address.</summary>
    private static IPEndPoint? ListensAt(Node node) =>
        node.Status.DaemonEndpoints.KubeletEndpoint is { Port: > 0 and <= IPEndPoint.MaxPort and var port }
        && IPAddress.TryParse(NodeAddresses.InternalOf(node), out var address)
            ? new IPEndPoint(address, port)
            : null;
}
