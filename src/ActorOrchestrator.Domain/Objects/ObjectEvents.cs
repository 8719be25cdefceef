using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain;

/// <summary>The object exists now. Carries no resourceVersion: that is the event's own sequence.</summary>
public sealed record ObjectCreated(KubeObject Object) : DomainEvent;

/// <summary>The object was written as a whole (spec, metadata, or a status by its subresource).</summary>
public sealed record ObjectReplaced(KubeObject Object) : DomainEvent;

/// <summary>The object is to go: it stays, terminating, until its finalizers are done (and a pod's containers
/// stopped).</summary>
public sealed record DeletionRequested(
    DateTimeOffset At, long GracePeriodSeconds, ValueList<string> Finalizers) : DomainEvent;

/// <summary>The object is gone.</summary>
public sealed record ObjectDeleted : DomainEvent;
