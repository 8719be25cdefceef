using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Patching;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>update (PUT) of an object or of its status.</summary>
internal sealed class UpdateVerb(ICluster cluster, CommandSender sender)
{
    public async Task UpdateAsync(ApiRequest request)
    {
        var given = Addressed(request, await BodyDecoder.ReadAsync(request, request.Kind));
        var current = cluster.View.Get(request.Kind, request.Info.Namespace, request.Name);
        if (current is null)
        {
            await CreateInsteadAsync(request, given);
            return;
        }

        if (request.Info.Subresource == "finalize")
        {
            given = current is Namespace kept && given is Namespace asked
                ? kept with { Spec = asked.Spec, Metadata = asked.Metadata with { Labels = kept.Metadata.Labels } }
                : throw Failure.MethodNotAllowed();
        }

        var subresource = SubresourceOf(request);
        var proposed = Proposed(current, given, subresource);
        CheckShown(request, current, proposed);
        var owned = FieldOwnership.Updated(request, current, proposed);
        var accepted = await sender.SendAsync(
            request, request.Name, new Replace(owned) { Subresource = subresource, DryRun = request.DryRun() });
        WriteWarnings.OfUpdate(request, cluster.View, current, proposed);
        await ResponseWriter.WriteAsync(request, accepted.Object);
    }

    /// <summary>What the object is to become, defaulted: by a subresource what that takes, else everything. Whether it
    /// may, the entity decides.</summary>
    public static KubeObject Proposed(KubeObject current, KubeObject given, string? subresource)
    {
        given = given with { Metadata = MetadataWrite.Of(current.Metadata, given.Metadata) };
        return subresource switch
        {
            Subresources.Status => Defaults.Apply(StatusWrite.Of(current, given)),
            Subresources.Resize => PodResize.Of((Pod)current, (Pod)given),
            Subresources.EphemeralContainers => PodDebugging.Of((Pod)current, (Pod)given),
            _ => Defaults.ApplyUpdate(current, given.WithStatus(current.GetStatus())),
        };
    }

    /// <summary>What the face that the request came by asks beyond the entity.</summary>
    public static void CheckShown(ApiRequest request, KubeObject current, KubeObject proposed)
    {
        if (request.Format.Face is { } face
            && Validator.ValidateShownUpdate(face.FromStored(current), face.FromStored(proposed)) is
                { Count: > 0 } errors)
        {
            throw Failure.Invalid(request.Kind, request.Name, errors);
        }
    }

    /// <summary>The part of the object that a write takes; null for all but its status.</summary>
    public static string? SubresourceOf(ApiRequest request) =>
        Subresources.IsPart(request.Info.Subresource) ? request.Info.Subresource : null;

    /// <summary>A few kinds are created by an update of one that is not there, so that two writers need not agree who
    /// comes first.</summary>
    private async Task CreateInsteadAsync(ApiRequest request, KubeObject given)
    {
        var allowed = request.Kind.Kind is "Lease" or "Endpoints" or "Event" or "LimitRange" or "RoleBinding" or "Role"
            or "ClusterRole" or "ClusterRoleBinding";
        if (!allowed || request.Info.Subresource.Length > 0 || given.Metadata.Uid is { Length: > 0 }
            || given.Metadata.ResourceVersion is { Length: > 0 })
        {
            throw Failure.NotFound(request.Kind, request.Name);
        }

        var ready = NewObject.Ready(
            request.Kind, NewObject.Addressed(request.Kind, request.Info.Namespace, given));
        WriteWarnings.OfNew(request, cluster.View, ready);
        var accepted = await sender.SendAsync(
            request, request.Name, new Create(FieldOwnership.Created(request, ready)) { DryRun = request.DryRun() });
        await ResponseWriter.WriteAsync(request, accepted.Object, HttpCode.Created);
    }

    /// <summary>Puts the object at the path that it was sent to; 400 when it says that it is another.</summary>
    public static KubeObject Addressed(ApiRequest request, KubeObject given)
    {
        CheckName(request, given);
        return NewObject.InScope(request.Kind, request.Info.Namespace, given);
    }

    /// <summary>400 for an object that does not say the name that the path has.</summary>
    public static void CheckName(ApiRequest request, KubeObject given)
    {
        if (given.Metadata.Name != request.Name)
        {
            throw Failure.BadRequest(
                string.IsNullOrEmpty(given.Metadata.Name)
                    ? $"the name of the object ({request.Name} based on URL) was undeterminable: name must be provided"
                    : $"the name of the object ({given.Metadata.Name}) does not match the name on the URL "
                      + $"({request.Name})");
        }
    }
}
