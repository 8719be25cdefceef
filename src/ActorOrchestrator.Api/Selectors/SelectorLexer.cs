namespace ActorOrchestrator.Api.Selectors;

internal enum SelectorTokenKind
{
    Error,
    End,
    Identifier,
    Not,
    In,
    NotIn,
    Equal,
    DoubleEqual,
    NotEqual,
    Greater,
    Less,
    Open,
    Close,
    Comma,
}

internal readonly record struct SelectorToken(SelectorTokenKind Kind, string Text);

/// <summary>Splits a label selector into words and symbols; the last token is always <c>End</c>.</summary>
internal static class SelectorLexer
{
    private const string Symbols = "=!(),<>";

    public static IReadOnlyList<SelectorToken> Scan(string text)
    {
        var tokens = new List<SelectorToken>();
        var position = 0;
        while (true)
        {
            while (position < text.Length && IsSpace(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                break;
            }

            tokens.Add(Symbols.Contains(text[position]) ? Symbol(text, ref position) : Word(text, ref position));
        }

        tokens.Add(new SelectorToken(SelectorTokenKind.End, ""));
        return tokens;
    }

    private static SelectorToken Word(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && !IsSpace(text[position]) && !Symbols.Contains(text[position]))
        {
            position++;
        }

        var word = text[start..position];
        return word switch
        {
            "in" => new SelectorToken(SelectorTokenKind.In, word),
            "notin" => new SelectorToken(SelectorTokenKind.NotIn, word),
            _ => new SelectorToken(SelectorTokenKind.Identifier, word),
        };
    }

    private static SelectorToken Symbol(string text, ref int position)
    {
        var pair = position + 1 < text.Length ? text.Substring(position, 2) : "";
        if (pair is "==" or "!=")
        {
            position += 2;
            return new SelectorToken(pair == "==" ? SelectorTokenKind.DoubleEqual : SelectorTokenKind.NotEqual, pair);
        }

        var symbol = text[position++];
        return new SelectorToken(
            symbol switch
            {
                '=' => SelectorTokenKind.Equal,
                '!' => SelectorTokenKind.Not,
                '(' => SelectorTokenKind.Open,
                ')' => SelectorTokenKind.Close,
                ',' => SelectorTokenKind.Comma,
                '>' => SelectorTokenKind.Greater,
                '<' => SelectorTokenKind.Less,
                _ => SelectorTokenKind.Error,
            },
            symbol.ToString());
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';
}
