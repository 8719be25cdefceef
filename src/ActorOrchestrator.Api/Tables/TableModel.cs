using System.Text.Json;

namespace ActorOrchestrator.Api.Tables;

/// <summary>What each row carries besides its cells (<c>?includeObject=</c>).</summary>
public enum TableObject { None, Metadata, Object }

/// <summary>meta/v1 TableColumnDefinition. Priority 0 is always shown, 1 only with <c>-o wide</c>.</summary>
public sealed record TableColumn(string Name, string Type, int Priority, string Description)
{
    /// <summary><c>name</c> for the column that names the object, else empty.</summary>
    public string Format => Name == "Name" && Type == "string" ? "name" : "";
}

/// <summary>A cell: a text, a number or a boolean.</summary>
public readonly record struct TableCell
{
    private readonly object _value;

    private TableCell(object value) => _value = value;

    public static implicit operator TableCell(string? text) => new(text ?? "");

    public static implicit operator TableCell(int number) => new((long)number);

    public static implicit operator TableCell(long number) => new(number);

    public static implicit operator TableCell(bool value) => new(value);

    public override string ToString() => _value is bool flag ? flag ? "true" : "false" : _value.ToString() ?? "";

    internal void Write(Utf8JsonWriter writer)
    {
        switch (_value)
        {
            case long number:
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            default:
                writer.WriteStringValue(ToString());
                break;
        }
    }
}

/// <summary>How the objects of one kind are laid out.</summary>
internal abstract class KindPrinter(IReadOnlyList<TableColumn> columns)
{
    public IReadOnlyList<TableColumn> Columns { get; } = columns;

    /// <summary>As many cells as there are columns.</summary>
    public abstract TableCell[] Cells(KubeObject @object, DateTimeOffset now);
}

internal sealed class KindPrinter<T>(
    IReadOnlyList<TableColumn> columns, Func<T, DateTimeOffset, TableCell[]> cells) : KindPrinter(columns)
    where T : KubeObject
{
    public override TableCell[] Cells(KubeObject @object, DateTimeOffset now) => cells((T)@object, now);
}
