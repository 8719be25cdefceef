using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>delete and deletecollection.</summary>
internal sealed class DeleteVerbs(CommandSender sender, ListPages pages)
{
    /// <summary>Deletions of a collection under way at once: a batch for the shards, no flood.</summary>
    private const int DeletionsAtOnce = 32;

    private const int AcceptedCode = 202;

    public async Task DeleteAsync(ApiRequest request)
    {
        var options = await DeleteOptionsReader.ReadAsync(request);
        var done = await sender.SendAsync(request, request.Name, CommandOf(request, options));
        if (!done.Removed)
        {
            var foreground = options.PropagationPolicy == "Foreground" || options.OrphanDependents == false;
            await ResponseWriter.WriteAsync(request, done.Object, foreground ? AcceptedCode : 200);
            return;
        }

        await ResponseWriter.WriteAsync(
            request.Http,
            new Status
            {
                Result = "Success",
                Details = Statuses.Details(request.Kind.Resource, request.Name) with { Uid = done.Object.Metadata.Uid },
            },
            request.Format with { Projection = Negotiation.Projection.Object });
    }

    /// <summary>Deletes what the selectors pick, and answers with the list of it as it was. One that is refused ends
    /// the request with its Status; the others are deleted all the same, as in Kubernetes.</summary>
    public async Task DeleteCollectionAsync(ApiRequest request)
    {
        var options = await DeleteOptionsReader.ReadAsync(request);
        var query = ListQuery.Parse(request, watch: false);
        var page = await pages.FindAsync(request.Kind, request.Info.Namespace, query, request.Aborted);
        var items = page.Items.ToList();
        var command = CommandOf(request, options);
        Status? refusal = null;
        foreach (var together in items.Chunk(DeletionsAtOnce))
        {
            var replies = await Task.WhenAll(together.Select(item =>
                sender.TrySendAsync(request, EntityKey.Of(item), command).AsTask()));
            refusal ??= replies.OfType<Reply.Rejected>().Select(rejected => rejected.Status)
                .FirstOrDefault(status => status.Code != HttpCode.NotFound);
        }

        if (refusal is not null)
        {
            throw new StatusException(refusal);
        }

        await ListWriter.WriteAsync(request, page with { Items = items });
    }

    private static Delete CommandOf(ApiRequest request, DeleteOptions options) => new(options)
    {
        DryRun = request.DryRun() || ApiRequest.IsDryRun(options.DryRun),
    };
}

/// <summary>Reads meta/v1 DeleteOptions from the body, or from the query when there is no body.</summary>
internal static class DeleteOptionsReader
{
    private static readonly string[] Policies = ["Foreground", "Background", "Orphan"];

    public static async ValueTask<DeleteOptions> ReadAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, request.Aborted);
        return Check(body.Length > 0
            ? BodyDecoder.Read<DeleteOptions>(request, body.Written, "DeleteOptions")
            : new DeleteOptions
            {
                GracePeriodSeconds = request.Number("gracePeriodSeconds"),
                PropagationPolicy = request.Query("propagationPolicy"),
                OrphanDependents = request.OptionalFlag("orphanDependents"),
            });
    }

    public static DeleteOptions Check(DeleteOptions options)
    {
        if (options.PropagationPolicy is { } policy)
        {
            if (options.OrphanDependents is not null)
            {
                throw Invalid(new FieldError(
                    FieldErrorType.Invalid, "propagationPolicy", FieldError.Quote(policy),
                    "orphanDependents and deletionPropagation cannot be both set"));
            }

            if (!Policies.Contains(policy, StringComparer.Ordinal))
            {
                throw Invalid(new FieldError(
                    FieldErrorType.NotSupported, "propagationPolicy", FieldError.Quote(policy),
                    "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""));
            }
        }

        // Kubernetes takes a negative grace period for the shortest one.
        return options.GracePeriodSeconds < 0 ? options with { GracePeriodSeconds = 1 } : options;
    }

    private static StatusException Invalid(FieldError error) =>
        Failure.Invalid("DeleteOptions.meta.k8s.io", "", [error]);
}
