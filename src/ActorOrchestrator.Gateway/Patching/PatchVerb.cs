using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Patching;

/// <summary>
/// patch: computed on the object as the view has it, and sent with its resourceVersion, so that what was patched is
/// what is replaced. Somebody else's write in between is no conflict of the client's: the patch is computed anew.
/// </summary>
internal sealed class PatchVerb(ICluster cluster, CommandSender sender, Applier applier)
{
    /// <summary>kube-apiserver's <c>MaxRetryWhenPatchConflicts</c>.</summary>
    public const int Attempts = 5;

    public async Task PatchAsync(ApiRequest request)
    {
        var patch = await PatchDocument.ReadAsync(request);
        if (patch.Type == PatchType.Apply)
        {
            var (applied, outcome) = await applier.ApplyAsync(request, patch.Node, patch.Force);
            await ResponseWriter.WriteAsync(
                request, applied, outcome == ApplyOutcome.Created ? HttpCode.Created : HttpCode.Ok);
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            var current = cluster.View.Get(request.Kind, request.Info.Namespace, request.Name)
                ?? throw Failure.NotFound(request.Kind, request.Name);
            var command = CommandFor(request, current, patch);
            var key = EntityKey.Of(request.Kind, request.Info.Namespace, request.Name);
            var reply = await sender.TrySendAsync(request, key, command);
            if (reply is Reply.Accepted accepted)
            {
                WriteWarnings.OfUpdate(request, cluster.View, current, command.Object);
                await ResponseWriter.WriteAsync(request, accepted.Object);
                return;
            }

            var refused = (Reply.Rejected)reply;
            if (patch.NamesVersion || refused.Status.Code != HttpCode.Conflict || attempt == Attempts)
            {
                throw new StatusException(refused.Status);
            }
        }
    }

    private static Replace CommandFor(ApiRequest request, KubeObject current, PatchDocument patch)
    {
        var patched = UpdateVerb.Addressed(request, TypedPatch.Apply(request, request.Kind, current, patch));
        var subresource = UpdateVerb.SubresourceOf(request);
        if (!patch.NamesVersion)
        {
            patched = patched with
            {
                Metadata = patched.Metadata with { ResourceVersion = current.Metadata.ResourceVersion },
            };
        }

        var proposed = UpdateVerb.Proposed(current, patched, subresource);
        UpdateVerb.CheckShown(request, current, proposed);
        var owned = FieldOwnership.Updated(request, current, proposed);
        return new Replace(owned) { Subresource = subresource, DryRun = request.DryRun() };
    }
}
