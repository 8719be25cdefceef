using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>Makes what a client sent ready to be created: addressed, named, defaulted, valid.</summary>
internal static class NewObject
{
    /// <summary>Kubernetes cuts a generated name's base so that five characters fit into 63.</summary>
    private const int GeneratedBaseMax = 58;

    /// <summary>Puts the object into the path's namespace, and checks what a client may not set.</summary>
    public static KubeObject Addressed(ResourceKind kind, string? scope, KubeObject given)
    {
        var metadata = given.Metadata;
        var wanted = kind.Namespaced ? scope : null;
        if (metadata.Namespace is { Length: > 0 } && metadata.Namespace != wanted)
        {
            throw Failure.BadRequest(
                wanted is null
                    ? "namespace is not allowed on this type"
                    : $"the namespace of the provided object does not match the namespace sent on the request");
        }

        if (metadata.ResourceVersion is { Length: > 0 })
        {
            throw Failure.BadRequest("resourceVersion should not be set on objects to be created");
        }

        return given with
        {
            Metadata = metadata with
            {
                Namespace = wanted,
                Uid = null,
                SelfLink = null,
                ResourceVersion = null,
                Generation = null,
                CreationTimestamp = null,
                DeletionTimestamp = null,
                DeletionGracePeriodSeconds = null,
            },
        };
    }

    public static KubeObject WithGeneratedName(KubeObject given, IIdSource ids)
    {
        var stem = given.Metadata.GenerateName!;
        var name = stem[..Math.Min(stem.Length, GeneratedBaseMax)] + ids.NewNameSuffix();
        return given with { Metadata = given.Metadata with { Name = name } };
    }

    /// <summary>Defaults and validates; 422 with every complaint.</summary>
    public static KubeObject Ready(ResourceKind kind, KubeObject named)
    {
        var fresh = KeepsItsStatus(named) ? named : named.WithStatus(null);
        var complete = Defaults.Apply(fresh);
        var errors = Validator.Validate(complete);
        return errors.Count == 0 ? complete : throw Failure.Invalid(kind, complete.Metadata.Name, errors);
    }

    /// <summary>A machine's agent creates its Node with the status that it sees; other statuses are the
    /// entity's.</summary>
    private static bool KeepsItsStatus(KubeObject value) => value is Node;
}
