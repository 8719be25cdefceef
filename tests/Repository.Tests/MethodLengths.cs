using System.Text.RegularExpressions;

namespace ActorOrchestrator.Repository.Tests;

internal sealed record MethodLength(string Name, int FirstLine, int Lines);

/// <summary>
/// Finds members with a body by counting braces: a block directly inside a type whose header has a parameter list, or
/// a property's block. A type's own block is recognised by its keyword.
/// </summary>
internal static partial class MethodLengths
{
    private static readonly string[] TypeWords = ["namespace", "class", "record", "struct", "interface", "enum"];

    private sealed record Block(bool IsType, bool IsMember, string Header, int FirstLine);

    public static IEnumerable<MethodLength> Of(string text)
    {
        var code = CSharpText.CodeOf(text);
        var open = new Stack<Block>();
        var header = 0;
        for (var at = 0; at < code.Length; at++)
        {
            switch (code[at])
            {
                case '{':
                    open.Push(Opened(code, header, at, open));
                    header = at + 1;
                    break;
                case '}':
                    header = at + 1;
                    if (open.TryPop(out var block) && block.IsMember)
                        yield return new(NameOf(block.Header), block.FirstLine, LineOf(code, at) - block.FirstLine + 1);
                    break;
                case ';' when Parentheses(code, header, at) == 0:
                    header = at + 1;
                    break;
            }
        }
    }

    private static Block Opened(string code, int header, int at, Stack<Block> open)
    {
        // Attributes stand before the header, and have parameter lists of their own.
        header += Attributes().Match(code[header..at]).Length;
        var text = code[header..at];
        var words = CSharpText.WordsOf(text.Split(" where ")[0].Split('(')[0]).ToHashSet();
        var insideType = open.Count == 0 || open.Peek().IsType;
        var isType = insideType && TypeWords.Any(words.Contains) && !text.Contains('=');
        var assigned = text.Replace("=>", "").IndexOf('=');
        var parameters = text.IndexOf('(');
        var isMember = insideType && !isType && (assigned < 0 || (parameters >= 0 && parameters < assigned));
        var first = header + text.Length - text.TrimStart().Length;
        return new(isType, isMember, text.Trim(), LineOf(code, first));
    }

    private static int Parentheses(string code, int from, int to)
    {
        var depth = 0;
        for (var at = from; at < to; at++)
            depth += code[at] == '(' ? 1 : code[at] == ')' ? -1 : 0;
        return depth;
    }

    private static string NameOf(string header)
    {
        var parameters = header.IndexOf('(');
        var name = parameters < 0 ? header : header[..parameters];
        return name.Split([' ', '\n', '.'], StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "(top level)";
    }

    [GeneratedRegex(@"\A(\s*\[[^\]]*\])*")]
    private static partial Regex Attributes();

    private static int LineOf(string code, int at) => code.AsSpan(0, at).Count('\n') + 1;
}
