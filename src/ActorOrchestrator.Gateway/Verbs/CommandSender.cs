using ActorOrchestrator.Actors;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>Sends commands to entities; a refusal becomes the answer of the request.</summary>
internal sealed class CommandSender(ICluster cluster)
{
    public ValueTask<Reply.Accepted> SendAsync(ApiRequest request, string name, Command command) =>
        SendAsync(EntityKey.Of(request.Kind, request.Info.Namespace, name), command, request.Aborted);

    public async ValueTask<Reply.Accepted> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        await TrySendAsync(to, command, cancellation) switch
        {
            Reply.Accepted accepted => accepted,
            Reply.Rejected rejected => throw new StatusException(rejected.Status),
            var other => throw new InvalidOperationException($"unknown reply {other.GetType().Name}"),
        };

    /// <summary>For callers that can act on a refusal.</summary>
    public ValueTask<Reply> TrySendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        cluster.SendAsync(to, command, cancellation);
}
