using System.Runtime.InteropServices;
using System.Text.Json;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// The cluster itself as a manager of fields: what its machines and controllers write. Most objects are never applied,
/// so it is entered in <c>metadata.managedFields</c> only where that decides something: from the first apply on, which
/// makes the cluster the owner of what is there and nobody's, and from then on with every write.
/// </summary>
public static class SystemFields
{

    /// <summary>The object with the owners that it has after the cluster wrote it; null where none are kept.</summary>
    public static KubeObject? Written(KubeObject before, KubeObject after, DateTimeOffset now)
    {
        var kind = KindRegistry.Of(after);
        if (!AreKept(kind, before) || FieldManagers.TryRead(after.Metadata.ManagedFields) is not { } managers)
        {
            return null;
        }

        var (old, @new) = (ManagedFields.Element(before), ManagedFields.Element(after));
        var writer = WriterOf(kind, now);
        managers = ManagedFields.Updated(kind, old, @new, managers, writer with { Subresource = null });
        if (writer.Subresource is not null)
        {
            managers = ManagedFields.Updated(kind, old, @new, managers, writer);
        }

        return after with { Metadata = after.Metadata with { ManagedFields = managers.ToEntries() } };
    }

    /// <summary>Gives the cluster what nobody owns of the status, or (for an apply of the object itself) of the
    /// metadata. A spec has fields that are nobody's by right: those that were left to their defaults.</summary>
    internal static FieldManagers Claim(
        ResourceKind kind, FieldType type, JsonElement live, FieldManagers managers, FieldWriter applier)
    {
        var branch = applier.Subresource == Subresources.Status ? "f:status" : "f:metadata";
        var all = AppliedFields.Of(JsonTree.Node(JsonMarshal.GetRawUtf8Value(live))!.AsObject(), type);
        var mine = ManagedFields.Stripped(FieldSet.Empty.WithBelow(branch, all.Below(branch)));
        foreach (var owner in managers.Owners)
        {
            mine = mine.Except(owner.Fields);
        }

        if (mine.IsEmpty)
        {
            return managers;
        }

        var self = FieldOwner.Of(WriterOf(kind, applier.Now), applies: false, mine);
        return managers.With(managers.Find(self) is { } before
            ? self with { Fields = mine.Union(before.Fields), Time = before.Time }
            : self);
    }

    private static bool AreKept(ResourceKind kind, KubeObject value)
    {
        foreach (var entry in value.Metadata.ManagedFields.AsSpan())
        {
            if (entry.Operation == "Apply" || entry.Subresource == Subresources.Status || entry.Manager == NameOf(kind))
            {
                return true;
            }
        }

        return false;
    }

    private static FieldWriter WriterOf(ResourceKind kind, DateTimeOffset now) =>
        new(NameOf(kind), kind.ApiVersion, kind.HasStatus ? Subresources.Status : null, now);

    /// <summary>As Kubernetes' programs call themselves.</summary>
    private static string NameOf(ResourceKind kind) =>
        kind.ClrType == typeof(Core.Pod) || kind.ClrType == typeof(Core.Node) ? "kubelet" : "kube-controller-manager";
}
