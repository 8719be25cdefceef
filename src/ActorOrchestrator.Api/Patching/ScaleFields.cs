namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// Who owns <c>spec.replicas</c> of an object is who owns that field of its Scale: the entries of
/// <c>metadata.managedFields</c> that hold it, and no others, are the Scale's, and go back after the Scale was written.
/// </summary>
public static class ScaleFields
{
    private static readonly FieldSet Replicas =
        FieldSet.Empty.WithBelow("f:spec", FieldSet.Empty.WithMember("f:replicas"));

    /// <summary>The managed fields of the object's Scale; of an object whose own cannot be read, none.</summary>
    public static ValueList<ManagedFieldsEntry> OfScale(KubeObject value, ResourceKind scale)
    {
        var managers = FieldManagers.TryRead(value.Metadata.ManagedFields) ?? FieldManagers.None;
        return new FieldManagers(managers.Owners.Where(OwnsReplicas)
            .Select(owner => owner with { ApiVersion = scale.ApiVersion, Fields = Replicas })
            .ToValueList()).ToEntries();
    }

    /// <summary>The managed fields of the object after its Scale was written.</summary>
    /// <param name="value">The object before.</param>
    /// <param name="scale">The Scale's managed fields now.</param>
    public static ValueList<ManagedFieldsEntry> OfParent(KubeObject value, ValueList<ManagedFieldsEntry> scale)
    {
        if (FieldManagers.TryRead(value.Metadata.ManagedFields) is not { } managers
            || FieldManagers.TryRead(scale) is not { } scalers)
        {
            return value.Metadata.ManagedFields;
        }

        var apiVersion = KindRegistry.Of(value).ApiVersion;
        var writers = scalers.Owners.Select(owner => owner with { ApiVersion = apiVersion }).ToList();
        var result = managers.LoseFields(Replicas, null);
        foreach (var writer in writers)
        {
            var before = managers.Find(writer);
            result = result.With(writer with
            {
                Fields = (before?.Fields ?? FieldSet.Empty).Union(Replicas),
                Time = before is not null && OwnsReplicas(before) ? before.Time : writer.Time,
            });
        }

        return result.ToEntries();
    }

    private static bool OwnsReplicas(FieldOwner owner) => owner.Fields.Below("f:spec").HasMember("f:replicas");
}
