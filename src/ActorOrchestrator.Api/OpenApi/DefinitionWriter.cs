using System.Reflection;
using System.Text.Json;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>Writes the types that a set of kinds is made of, with the marks by which kubectl patches them.</summary>
internal sealed class DefinitionWriter(Utf8JsonWriter writer, Dialect dialect)
{
    /// <summary>Writes one entry for each type, in the order of their names.</summary>
    public void WriteAll(IReadOnlyCollection<ResourceKind> kinds)
    {
        var byType = kinds.ToLookup(kind => kind.ClrType);
        var entries = new SortedDictionary<string, Action>(StringComparer.Ordinal);
        foreach (var schema in Reachable(kinds))
        {
            entries[DefinitionNames.Of(schema.ClrType)] =
                () => WriteObject(schema, byType[schema.ClrType]);
        }

        foreach (var type in byType.Where(type => type.First().IsListed))
        {
            entries[DefinitionNames.ListOf(type.First())] = () => WriteList([.. type]);
        }

        entries[DefinitionNames.Quantity] = () => dialect.WriteEither(writer, "", "string", "number");
        entries[DefinitionNames.IntOrString] = () => dialect.WriteEither(writer, "int-or-string", "integer", "string");
        entries[DefinitionNames.Time] = () => WriteType("string", "date-time");
        entries[DefinitionNames.MicroTime] = () => WriteType("string", "date-time");
        entries[DefinitionNames.Opaque] = () => WriteType("object", "");
        foreach (var (name, write) in entries)
        {
            writer.WriteStartObject(name);
            write();
            writer.WriteEndObject();
        }
    }

    private static IEnumerable<TypeSchema> Reachable(IEnumerable<ResourceKind> kinds)
    {
        var seen = new HashSet<TypeSchema>();
        var open = new Stack<TypeSchema>(kinds.Select(TypeSchema.Of));
        foreach (var type in (Type[])[typeof(Status), typeof(DeleteOptions), typeof(ListMeta)])
        {
            open.Push(TypeSchema.Of(type));
        }

        while (open.TryPop(out var schema))
        {
            if (schema.Element is { } element)
            {
                open.Push(element);
            }

            if (schema.Kind != NodeKind.Object || !seen.Add(schema))
            {
                continue;
            }

            foreach (var field in schema.Fields)
            {
                open.Push(field.Type);
            }
        }

        return seen;
    }

    private void WriteObject(TypeSchema schema, IEnumerable<ResourceKind> kinds)
    {
        if (schema.ClrType.GetCustomAttribute<DocAttribute>() is { } doc)
        {
            writer.WriteString("description", doc.Text);
        }

        writer.WriteString("type", "object");
        var required = schema.Fields.Where(field => field.IsRequired).Select(field => field.WireName).ToArray();
        if (required.Length > 0)
        {
            WriteTexts("required", required);
        }

        if (schema.Fields.Count > 0)
        {
            writer.WriteStartObject("properties");
            foreach (var field in schema.Fields)
            {
                WriteField(field);
            }

            writer.WriteEndObject();
        }

        if (schema.IsAtomic)
        {
            writer.WriteString("x-kubernetes-map-type", "atomic");
        }

        if (kinds.Any())
        {
            WriteKinds(kinds.Select(kind => (kind.Group, kind.Version, kind.Kind)));
        }
        else if (schema.ClrType == typeof(Status) || schema.ClrType == typeof(DeleteOptions))
        {
            WriteKinds([("", "v1", schema.ClrType.Name)]);
        }
    }

    private void WriteField(FieldSchema field)
    {
        writer.WriteStartObject(field.WireName);
        WriteValue(field.Type, field.Doc);
        if (field.Values.Count > 0)
        {
            WriteTexts("enum", field.Values);
        }

        if (field.Type.Kind == NodeKind.List)
        {
            WriteListMarks(field);
        }
        else if (field.IsAtomic && field.Type.Kind == NodeKind.Map)
        {
            writer.WriteString("x-kubernetes-map-type", "atomic");
        }

        if (field.MergeKey is { } key)
        {
            writer.WriteString("x-kubernetes-patch-merge-key", key);
        }

        if (field.PatchStrategies.Count > 0)
        {
            writer.WriteString("x-kubernetes-patch-strategy", string.Join(',', field.PatchStrategies));
        }

        writer.WriteEndObject();
    }

    private void WriteListMarks(FieldSchema field)
    {
        writer.WriteString("x-kubernetes-list-type", field.ListType switch
        {
            ListType.Map => "map",
            ListType.Set => "set",
            _ => "atomic",
        });
        if (field.ListMapKeys.Count > 0)
        {
            WriteTexts("x-kubernetes-list-map-keys", field.ListMapKeys);
        }
    }

    private void WriteValue(TypeSchema type, string description)
    {
        var reference = type.Kind switch
        {
            NodeKind.Object => DefinitionNames.Of(type.ClrType),
            NodeKind.Opaque => DefinitionNames.Opaque,
            _ => DefinitionNames.OfScalar(type.Scalar),
        };
        if (reference is not null)
        {
            dialect.WriteReference(writer, reference, description);
            return;
        }

        if (description.Length > 0)
        {
            writer.WriteString("description", description);
        }

        switch (type.Kind)
        {
            case NodeKind.List:
                writer.WriteString("type", "array");
                WriteNested("items", type.Element!);
                break;
            case NodeKind.Map:
                writer.WriteString("type", "object");
                WriteNested("additionalProperties", type.Element!);
                break;
            default:
                WriteScalar(type.Scalar);
                break;
        }
    }

    private void WriteNested(string name, TypeSchema element)
    {
        writer.WriteStartObject(name);
        WriteValue(element, "");
        writer.WriteEndObject();
    }

    private void WriteScalar(ScalarKind scalar)
    {
        var (type, format) = scalar switch
        {
            ScalarKind.Boolean => ("boolean", ""),
            ScalarKind.Int32 => ("integer", "int32"),
            ScalarKind.Int64 => ("integer", "int64"),
            ScalarKind.Bytes => ("string", "byte"),
            _ => ("string", ""),
        };
        WriteType(type, format);
    }

    private void WriteType(string type, string format)
    {
        writer.WriteString("type", type);
        if (format.Length > 0)
        {
            writer.WriteString("format", format);
        }
    }

    private void WriteList(IReadOnlyList<ResourceKind> kinds)
    {
        var kind = kinds[0];
        writer.WriteString("description", $"A list of {kind.Kind} objects.");
        writer.WriteString("type", "object");
        WriteTexts("required", ["items"]);
        writer.WriteStartObject("properties");
        foreach (var field in TypeSchema.Of(kind).Fields.Take(2))
        {
            WriteField(field);
        }

        writer.WriteStartObject("metadata");
        dialect.WriteReference(writer, DefinitionNames.Of(typeof(ListMeta)), "Where in time the list stands.");
        writer.WriteEndObject();
        writer.WriteStartObject("items");
        writer.WriteString("description", "The objects.");
        writer.WriteString("type", "array");
        WriteNested("items", TypeSchema.Of(kind));
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteKinds(kinds.Select(kind => (kind.Group, kind.Version, kind.ListKind)));
    }

    private void WriteKinds(IEnumerable<(string Group, string Version, string Kind)> kinds)
    {
        writer.WriteStartArray("x-kubernetes-group-version-kind");
        foreach (var (group, version, kind) in kinds)
        {
            writer.WriteStartObject();
            writer.WriteString("group", group);
            writer.WriteString("kind", kind);
            writer.WriteString("version", version);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteTexts(string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
