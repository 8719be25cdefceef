using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>One term of a field selector, with the way to its field in an object of the kind.</summary>
internal sealed record FieldTerm(string Field, bool IsEqual, string Value, Func<KubeObject, string> Read);

/// <summary>
/// A compiled field selector, e.g. <c>spec.nodeName=n1,status.phase!=Running</c>. Which fields can be asked for
/// depends on the kind; an unknown one is a 400. A backslash escapes <c>,</c>, <c>=</c> and itself in a value.
/// </summary>
public sealed class FieldMatcher
{
    public static readonly FieldMatcher Everything = new([]);

    private readonly IReadOnlyList<FieldTerm> _terms;

    private FieldMatcher(IReadOnlyList<FieldTerm> terms) => _terms = terms;

    public bool IsEverything => _terms.Count == 0;

    public static bool TryParse(
        ResourceKind kind, string text, [NotNullWhen(true)] out FieldMatcher? matcher,
        [NotNullWhen(false)] out string? error)
    {
        matcher = null;
        var terms = new List<FieldTerm>();
        foreach (var part in SplitTerms(text).Where(part => part.Length > 0))
        {
            if (!TrySplit(part, out var field, out var isEqual, out var escaped))
            {
                error = $"invalid selector: '{text}'; can't understand '{part}'";
                return false;
            }

            if (!TryUnescape(escaped, out var value, out error))
            {
                return false;
            }

            if (!SelectableFields.TryFind(kind, field, out var read, out error))
            {
                return false;
            }

            terms.Add(new FieldTerm(field, isEqual, value, read));
        }

        error = null;
        matcher = terms.Count == 0 ? Everything : new FieldMatcher(terms);
        return true;
    }

    public bool Matches(KubeObject @object)
    {
        foreach (var term in _terms)
        {
            if (string.Equals(term.Read(@object), term.Value, StringComparison.Ordinal) != term.IsEqual)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value that a field must have, or null: with it an index can be used instead of a scan.</summary>
    public string? RequiredValue(string field) =>
        _terms.FirstOrDefault(term => term.IsEqual && term.Field == field)?.Value;

    public override string ToString() => string.Join(',', _terms.Select(term =>
        $"{term.Field}{(term.IsEqual ? "=" : "!=")}{Escape(term.Value)}"));

    private static string Escape(string value) => value.Replace("\\", @"\\").Replace(",", "\\,").Replace("=", "\\=");

    private static List<string> SplitTerms(string text)
    {
        var terms = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                terms.Add(text[start..i]);
                start = i + 1;
            }
        }

        terms.Add(text[start..]);
        return terms;
    }

    /// <summary>Splits at the first of <c>!=</c>, <c>==</c> and <c>=</c>.</summary>
    private static bool TrySplit(string term, out string field, out bool isEqual, out string value)
    {
        field = value = "";
        isEqual = false;
        var equals = term.IndexOf('=');
        if (equals < 0)
        {
            return false;
        }

        isEqual = equals == 0 || term[equals - 1] != '!';
        field = term[..(isEqual ? equals : equals - 1)];
        var isDouble = isEqual && equals + 1 < term.Length && term[equals + 1] == '=';
        value = term[(equals + (isDouble ? 2 : 1))..];
        return true;
    }

    private static bool TryUnescape(string escaped, out string value, [NotNullWhen(false)] out string? error)
    {
        value = "";
        error = null;
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var c = escaped[i];
            if (c is '=' or ',')
            {
                error = $"invalid field selector: unescaped character in value: {(int)c}";
                return false;
            }

            if (c == '\\')
            {
                if (i + 1 == escaped.Length || escaped[i + 1] is not ('\\' or ',' or '='))
                {
                    var sequence = escaped[i..Math.Min(i + 2, escaped.Length)];
                    error = $"invalid field selector: invalid escape sequence: {sequence}";
                    return false;
                }

                c = escaped[++i];
            }

            text.Append(c);
        }

        value = text.ToString();
        return true;
    }
}
