using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// The text of a transcript, taken apart:
/// <code>
/// # seed 7                              the first line, or the seed is 1
/// # What the story is about.            comments and blank lines stay as they are
///
/// $ kubectl apply -f - &lt;&lt;EOF        a command, with its document up to the line EOF
/// …
/// EOF
/// configmap/settings created            what it prints, up to the next command or comment
/// </code>
/// </summary>
internal sealed partial class TranscriptFile
{
    private const string Prompt = "$ ";

    private TranscriptFile(ulong seed, IReadOnlyList<TranscriptStep> steps, IReadOnlyList<string> after) =>
        (Seed, Steps, After) = (seed, steps, after);

    public ulong Seed { get; }

    public IReadOnlyList<TranscriptStep> Steps { get; }

    /// <summary>Comments behind the last command's output.</summary>
    public IReadOnlyList<string> After { get; }

    public static TranscriptFile Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var steps = new List<TranscriptStep>();
        var lead = new List<string>();
        for (var at = 0; at < lines.Length;)
        {
            if (!lines[at].StartsWith(Prompt, StringComparison.Ordinal))
            {
                lead.Add(lines[at++]);
                continue;
            }

            var command = lines[at++][Prompt.Length..];
            var document = TakeDocument(command, lines, ref at);
            var output = TakeOutput(lines, ref at);
            steps.Add(new TranscriptStep([.. lead], command, document, Trimmed(output, out var blanks)));
            lead = blanks;
        }

        return new TranscriptFile(SeedOf(lines[0]), steps, lead);
    }

    /// <summary>The text again, with other outputs.</summary>
    public string With(IReadOnlyList<IReadOnlyList<string>> outputs)
    {
        var lines = new List<string>();
        foreach (var (step, output) in Steps.Zip(outputs))
        {
            lines.AddRange(step.Before);
            lines.Add(Prompt + step.Command);
            lines.AddRange(step.Document);
            lines.AddRange(output);
        }

        lines.AddRange(After);
        return string.Join('\n', lines).TrimEnd('\n') + "\n";
    }

    /// <summary>The lines after <c>&lt;&lt;EOF</c>, the closing one included.</summary>
    private static List<string> TakeDocument(string command, string[] lines, ref int at)
    {
        var document = new List<string>();
        if (Heredoc().Match(command) is not { Success: true } match)
        {
            return document;
        }

        var end = match.Groups["end"].Value;
        while (at < lines.Length)
        {
            document.Add(lines[at]);
            if (lines[at++] == end)
            {
                return document;
            }
        }

        throw new FormatException($"the document of \"{command}\" has no closing {end}");
    }

    private static List<string> TakeOutput(string[] lines, ref int at)
    {
        var output = new List<string>();
        while (at < lines.Length && !lines[at].StartsWith(Prompt, StringComparison.Ordinal)
            && !lines[at].StartsWith('#'))
        {
            output.Add(lines[at++]);
        }

        return output;
    }

    /// <summary>The blank lines at the end belong to what follows.</summary>
    private static List<string> Trimmed(List<string> output, out List<string> blanks)
    {
        var last = output.FindLastIndex(line => line.Length > 0);
        blanks = output[(last + 1)..];
        return output[..(last + 1)];
    }

    private static ulong SeedOf(string line) => SeedLine().Match(line) is { Success: true } match
        ? ulong.Parse(match.Groups["seed"].Value, CultureInfo.InvariantCulture)
        : 1;

    [GeneratedRegex(@"<<\s*'?(?<end>\w+)'?\s*$")]
    private static partial Regex Heredoc();

    [GeneratedRegex(@"\A#\s*seed\s+(?<seed>\d+)\s*\z")]
    private static partial Regex SeedLine();
}

/// <summary>One command of a transcript.</summary>
/// <param name="Before">Comments and blank lines above it.</param>
/// <param name="Command">Without the prompt.</param>
/// <param name="Document">The lines of its document with the closing one; empty without.</param>
/// <param name="Output">What the file says that it prints.</param>
internal sealed record TranscriptStep(
    IReadOnlyList<string> Before, string Command, IReadOnlyList<string> Document, IReadOnlyList<string> Output);
