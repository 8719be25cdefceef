using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>A parsed <c>fieldSelector</c>: <c>path=value</c>, <c>path==value</c> and <c>path!=value</c>, joined by commas; in
/// values <c>\\</c>, <c>\,</c> and <c>\=</c> stand for themselves (apimachinery fields.ParseSelector).</summary>
internal sealed class FieldSelector
{
    private const int TermsMax = 64;

    private readonly IReadOnlyList<Term> _terms;

    private FieldSelector(IReadOnlyList<Term> terms) => _terms = terms;

    public bool Matches(KubeObject value)
    {
        foreach (var term in _terms)
        {
            if ((term.Read(value) == term.Value) == term.Negated)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Throws 400 with Kubernetes' texts when it cannot be read or names a field that the kind does not offer.</summary>
    public static FieldSelector Parse(string text, ResourceKind kind)
    {
        var terms = new List<Term>();
        foreach (var part in Split(text))
        {
            if (part.Length == 0)
            {
                continue;
            }

            var (path, negated, value) = SplitTerm(part)
                ?? throw Failure.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            var read = SelectableFields.Find(kind, path)
                ?? throw Failure.BadRequest($"field label not supported: {path}");
            terms.Add(new Term(read, Unescape(value), negated));
        }

        return terms.Count <= TermsMax
            ? new FieldSelector(terms)
            : throw Failure.BadRequest($"invalid selector: more than {TermsMax} terms");
    }

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[Math.Min(start, text.Length)..]);
        return parts;
    }

    private static (string Path, bool Negated, string Value)? SplitTerm(string part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            switch (part[i])
            {
                case '\\':
                    i++;
                    break;
                case '!' when i + 1 < part.Length && part[i + 1] == '=':
                    return (part[..i].Trim(), true, part[(i + 2)..].Trim());
                case '=':
                    var width = i + 1 < part.Length && part[i + 1] == '=' ? 2 : 1;
                    return (part[..i].Trim(), false, part[(i + width)..].Trim());
            }
        }

        return null;
    }

    private static string Unescape(string value)
    {
        if (!value.AsSpan().ContainsAny('\\', ',', '='))
        {
            return value;
        }

        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
                text.Append(i < value.Length && value[i] is '\\' or ',' or '='
                    ? value[i]
                    : throw Failure.BadRequest($"invalid field selector: invalid escape sequence in value: {value}"));
            }
            else if (value[i] is ',' or '=')
            {
                throw Failure.BadRequest($"invalid field selector: unescaped character in value: '{value[i]}'");
            }
            else
            {
                text.Append(value[i]);
            }
        }

        return text.ToString();
    }

    private sealed record Term(Func<KubeObject, string> Read, string Value, bool Negated);
}
