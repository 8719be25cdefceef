using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Api.Selectors;

/// <summary>
/// A compiled label selector: all its requirements must hold. It comes from a query (<c>?labelSelector=</c>), from
/// an object's <c>LabelSelector</c> or from a plain map.
/// </summary>
public sealed class LabelMatcher
{
    /// <summary>Matches every object: the empty selector.</summary>
    public static readonly LabelMatcher Everything = new([], matchesNothing: false);

    /// <summary>Matches no object: the selector that is absent.</summary>
    public static readonly LabelMatcher Nothing = new([], matchesNothing: true);

    private readonly bool _matchesNothing;

    private LabelMatcher(ValueList<LabelRequirement> requirements, bool matchesNothing)
    {
        Requirements = requirements;
        _matchesNothing = matchesNothing;
    }

    /// <summary>Sorted by key, so that equal selectors print alike.</summary>
    public ValueList<LabelRequirement> Requirements { get; }

    public bool IsEverything => Requirements.Count == 0 && !_matchesNothing;

    /// <summary>Parses the query form, e.g. <c>a=b,c!=d,e in (x,y),!f,g,h&gt;3</c>.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out LabelMatcher? matcher, [NotNullWhen(false)] out string? error)
    {
        var requirements = new LabelSelectorParser(text).Parse(out error);
        matcher = requirements is null ? null : From(requirements);
        return matcher is not null;
    }

    /// <summary>Compiles an object's selector: absent matches nothing, empty everything.</summary>
    public static bool TryFrom(
        LabelSelector? selector, [NotNullWhen(true)] out LabelMatcher? matcher,
        [NotNullWhen(false)] out string? error)
    {
        (matcher, error) = (null, null);
        if (selector is null)
        {
            matcher = Nothing;
            return true;
        }

        var requirements = selector.MatchLabels
            .Select(label => LabelRequirement.Exactly(label.Key, label.Value)).ToList();
        foreach (var expression in selector.MatchExpressions)
        {
            var @operator = SelectorOperators.Find(expression.Operator);
            if (@operator is null or SelectorOperator.GreaterThan or SelectorOperator.LessThan)
            {
                error = $"\"{expression.Operator}\" is not a valid label selector operator";
                return false;
            }

            if (LabelRequirement.TryCreate(expression.Key, @operator.Value, expression.Values, out var errors)
                is not { } requirement)
            {
                error = string.Join(", ", errors);
                return false;
            }

            requirements.Add(requirement);
        }

        matcher = From(requirements);
        return true;
    }

    public static LabelMatcher From(IEnumerable<LabelRequirement> requirements)
    {
        var sorted = requirements.OrderBy(requirement => requirement.Key, StringComparer.Ordinal).ToValueList();
        return sorted.Count == 0 ? Everything : new LabelMatcher(sorted, matchesNothing: false);
    }

    /// <summary>The selector of a Service or a ReplicationController: exact values, nothing else.</summary>
    public static LabelMatcher FromMap(ValueMap<string> labels) =>
        From(labels.Select(label => LabelRequirement.Exactly(label.Key, label.Value)));

    public bool Matches(ValueMap<string> labels)
    {
        foreach (var requirement in Requirements.AsSpan())
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return !_matchesNothing;
    }

    public override string ToString() => string.Join(',', Requirements);
}
