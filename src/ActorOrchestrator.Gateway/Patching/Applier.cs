using System.Text.Json.Nodes;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;

namespace ActorOrchestrator.Gateway.Patching;

/// <summary>What an apply did.</summary>
internal enum ApplyOutcome
{
    Created,
    Configured,
    Unchanged,
}

/// <summary>Server-side apply of one configuration: creates the object, or merges into it.</summary>
internal sealed class Applier(ICluster cluster, CommandSender sender)
{
    public async ValueTask<(KubeObject Object, ApplyOutcome Outcome)> ApplyAsync(
        ApiRequest request, JsonNode config, bool force)
    {
        var key = EntityKey.Of(request.Kind, request.Info.Namespace, request.Name);
        for (var attempt = 1; ; attempt++)
        {
            var current = Current(request);
            Command command = current is null
                ? new Create(Merged(request, null, config, force)) { DryRun = request.DryRun() }
                : new Replace(Merged(request, current, config, force))
                {
                    Subresource = UpdateVerb.SubresourceOf(request),
                    DryRun = request.DryRun(),
                };
            var reply = await sender.TrySendAsync(request, key, command);
            if (reply is Reply.Accepted { Object: var done })
            {
                if (current is not null && command is Replace { Object: var proposed })
                {
                    WriteWarnings.OfUpdate(request, cluster.View, current, proposed);
                }

                return (done, current is null ? ApplyOutcome.Created
                    : done.Metadata.ResourceVersion == current.Metadata.ResourceVersion ? ApplyOutcome.Unchanged
                    : ApplyOutcome.Configured);
            }

            var refused = (Reply.Rejected)reply;
            var raced = refused.Status.Code == HttpCode.Conflict
                || (refused.Status.Code == HttpCode.NotFound && current is not null);
            if (!raced || NamesVersion(config) || attempt == PatchVerb.Attempts)
            {
                throw new StatusException(refused.Status);
            }
        }
    }

    /// <summary>Throws what an apply would be refused with by its content; changes nothing.</summary>
    public void Check(ApiRequest request, JsonNode config, bool force)
    {
        var current = Current(request);
        var merged = Merged(request, current, config, force);
        if (current is not null && Validator.ValidateUpdate(current, merged) is { Count: > 0 } errors)
        {
            throw Failure.Invalid(request.Kind, request.Name, errors);
        }
    }

    private KubeObject? Current(ApiRequest request)
    {
        var current = cluster.View.Get(request.Kind, request.Info.Namespace, request.Name);
        return current is null && request.Info.Subresource.Length > 0
            ? throw Failure.NotFound(request.Kind, request.Name)
            : current;
    }

    /// <summary>The object as it would be: addressed, defaulted and, when new, valid; with its new managed
    /// fields.</summary>
    private KubeObject Merged(ApiRequest request, KubeObject? current, JsonNode config, bool force)
    {
        var given = TypedPatch.Merged(
            request, request.Kind, current, config, FieldOwnership.WriterOf(request), force);
        if (current is null)
        {
            return Created(request, given);
        }

        var proposed = UpdateVerb.Proposed(current, given, UpdateVerb.SubresourceOf(request));
        UpdateVerb.CheckShown(request, current, proposed);
        return NamesVersion(config)
            ? proposed
            : proposed with
            {
                Metadata = proposed.Metadata with { ResourceVersion = current.Metadata.ResourceVersion },
            };
    }

    /// <summary>An object that is not there has no uid. Its version does not matter: there is none to compare it
    /// with.</summary>
    private KubeObject Created(ApiRequest request, KubeObject given)
    {
        if (given.Metadata.Uid is { Length: > 0 } uid)
        {
            throw Failure.Conflict(request.Kind, request.Name,
                $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        var unversioned = given with { Metadata = given.Metadata with { ResourceVersion = null } };
        var ready = NewObject.Ready(
            request.Kind, NewObject.Addressed(request.Kind, request.Info.Namespace, unversioned));
        WriteWarnings.OfNew(request, cluster.View, ready);
        return ready;
    }

    private static bool NamesVersion(JsonNode config) =>
        config["metadata"]?["resourceVersion"]?.ToString() is { Length: > 0 };
}
