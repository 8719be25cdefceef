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
        var scoped = InScope(kind, scope, given);
        if (given.Metadata.ResourceVersion is { Length: > 0 })
        {
            throw Failure.BadRequest("resourceVersion should not be set on objects to be created");
        }

        return scoped with
        {
            Metadata = scoped.Metadata with
            {
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

    /// <summary>Puts the object into the path's namespace; 400 when it says that it is in another.</summary>
    public static KubeObject InScope(ResourceKind kind, string? scope, KubeObject given)
    {
        var wanted = kind.Namespaced ? scope : null;
        if (given.Metadata.Namespace is { Length: > 0 } && given.Metadata.Namespace != wanted)
        {
            throw Failure.BadRequest(
                wanted is null
                    ? "namespace is not allowed on this type"
                    : "the namespace of the provided object does not match the namespace sent on the request");
        }

        return given with { Metadata = given.Metadata with { Namespace = wanted } };
    }

    public static KubeObject WithGeneratedName(KubeObject given, IIdSource ids)
    {
        var stem = given.Metadata.GenerateName!;
        var name = stem[..Math.Min(stem.Length, GeneratedBaseMax)] + ids.NewNameSuffix();
        return given with { Metadata = given.Metadata with { Name = name } };
    }

    /// <summary>Defaults and validates; 422 with every complaint.</summary>
    public static KubeObject Ready(ResourceKind kind, KubeObject named, ApiFace? face = null)
    {
        var fresh = KeepsItsStatus(named) ? named : named.WithStatus(null);
        var complete = Defaults.Apply(fresh);
        var errors = Validator.Validate(complete);
        foreach (var error in face is null ? [] : Validator.ValidateShown(face.FromStored(complete)))
        {
            errors.Add(error);
        }

        return errors.Count == 0 ? complete : throw Failure.Invalid(kind, complete.Metadata.Name, errors);
    }

    /// <summary>A machine's agent creates its Node with the status that it sees; other statuses are the
    /// entity's.</summary>
    private static bool KeepsItsStatus(KubeObject value) => value is Node;
}
