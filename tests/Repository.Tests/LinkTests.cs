using System.Text.RegularExpressions;

namespace ActorOrchestrator.Repository.Tests;

public sealed partial class LinkTests
{
    [Fact]
    public void Links_in_the_documents_lead_somewhere() =>
        Rule.Holds("a relative link names a file of the repository, or a heading of its document",
            from document in RepositoryFiles.All.Where(path => path.EndsWith(".md", StringComparison.Ordinal))
            from line in RepositoryFiles.Lines(document).Index()
            from Match match in Link().Matches(line.Item)
            let target = match.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal)
                && !target.StartsWith("mailto:", StringComparison.Ordinal)
                && !Resolves(document, target)
            select $"{document}:{line.Index + 1} {target}");

    private static bool Resolves(string document, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0
            ? RepositoryFiles.FullPath(document)
            : Path.GetFullPath(Path.Combine(
                RepositoryFiles.FullPath(document), "..", Uri.UnescapeDataString(parts[0])));
        if (parts.Length == 1)
        {
            return File.Exists(file) || Directory.Exists(file);
        }

        return File.Exists(file) && File.ReadLines(file).Any(line => AnchorOf(line) == parts[1]);
    }

    /// <summary>As renderers make an anchor of a heading: lower case, dashes for blanks.</summary>
    private static string? AnchorOf(string line) =>
        line.StartsWith('#')
            ? string.Concat(line.TrimStart('#').Trim().ToLowerInvariant()
                .Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')
                .Select(letter => letter == ' ' ? '-' : letter))
            : null;

    [GeneratedRegex(@"(?<!\!)\[[^\]]*\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
