using System.Text.Json.Nodes;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary>A table of the server as kubectl prints it: capitals above, columns as wide as their widest cell and three
/// blanks.</summary>
internal sealed class TableLayout(JsonArray columns)
{
    private const int Padding = 3;

    /// <summary>No column is narrower, padding included (kubectl's tab writer).</summary>
    private const int WidthLeast = 6;

    public bool IsWide { get; init; }

    public bool HasNamespace { get; init; }

    public bool HasLabels { get; init; }

    /// <summary>Before names, when several kinds are shown.</summary>
    public string NamePrefix { get; init; } = "";

    public IEnumerable<string> Lines(IReadOnlyList<JsonObject> rows)
    {
        var shown = Enumerable.Range(0, columns.Count)
            .Where(i => IsWide || columns[i]!["priority"]!.GetValue<int>() == 0).ToList();
        var cells = new List<List<string>>
        {
            Around("NAMESPACE", [.. shown.Select(i => $"{columns[i]!["name"]}".ToUpperInvariant())], "LABELS"),
        };
        foreach (var row in rows)
        {
            var metadata = row["object"]!["metadata"]!;
            var values = shown.Select(i => (columns[i]!["format"]?.ToString() == "name" ? NamePrefix : "")
                + row["cells"]![i]).ToList();
            cells.Add(Around($"{metadata["namespace"]}", values, LabelsOf(metadata)));
        }

        var widths = Enumerable.Range(0, cells[0].Count)
            .Select(i => Math.Max(WidthLeast, cells.Max(row => row[i].Length) + Padding)).ToList();
        return cells.Select(row => string.Concat(row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    private List<string> Around(string @namespace, List<string> cells, string labels) =>
        [.. HasNamespace ? [@namespace] : Array.Empty<string>(), .. cells,
            .. HasLabels ? [labels] : Array.Empty<string>()];

    private static string LabelsOf(JsonNode metadata) => metadata["labels"] is JsonObject { Count: > 0 } labels
        ? string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"))
        : "<none>";
}
