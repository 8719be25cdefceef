using System.Text;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>
/// Just enough of C#'s lexical grammar (ECMA-334 §6) to tell code from comments and literals, so that braces and words
/// can be counted without a compiler.
/// </summary>
internal static class CSharpText
{
    /// <summary>The text with comments and the inside of literals blanked; line breaks stay where they were.</summary>
    public static string CodeOf(string text)
    {
        var code = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var end = EndOfIgnored(text, at);
            if (end == at)
            {
                code.Append(text[at++]);
                continue;
            }
            for (; at < Math.Min(end, text.Length); at++)
                code.Append(text[at] == '\n' ? '\n' : ' ');
        }
        return code.ToString();
    }

    /// <summary>Identifiers and keywords, in order.</summary>
    public static IEnumerable<string> WordsOf(string text)
    {
        var word = new StringBuilder();
        foreach (var letter in CodeOf(text) + " ")
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter == '_')
            {
                word.Append(letter);
                continue;
            }
            if (word.Length > 0)
                yield return word.ToString();
            word.Clear();
        }
    }

    /// <returns>The end of the comment or literal that begins at <paramref name="at"/>, or that same place.</returns>
    private static int EndOfIgnored(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
            return Until(text, at, "\n");
        if (rest.StartsWith("/*"))
            return Until(text, at + 2, "*/") + 2;
        if (text[at] == '\'')
            return EndOfQuoted(text, at, '\'', verbatim: false);
        var prefix = 0;
        while (prefix < rest.Length && rest[prefix] is '$' or '@')
            prefix++;
        if (prefix >= rest.Length || rest[prefix] != '"')
            return at;
        var quotes = rest[prefix..].IndexOfAnyExcept('"');
        if (quotes < 0)
            quotes = rest.Length - prefix;
        var verbatim = rest[..prefix].Contains('@');
        return quotes >= 3 && !verbatim
            ? Until(text, at + prefix + quotes, new string('"', quotes)) + quotes
            : EndOfQuoted(text, at + prefix, '"', verbatim);
    }

    private static int Until(string text, int from, string end)
    {
        var found = from >= text.Length ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        return found < 0 ? text.Length : found;
    }

    private static int EndOfQuoted(string text, int at, char quote, bool verbatim)
    {
        for (var next = at + 1; next < text.Length; next++)
        {
            if (!verbatim && text[next] == '\\')
                next++;
            else if (text[next] == quote && verbatim && next + 1 < text.Length && text[next + 1] == quote)
                next++;
            else if (text[next] == quote)
                return next + 1;
        }
        return text.Length;
    }
}
