namespace ActorOrchestrator.Host.Commands;

/// <summary>A table for a terminal, as kubectl writes them: columns that are as wide as they must be, three blanks
/// between.</summary>
internal static class Columns
{
    private const string Gap = "   ";

    public static string Of(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> lines = [head, .. rows];
        var widths = head.Select((_, column) => lines.Max(line => line[column].Length)).ToList();
        return string.Concat(lines.Select(line =>
            string.Join(Gap, line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd() + "\n"));
    }
}
