using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Domain;

/// <summary>A request about one API object. The gateway's commands are answered with a <see cref="Reply"/>; an owner
/// tells the same commands to its children and hears of the outcome by <see cref="ChildReport"/>.</summary>
public abstract record Command : Message
{
    /// <summary>Decide and answer as if, but change nothing (<c>dryRun=All</c>).</summary>
    public bool DryRun { get; init; }

    /// <summary>The resourceVersion that the object must have; null when any will do.</summary>
    public virtual string? ExpectedVersion => null;
}

/// <summary>Creates the object. It is decoded, defaulted and validated, has its final name, and, from an owner, its
/// uid: asking again for the same uid is no error.</summary>
public sealed record Create(KubeObject Object) : Command;

/// <summary>
/// Replaces the object (PUT, and PATCH after the gateway computed the result). With <see cref="Subresource"/>
/// <c>status</c> the status and metadata are taken, with <c>resize</c> the resources of a pod's containers, with
/// <c>ephemeralcontainers</c> those that are added to it, otherwise everything but the status. Preconditions are
/// <c>metadata.resourceVersion</c> and <c>metadata.uid</c> of <paramref name="Object"/>, where given.
/// </summary>
public sealed record Replace(KubeObject Object) : Command
{
    public string? Subresource { get; init; }

    public override string? ExpectedVersion => Object.Metadata.ResourceVersion;
}

/// <summary>Sets <c>spec.replicas</c> (the <c>scale</c> subresource) of an object that has a scale.</summary>
public sealed record SetScale(int Replicas, string? ResourceVersion = null) : Command
{
    /// <summary>Who scales, for <c>metadata.managedFields</c>; null leaves the fields to their owners.</summary>
    public FieldWriter? Writer { get; init; }

    public override string? ExpectedVersion => ResourceVersion;

    /// <summary>The scaled object, whose replicas are now the writer's.</summary>
    public KubeObject Owned(KubeObject current, KubeObject scaled) => Writer is null ? scaled : scaled with
    {
        Metadata = scaled.Metadata with { ManagedFields = ManagedFields.OfUpdated(current, scaled, Writer) },
    };
}

/// <summary>Deletes the object (DELETE); <paramref name="Options"/> as in meta/v1 DeleteOptions.</summary>
public sealed record Delete(DeleteOptions Options) : Command
{
    public override string? ExpectedVersion => Options.Preconditions?.ResourceVersion;

    public static readonly Delete Background = new(new DeleteOptions());

    /// <summary>Why the cluster itself deletes a pod (its condition <c>DisruptionTarget</c>); null when somebody asked
    /// for it.</summary>
    public PodDisruption? Disruption { get; init; }

    /// <summary>A pod that has ended stays; its controller hears how it stands instead. Who decides on an older report
    /// takes nothing from a pod that has succeeded since.</summary>
    public bool UnlessFinished { get; init; }

    /// <summary>A pod that is ready stays, and its controller hears how it stands: what seemed broken may have come up
    /// since.</summary>
    public bool UnlessReady { get; init; }

    public static Delete Exactly(string uid) => new(new DeleteOptions { Preconditions = new() { Uid = uid } });
}

/// <summary>Binds a pod to a node (the <c>binding</c> subresource, and the scheduler).</summary>
public sealed record BindPod(string? Uid, string Node) : Command;

/// <summary>The outcome of a command.</summary>
public abstract record Reply
{
    private Reply()
    {
    }

    /// <summary>Done and durable. <paramref name="Object"/> is the object after it; a deletion that completed has
    /// <paramref name="Removed"/>. The engine stamps the resourceVersion.</summary>
    public sealed record Accepted(KubeObject Object, bool Removed = false) : Reply;

    /// <summary>Refused; nothing changed.</summary>
    public sealed record Rejected(Status Status) : Reply;
}
