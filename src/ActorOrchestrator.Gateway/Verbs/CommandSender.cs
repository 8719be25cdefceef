using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>Sends the commands of a request to entities; a refusal becomes its answer. What a node writes passes
/// <see cref="NodeRestriction"/> here, by whatever verb it comes.</summary>
internal sealed class CommandSender(ICluster cluster)
{
    private static readonly ResourceKind Nodes = KindRegistry.Of<Node>();

    private readonly NodeRestriction _restriction = new(cluster.View);

    public ValueTask<Reply.Accepted> SendAsync(ApiRequest request, string name, Command command) =>
        SendAsync(request, EntityKey.Of(request.Kind, request.Info.Namespace, name), command);

    public async ValueTask<Reply.Accepted> SendAsync(ApiRequest request, EntityKey to, Command command) =>
        await TrySendAsync(request, to, command) switch
        {
            Reply.Accepted accepted => accepted,
            Reply.Rejected rejected => throw new StatusException(rejected.Status),
            var other => throw new InvalidOperationException($"unknown reply {other.GetType().Name}"),
        };

    /// <summary>For callers that can act on a refusal.</summary>
    public ValueTask<Reply> TrySendAsync(ApiRequest request, EntityKey to, Command command) =>
        NodeIdentity.NameOf(request.Who) is { } node
            ? TrySendAsync(node, to, command, request.Aborted)
            : cluster.SendAsync(to, command, request.Aborted);

    private async ValueTask<Reply> TrySendAsync(
        string node, EntityKey to, Command command, CancellationToken cancellation)
    {
        var (meant, refusal) = _restriction.Judge(node, to, command);
        if (refusal is not null)
        {
            return new Reply.Rejected(refusal);
        }

        var reply = await cluster.SendAsync(to, meant!, cancellation);
        if (reply is Reply.Accepted && NodeRestriction.IsSignOfLife(to, command))
        {
            // A node that is not there yet is no reason to refuse its Lease.
            await cluster.SendAsync(EntityKey.Of(Nodes, null, node), new NodeLives(), cancellation);
        }

        return reply;
    }
}
