using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>create: decode, complete, default, validate, then the entity decides.</summary>
internal sealed class CreateVerb(IClusterView view, CommandSender sender, IIdSource ids)
{
    /// <summary>How often a generated name that is taken is drawn again, as in Kubernetes.</summary>
    private const int NameDraws = 8;

    public async Task CreateAsync(ApiRequest request)
    {
        var decoded = await BodyDecoder.ReadAsync(request, request.Kind);
        var accepted = await CreateAsync(request, decoded);
        await ResponseWriter.WriteAsync(request, accepted.Object, HttpCode.Created);
    }

    private async ValueTask<Reply.Accepted> CreateAsync(ApiRequest request, KubeObject decoded)
    {
        var given = NewObject.Addressed(request.Kind, request.Info.Namespace, decoded);
        var generated = string.IsNullOrEmpty(given.Metadata.Name) && !string.IsNullOrEmpty(given.Metadata.GenerateName);
        for (var draw = 1; ; draw++)
        {
            var named = generated ? NewObject.WithGeneratedName(given, ids) : given;
            var ready = NewObject.Ready(request.Kind, named, request.Format.Face);
            WriteWarnings.OfNew(request, view, ready);
            var owned = FieldOwnership.Created(request, ready);
            var key = EntityKey.Of(request.Kind, request.Info.Namespace, owned.Metadata.Name!);
            var command = new Create(owned) { DryRun = request.DryRun() };
            var reply = await sender.TrySendAsync(request, key, command);
            if (reply is Reply.Accepted accepted)
            {
                return accepted;
            }

            var refused = (Reply.Rejected)reply;
            if (!generated || refused.Status is not { Reason: StatusReasons.AlreadyExists } || draw == NameDraws)
            {
                throw new Errors.StatusException(refused.Status);
            }
        }
    }
}
