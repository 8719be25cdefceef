using ActorOrchestrator.Actors.Views;
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
internal sealed class PodVerbs(ReadVerbs reads, IClusterView view, CommandSender sender)
{
    /// <summary>An eviction is planned by what the view shows. A pod or a budget that changes under it so many times is
    /// left for the client to try again.</summary>
    private const int EvictionAttemptsMax = 10;

    private static readonly ResourceKind PodKind = KindRegistry.Of<Pod>();

    private static readonly ResourceKind BindingKind = KindRegistry.Of<Binding>();

    private static readonly ResourceKind BudgetKind = KindRegistry.Of<PodDisruptionBudget>();

    public async Task BindAsync(ApiRequest request)
    {
        var binding = (Binding)await BodyDecoder.ReadAsync(request, BindingKind);
        if (binding.Metadata.Name is { Length: > 0 } name && name != request.Name)
        {
            throw Failure.BadRequest("name in URL does not match name in Binding object");
        }

        await BindAsync(request, request.Name, binding);
    }

    /// <summary>The older way: a binding is posted to a collection of its own, and names its pod itself.</summary>
    public async Task BindNamedAsync(ApiRequest request)
    {
        var binding = (Binding)await BodyDecoder.ReadAsync(request, BindingKind);
        await BindAsync(request, binding.Metadata.Name is { Length: > 0 } name
            ? name
            : throw Failure.BadRequest("name must be provided"), binding);
    }

    private async Task BindAsync(ApiRequest request, string pod, Binding binding)
    {
        NewObject.InScope(PodKind, request.Info.Namespace, binding);
        var target = binding.Target;
        if (target.Kind is { Length: > 0 } and not "Node")
        {
            throw Failure.Invalid(BindingKind, pod, [new FieldError(
                FieldErrorType.NotSupported, "target.kind", FieldError.Quote(target.Kind),
                "supported values: \"Node\", \"<empty>\"")]);
        }

        if (target.Name is not { Length: > 0 } node)
        {
            throw Failure.Invalid(BindingKind, pod, [new FieldError(
                FieldErrorType.Required, "target.name", null, "")]);
        }

        var uid = binding.Metadata.Uid is { Length: > 0 } given ? given : null;
        var key = EntityKey.Of(PodKind, request.Info.Namespace, pod);
        await sender.SendAsync(request, key, new BindPod(uid, node) { DryRun = request.DryRun() });
        await SuccessAsync(request);
    }

    /// <summary>Deletes the pod with the options that the eviction carries, if its disruption budget allows.</summary>
    public async Task EvictAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, request.Aborted);
        var eviction = BodyDecoder.Read<Eviction>(request, body.Written, "Eviction");
        if (eviction.Metadata.Name != request.Name)
        {
            throw Failure.BadRequest(
                $"name in URL does not match name in Eviction object: name in URL is \"{request.Name}\", "
                + $"name in Eviction object is \"{eviction.Metadata.Name}\"");
        }

        var options = DeleteOptionsReader.Check(eviction.DeleteOptions ?? new DeleteOptions());
        for (var attempt = 1; await TryEvictAsync(request, options) is { } overtaken; attempt++)
        {
            if (attempt == EvictionAttemptsMax)
            {
                throw new StatusException(overtaken);
            }
        }

        await SuccessAsync(request);
    }

    /// <returns>Null when it is done; the refusal when pod or budget changed since they were looked at, so that the
    /// eviction has to be planned anew.</returns>
    private async Task<Status?> TryEvictAsync(ApiRequest request, DeleteOptions options)
    {
        var pod = (Pod)reads.Existing(request);
        var budgets = view.List(BudgetKind, request.Info.Namespace).Objects.Cast<PodDisruptionBudget>();
        var plan = EvictionPlan.Of(pod, budgets, options, request.DryRun() || ApiRequest.IsDryRun(options.DryRun));
        if (plan.Mark is { } mark
            && await sender.TrySendAsync(request, EntityKey.Of(pod), mark) is Reply.Rejected unmarked)
        {
            return unmarked.Status.Code == HttpCode.Conflict
                ? unmarked.Status
                : throw new StatusException(unmarked.Status);
        }

        if (plan.Refusal is { } refusal)
        {
            throw new StatusException(refusal);
        }

        if (plan.Budget is { } budget
            && await sender.TrySendAsync(request, budget.Key, budget.Command) is Reply.Rejected unallowed)
        {
            return unallowed.Status.Code == HttpCode.NotFound
                ? unallowed.Status
                : throw new StatusException(unallowed.Status);
        }

        var done = await sender.TrySendAsync(request, EntityKey.Of(pod), plan.Deletion);
        if (done is not Reply.Rejected { Status: var status })
        {
            return null;
        }

        // What the client itself demanded of the pod is not tried again.
        var isOurs = options.Preconditions is null or { Uid: null, ResourceVersion: null };
        return isOurs && status.Code == HttpCode.Conflict ? status : throw new StatusException(status);
    }

    private static Task SuccessAsync(ApiRequest request) => ResponseWriter.WriteAsync(
        request.Http, new Status { Result = "Success", Code = HttpCode.Created },
        request.Format with { Projection = Negotiation.Projection.Object });
}
