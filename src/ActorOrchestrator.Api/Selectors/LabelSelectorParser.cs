using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>
/// A recursive-descent parser of the query form of label selectors:
/// <code>
/// selector    = [ requirement { "," requirement } ]
/// requirement = [ "!" ] key | key op value | key ( "in" | "notin" ) "(" value { "," value } ")"
/// op          = "=" | "==" | "!=" | ">" | "&lt;"
/// </code>
/// The messages are Kubernetes' (k8s.io/apimachinery/pkg/labels).
/// </summary>
internal sealed class LabelSelectorParser
{
    private readonly IReadOnlyList<SelectorToken> _tokens;
    private int _position;
    private string? _error;

    public LabelSelectorParser(string text) => _tokens = SelectorLexer.Scan(text);

    public IReadOnlyList<LabelRequirement>? Parse(out string? error)
    {
        var requirements = ParseSelector();
        error = _error;
        return error is null ? requirements : null;
    }

    private List<LabelRequirement> ParseSelector()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            var token = Peek(asValue: true);
            if (token.Kind is SelectorTokenKind.End)
            {
                return requirements;
            }

            if (token.Kind is not (SelectorTokenKind.Identifier or SelectorTokenKind.Not))
            {
                return Fail(requirements, $"found '{token.Text}', expected: !, identifier, or 'end of string'");
            }

            if (ParseRequirement() is not { } requirement)
            {
                _error = "unable to parse requirement: " + _error;
                return requirements;
            }

            requirements.Add(requirement);
            var after = Take(asValue: true);
            if (after.Kind is SelectorTokenKind.End)
            {
                return requirements;
            }

            if (after.Kind is not SelectorTokenKind.Comma)
            {
                return Fail(requirements, $"found '{after.Text}', expected: ',' or 'end of string'");
            }

            var next = Peek(asValue: true);
            if (next.Kind is not (SelectorTokenKind.Identifier or SelectorTokenKind.Not))
            {
                return Fail(requirements, $"found '{next.Text}', expected: identifier after ','");
            }
        }
    }

    private LabelRequirement? ParseRequirement()
    {
        var token = Take(asValue: true);
        var negated = token.Kind is SelectorTokenKind.Not;
        if (negated)
        {
            token = Take(asValue: true);
        }

        if (token.Kind is not SelectorTokenKind.Identifier)
        {
            return Fail<LabelRequirement?>(null, $"found '{token.Text}', expected: identifier");
        }

        var complaints = NameRules.QualifiedName(token.Text);
        if (complaints.Count > 0)
        {
            // Kubernetes prints the absent field path as "<nil>".
            return Fail<LabelRequirement?>(
                null, $"<nil>: Invalid value: {FieldError.Quote(token.Text)}: {string.Join("; ", complaints)}");
        }

        var endsHere = Peek(asValue: true).Kind is SelectorTokenKind.End or SelectorTokenKind.Comma;
        if (negated || endsHere)
        {
            return Create(token.Text, negated ? SelectorOperator.DoesNotExist : SelectorOperator.Exists, []);
        }

        if (ParseOperator() is not { } @operator)
        {
            return null;
        }

        var values = @operator is SelectorOperator.In or SelectorOperator.NotIn ? ParseValues() : ParseExactValue();
        return values is null ? null : Create(token.Text, @operator, values);
    }

    private LabelRequirement? Create(string key, SelectorOperator @operator, IEnumerable<string> values)
    {
        var requirement = LabelRequirement.TryCreate(key, @operator, values, out var errors);
        if (requirement is null)
        {
            _error = errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors)}]";
        }

        return requirement;
    }

    private SelectorOperator? ParseOperator()
    {
        var token = Take(asValue: false);
        return token.Kind switch
        {
            SelectorTokenKind.In => SelectorOperator.In,
            SelectorTokenKind.NotIn => SelectorOperator.NotIn,
            SelectorTokenKind.Equal => SelectorOperator.Equal,
            SelectorTokenKind.DoubleEqual => SelectorOperator.DoubleEqual,
            SelectorTokenKind.NotEqual => SelectorOperator.NotEqual,
            SelectorTokenKind.Greater => SelectorOperator.GreaterThan,
            SelectorTokenKind.Less => SelectorOperator.LessThan,
            _ => Fail<SelectorOperator?>(
                null, $"found '{token.Text}', expected: {SelectorOperatorSymbols.Binary}"),
        };
    }

    private List<string>? ParseExactValue()
    {
        if (Peek(asValue: true).Kind is SelectorTokenKind.End or SelectorTokenKind.Comma)
        {
            return [""];
        }

        var token = Take(asValue: true);
        return token.Kind is SelectorTokenKind.Identifier
            ? [token.Text]
            : Fail<List<string>?>(null, $"found '{token.Text}', expected: identifier");
    }

    /// <summary>A list in parentheses; an empty place, as in <c>(a,,b)</c> or <c>()</c>, is the empty value.</summary>
    private List<string>? ParseValues()
    {
        var open = Take(asValue: true);
        if (open.Kind is not SelectorTokenKind.Open)
        {
            return Fail<List<string>?>(null, $"found '{open.Text}' expected: '('");
        }

        var values = new List<string>();
        var expectsValue = true;
        while (true)
        {
            var token = Take(asValue: true);
            switch (token.Kind)
            {
                case SelectorTokenKind.Close:
                    if (expectsValue)
                    {
                        values.Add("");
                    }

                    return values;
                case SelectorTokenKind.Comma:
                    if (expectsValue)
                    {
                        values.Add("");
                    }

                    expectsValue = true;
                    break;
                case SelectorTokenKind.Identifier when expectsValue:
                    values.Add(token.Text);
                    expectsValue = false;
                    break;
                default:
                    return Fail<List<string>?>(null, expectsValue
                        ? $"found '{token.Text}', expected: ',', ')' or identifier"
                        : $"found '{token.Text}', expected: ',' or ')'");
            }
        }
    }

    private SelectorToken Peek(bool asValue) => AsValue(_tokens[_position], asValue);

    /// <summary>The end token is never passed, so reading on at the end stays at the end.</summary>
    private SelectorToken Take(bool asValue)
    {
        var token = Peek(asValue);
        if (_position < _tokens.Count - 1)
        {
            _position++;
        }

        return token;
    }

    /// <summary>The words <c>in</c> and <c>notin</c> are operators only where an operator may stand.</summary>
    private static SelectorToken AsValue(SelectorToken token, bool asValue) =>
        asValue && token.Kind is (SelectorTokenKind.In or SelectorTokenKind.NotIn)
            ? token with { Kind = SelectorTokenKind.Identifier }
            : token;

    private T Fail<T>(T result, string error)
    {
        _error = error;
        return result;
    }
}
