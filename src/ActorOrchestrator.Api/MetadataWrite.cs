namespace ActorOrchestrator.Api;

/// <summary>What no write changes of an object's metadata, whatever it says of it: who the object is, and whether it is
/// on its way out.</summary>
public static class MetadataWrite
{
    /// <summary>What is left of the given is the writer's to say: labels, annotations, owners, finalizers, managed
    /// fields, and by uid and resourceVersion which object it means.</summary>
    /// <param name="current">The object's metadata as it is.</param>
    /// <param name="given">The metadata as it was sent.</param>
    public static ObjectMeta Of(ObjectMeta current, ObjectMeta given) => given with
    {
        Name = current.Name,
        Namespace = current.Namespace,
        GenerateName = current.GenerateName,
        SelfLink = null,
        Generation = current.Generation,
        CreationTimestamp = current.CreationTimestamp,
        // Who says that a living object is dying is refused; a dying one stays so, whatever is said.
        DeletionTimestamp = current.DeletionTimestamp ?? given.DeletionTimestamp,
        DeletionGracePeriodSeconds = given.DeletionGracePeriodSeconds ?? current.DeletionGracePeriodSeconds,
    };
}
