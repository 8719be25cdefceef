using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain;

/// <summary>The state of every entity that is an API object: the object (without resourceVersion; that is the sequence
/// of its last event), or null before creation and after deletion. Kinds add their bookkeeping in subtypes.</summary>
public record ObjectState(KubeObject? Object)
{
    public static readonly ObjectState Absent = new((KubeObject?)null);

    public bool IsTerminating => Object?.Metadata.DeletionTimestamp is not null;
}

/// <summary>The status as a whole, decided by the entity itself (the agent's report for a pod).</summary>
public sealed record StatusChanged(object Status) : DomainEvent;

/// <summary>Folds events into the object: the one function used by the entity, by replay and by the view.</summary>
public static class ObjectFold
{
    public static KubeObject? Apply(KubeObject? current, DomainEvent @event) => @event switch
    {
        ObjectCreated created => created.Object,
        ObjectReplaced replaced => replaced.Object,
        StatusChanged changed => Existing(current, @event).WithStatus(changed.Status),
        Pods.PodBound bound => Pods.PodConditions.Bind((Api.Core.Pod)Existing(current, @event), bound),
        DeletionRequested deletion => Terminate(Existing(current, @event), deletion),
        ObjectDeleted => null,
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not an event of API objects"),
    };

    private static KubeObject Terminate(KubeObject current, DeletionRequested deletion) => current with
    {
        Metadata = current.Metadata with
        {
            DeletionTimestamp = deletion.At,
            DeletionGracePeriodSeconds = deletion.GracePeriodSeconds,
            Finalizers = deletion.Finalizers,
            Generation = current.Metadata.Generation + 1,
        },
    };

    private static KubeObject Existing(KubeObject? current, DomainEvent @event) =>
        current ?? throw new InvalidOperationException($"{@event.GetType().Name} on an object that does not exist");
}
