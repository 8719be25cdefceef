using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Tables;

/// <summary>Writes meta/v1 Tables: what kubectl prints.</summary>
internal sealed class TableWriter(ResourceKind kind, TableOptions options)
{
    /// <summary>One object as a Table of one row: for get, and for each event of a watch.</summary>
    public static void WriteOne(Utf8JsonWriter json, KubeObject value, ResponseFormat format)
    {
        var table = new TableWriter(KindRegistry.Of(value), new TableOptions(IncludedObject.Metadata));
        json.WriteStartObject();
        json.WriteString("kind"u8, "Table"u8);
        json.WriteString("apiVersion"u8, $"meta.k8s.io/{format.ProjectionVersion}");
        json.WriteStartObject("metadata"u8);
        json.WriteString("resourceVersion"u8, value.Metadata.ResourceVersion);
        json.WriteEndObject();
        table.WriteColumns(json);
        json.WriteStartArray("rows"u8);
        table.WriteRow(json, value, format);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void WriteColumns(Utf8JsonWriter json)
    {
        _ = kind;
        json.WriteStartArray("columnDefinitions"u8);
        WriteColumn(json, "Name", "string", "name");
        WriteColumn(json, "Created At", "date", "");
        json.WriteEndArray();
    }

    public void WriteRow(Utf8JsonWriter json, KubeObject value, ResponseFormat format)
    {
        json.WriteStartObject();
        json.WriteStartArray("cells"u8);
        json.WriteStringValue(value.Metadata.Name);
        json.WriteStringValue($"{value.Metadata.CreationTimestamp:yyyy-MM-ddTHH:mm:ssZ}");
        json.WriteEndArray();
        switch (options.Include)
        {
            case IncludedObject.Metadata:
                json.WritePropertyName("object"u8);
                Codec.WritePartial(json, value.Metadata, format, typed: true);
                break;
            case IncludedObject.Object:
                json.WritePropertyName("object"u8);
                KubeJson.Write(json, value);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteColumn(Utf8JsonWriter json, string name, string type, string format)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("type"u8, type);
        json.WriteString("format"u8, format);
        json.WriteString("description"u8, "");
        json.WriteNumber("priority"u8, 0);
        json.WriteEndObject();
    }
}
