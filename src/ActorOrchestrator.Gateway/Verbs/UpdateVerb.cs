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
internal sealed class UpdateVerb(ICluster cluster, CommandSender sender, FieldOwnership ownership)
{
    private const int CreatedCode = 201;
    private const string Status = "status";

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
        var proposed = Proposed(request.Kind, current, given, subresource);
        var owned = ownership.Updated(request, current, proposed, subresource);
        var accepted = await sender.SendAsync(
            request, request.Name, new Replace(owned) { Subresource = subresource, DryRun = request.DryRun() });
        await ResponseWriter.WriteAsync(request, accepted.Object);
    }

    /// <summary>What the object becomes: for <c>status</c> the status alone, else everything, defaulted and valid.</summary>
    public static KubeObject Proposed(ResourceKind kind, KubeObject current, KubeObject given, string? subresource)
    {
        if (subresource == Status)
        {
            return current.WithStatus(given.GetStatus()) with
            {
                Metadata = current.Metadata with
                {
                    ResourceVersion = given.Metadata.ResourceVersion,
                    Uid = given.Metadata.Uid,
                    ManagedFields = given.Metadata.ManagedFields,
                },
            };
        }

        CheckNotStale(kind, current.Metadata, given.Metadata);
        var complete = Defaults.Apply(given.WithStatus(current.GetStatus())) with
        {
            Metadata = WithSystemFields(current.Metadata, given.Metadata),
        };
        var errors = Validator.ValidateUpdate(current, complete);
        return errors.Count == 0 ? complete : throw Failure.Invalid(kind, current.Metadata.Name, errors);
    }

    /// <summary>What only the server sets is as it was, whatever an old copy says; validation sees no difference in it.</summary>
    private static ObjectMeta WithSystemFields(ObjectMeta current, ObjectMeta given) => given with
    {
        SelfLink = null,
        Uid = current.Uid,
        Generation = current.Generation,
        CreationTimestamp = current.CreationTimestamp,
        DeletionTimestamp = current.DeletionTimestamp,
        DeletionGracePeriodSeconds = current.DeletionGracePeriodSeconds,
    };

    /// <summary>The entity has the last word on preconditions; but an old copy must hear that it is old (409) before it is
    /// measured against the new one (422).</summary>
    private static void CheckNotStale(ResourceKind kind, ObjectMeta current, ObjectMeta given)
    {
        if (given.Uid is { Length: > 0 } uid && uid != current.Uid)
        {
            throw Failure.Conflict(
                kind, current.Name!,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (given.ResourceVersion is { Length: > 0 } version && version != current.ResourceVersion)
        {
            throw Failure.Conflict(
                kind, current.Name!,
                "the object has been modified; please apply your changes to the latest version and try again");
        }
    }

    /// <summary>The part of the object that a write takes; null for all but the status.</summary>
    public static string? SubresourceOf(ApiRequest request) => request.Info.Subresource == Status ? Status : null;

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
        var accepted = await sender.SendAsync(
            request, request.Name, new Create(ownership.Created(request, ready)) { DryRun = request.DryRun() });
        await ResponseWriter.WriteAsync(request, accepted.Object, CreatedCode);
    }

    private static KubeObject Addressed(ApiRequest request, KubeObject given)
    {
        if (given.Metadata.Name != request.Name)
        {
            throw Failure.BadRequest(
                string.IsNullOrEmpty(given.Metadata.Name)
                    ? "name must be provided"
                    : $"the name of the object ({given.Metadata.Name}) does not match the name on the URL "
                      + $"({request.Name})");
        }

        var scope = request.Kind.Namespaced ? request.Info.Namespace : null;
        if (given.Metadata.Namespace is { Length: > 0 } && given.Metadata.Namespace != scope)
        {
            throw Failure.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request");
        }

        return given with { Metadata = given.Metadata with { Namespace = scope } };
    }
}
