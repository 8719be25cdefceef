
namespace ActorOrchestrator.Api.Patching;

/// <summary>Who writes: the manager's name, the version it speaks, the subresource it writes to, and when.</summary>
public sealed record FieldWriter(string Manager, string ApiVersion, string? Subresource, DateTimeOffset Now);

/// <summary>What a manager owns by one operation; an applier is the same whatever version it speaks.</summary>
internal sealed record FieldOwner(
    string Manager, bool Applies, string ApiVersion, string Subresource, FieldSet Fields, DateTimeOffset? Time)
{
    /// <summary>The time is of whole seconds, as on the wire: an object must equal itself read back.</summary>
    public static FieldOwner Of(FieldWriter writer, bool applies, FieldSet fields) => new(
        writer.Manager, applies, writer.ApiVersion, writer.Subresource ?? "", fields,
        DateTimeOffset.FromUnixTimeSeconds(writer.Now.ToUnixTimeSeconds()));

    public bool IsSameAs(FieldOwner other) =>
        Manager == other.Manager
        && Applies == other.Applies
        && Subresource == other.Subresource
        && (Applies || ApiVersion == other.ApiVersion);

    /// <summary>As conflict messages name it: <c>"kubectl-client-side-apply" using apps/v1</c>.</summary>
    public string Show()
    {
        var name = Validation.FieldError.Quote(Manager);
        var of = Subresource.Length == 0 ? "" : $" with subresource {Validation.FieldError.Quote(Subresource)}";
        return Applies ? name + of : $"{name}{of} using {ApiVersion}";
    }
}

/// <summary>All owners of an object's fields: <c>metadata.managedFields</c>, read and written.</summary>
internal sealed record FieldManagers(ValueList<FieldOwner> Owners)
{
    public static readonly FieldManagers None = new([]);

    /// <summary>As Kubernetes: with more updaters than these, the oldest are merged into one.</summary>
    private const int UpdatersMax = 10;

    private const string Ancient = "ancient-changes";

    public bool IsEmpty => Owners.Count == 0;

    /// <summary>Null if an entry is malformed.</summary>
    public static FieldManagers? TryRead(ValueList<ManagedFieldsEntry> entries)
    {
        var owners = new List<FieldOwner>(entries.Count);
        foreach (var entry in entries)
        {
            var good = entry is { Operation: "Apply" or "Update", FieldsType: "FieldsV1", ApiVersion.Length: > 0 };
            if (!good || FieldSet.TryParse(entry.FieldsV1) is not { } fields)
            {
                return null;
            }

            owners.Add(new FieldOwner(entry.Manager ?? "", entry.Operation == "Apply", entry.ApiVersion!,
                entry.Subresource ?? "", fields, entry.Time));
        }

        return new FieldManagers(owners.ToValueList());
    }

    /// <summary>Appliers first, then by time and name.</summary>
    public ValueList<ManagedFieldsEntry> ToEntries() => Owners
        .OrderByDescending(owner => owner.Applies)
        .ThenBy(owner => owner.Time?.ToUnixTimeSeconds() ?? 0)
        .ThenBy(owner => owner.Manager, StringComparer.Ordinal)
        .ThenBy(owner => owner.ApiVersion, StringComparer.Ordinal)
        .ThenBy(owner => owner.Subresource, StringComparer.Ordinal)
        .Select(owner => new ManagedFieldsEntry
        {
            Manager = owner.Manager.Length == 0 ? null : owner.Manager,
            Operation = owner.Applies ? "Apply" : "Update",
            ApiVersion = owner.ApiVersion,
            Time = owner.Time,
            FieldsType = "FieldsV1",
            FieldsV1 = owner.Fields.ToJson(),
            Subresource = owner.Subresource.Length == 0 ? null : owner.Subresource,
        })
        .ToValueList();

    public FieldOwner? Find(FieldOwner like) => Owners.FirstOrDefault(owner => owner.IsSameAs(like));

    /// <summary>Puts an owner in the place of its former self; one that owns nothing goes.</summary>
    public FieldManagers With(FieldOwner owner)
    {
        var others = Owners.Where(other => !other.IsSameAs(owner));
        return new FieldManagers((owner.Fields.IsEmpty ? others : others.Append(owner)).ToValueList());
    }

    /// <summary>All owners but one lose fields.</summary>
    public FieldManagers LoseFields(FieldSet fields, FieldOwner? keeper) => new(Owners
        .Select(owner => keeper is not null && owner.IsSameAs(keeper)
            ? owner
            : owner with { Fields = owner.Fields.Except(fields) })
        .Where(owner => !owner.Fields.IsEmpty)
        .ToValueList());

    /// <summary>Merges the oldest updaters into <c>ancient-changes</c>, one for each version.</summary>
    public FieldManagers Capped()
    {
        var updaters = Owners.Where(owner => !owner.Applies).OrderBy(owner => owner.Time).ToList();
        var surplus = updaters.Count - UpdatersMax;
        if (surplus <= 0)
        {
            return this;
        }

        var managers = this;
        foreach (var oldest in updaters.Where(owner => owner.Manager != Ancient).Take(surplus + 1))
        {
            managers = managers.With(oldest with { Fields = FieldSet.Empty });
            var bucket = oldest with { Manager = Ancient, Subresource = "" };
            var merged = managers.Find(bucket)?.Fields.Union(oldest.Fields) ?? oldest.Fields;
            managers = managers.With(bucket with { Fields = merged });
        }

        return managers;
    }
}
