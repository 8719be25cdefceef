using System.Buffers;
using System.Text.Json;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tables;

/// <summary>
/// meta.k8s.io/v1 Table: the rows that <c>kubectl get</c> prints, made by the server so that every client prints the
/// same. Columns are those of Kubernetes 1.35.
/// </summary>
public static class Tables
{
    public static IReadOnlyList<TableColumn> Columns(ResourceKind kind) => Printers.For(kind.ClrType).Columns;

    /// <summary>The cells of one object, one for each column, those of <c>-o wide</c> included.</summary>
    public static IReadOnlyList<TableCell> Cells(KubeObject @object, DateTimeOffset now) =>
        Printers.For(@object.GetType()).Cells(@object, now);

    /// <summary>A whole table. Of a watch only the first event's table needs the column definitions.</summary>
    public static byte[] Render(
        ResourceKind kind, IEnumerable<KubeObject> objects, DateTimeOffset now, TableObject include,
        ListMeta? metadata = null, bool withColumns = true)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, kind, objects, now, include, metadata, withColumns);
        return output.WrittenSpan.ToArray();
    }

    public static void Write(
        IBufferWriter<byte> output, ResourceKind kind, IEnumerable<KubeObject> objects, DateTimeOffset now,
        TableObject include, ListMeta? metadata = null, bool withColumns = true)
    {
        var printer = Printers.For(kind.ClrType);
        using var writer = new Utf8JsonWriter(output, KubeJson.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Table"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        writer.WritePropertyName("metadata"u8);
        KubeJson.Write(writer, metadata ?? ListMeta.Empty);
        writer.WriteStartArray("columnDefinitions"u8);
        if (withColumns)
        {
            foreach (var column in printer.Columns)
            {
                WriteColumn(writer, column);
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("rows"u8);
        foreach (var @object in objects)
        {
            WriteRow(writer, @object, printer.Cells(@object, now), include);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteColumn(Utf8JsonWriter writer, TableColumn column)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, column.Name);
        writer.WriteString("type"u8, column.Type);
        writer.WriteString("format"u8, column.Format);
        writer.WriteString("description"u8, column.Description);
        writer.WriteNumber("priority"u8, column.Priority);
        writer.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter writer, KubeObject @object, TableCell[] cells, TableObject include)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        foreach (var cell in cells)
        {
            cell.Write(writer);
        }

        writer.WriteEndArray();
        if (@object is Pod { Status.Phase: "Succeeded" or "Failed" } pod)
        {
            WriteCompleted(writer, pod.Status.Phase);
        }

        writer.WritePropertyName("object"u8);
        WriteObject(writer, @object, include);
        writer.WriteEndObject();
    }

    private static void WriteCompleted(Utf8JsonWriter writer, string phase)
    {
        writer.WriteStartArray("conditions"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Completed"u8);
        writer.WriteString("status"u8, "True"u8);
        writer.WriteString("reason"u8, phase);
        writer.WriteString("message"u8, phase == "Failed" ? "The pod failed." : "The pod has completed successfully.");
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, KubeObject @object, TableObject include)
    {
        switch (include)
        {
            case TableObject.None:
                writer.WriteNullValue();
                break;
            case TableObject.Object:
                KubeJson.Write(writer, @object);
                break;
            case TableObject.Metadata:
                writer.WriteStartObject();
                writer.WriteString("kind"u8, "PartialObjectMetadata"u8);
                writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
                writer.WritePropertyName("metadata"u8);
                KubeJson.Write(writer, @object.Metadata);
                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(include), include, "no such form");
        }
    }
}
