using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>The subresources that act on a pod: <c>binding</c> and <c>eviction</c>.</summary>
internal sealed class PodVerbs(CommandSender sender)
{
    private static readonly ResourceKind BindingKind = KindRegistry.Of<Binding>();

    public async Task BindAsync(ApiRequest request)
    {
        var binding = (Binding)await BodyDecoder.ReadAsync(request, BindingKind);
        if (binding.Metadata.Name is { Length: > 0 } name && name != request.Name)
        {
            throw Failure.BadRequest("name in URL does not match name in Binding object");
        }

        var target = binding.Target;
        if (target.Kind is { Length: > 0 } and not "Node")
        {
            throw Failure.Invalid(BindingKind, request.Name, [new FieldError(
                FieldErrorType.NotSupported, "target.kind", FieldError.Quote(target.Kind),
                "supported values: \"Node\", \"<empty>\"")]);
        }

        if (target.Name is not { Length: > 0 } node)
        {
            throw Failure.Invalid(BindingKind, request.Name, [new FieldError(
                FieldErrorType.Required, "target.name", null, "")]);
        }

        var uid = binding.Metadata.Uid is { Length: > 0 } given ? given : null;
        await sender.SendAsync(request, request.Name, new BindPod(uid, node) { DryRun = request.DryRun() });
        await SuccessAsync(request);
    }

    /// <summary>Without a disruption budget an eviction is a deletion with the options that it carries.</summary>
    public async Task EvictAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, request.Aborted);
        var eviction = BodyDecoder.Read<Eviction>(request, body.Written, "Eviction");
        if (eviction.Metadata.Name is { Length: > 0 } name && name != request.Name)
        {
            throw Failure.BadRequest(
                $"name in URL does not match name in Eviction object: name in URL is \"{request.Name}\", "
                + $"name in Eviction object is \"{name}\"");
        }

        var options = DeleteOptionsReader.Check(eviction.DeleteOptions ?? new DeleteOptions());
        await sender.SendAsync(request, request.Name, new Delete(options)
        {
            DryRun = request.DryRun() || ApiRequest.IsDryRun(options.DryRun),
        });
        await SuccessAsync(request);
    }

    private static Task SuccessAsync(ApiRequest request) => ResponseWriter.WriteAsync(
        request.Http, new Status { Result = "Success", Code = HttpCode.Created },
        request.Format with { Projection = Negotiation.Projection.Object });
}
