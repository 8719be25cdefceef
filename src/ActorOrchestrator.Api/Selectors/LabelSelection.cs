namespace ActorOrchestrator.Api.Selectors;

/// <summary>Whether labels match a meta/v1 LabelSelector of an object: all of matchLabels and all of matchExpressions.
/// For one selector and few objects; for many, and for the query form, compile a <see cref="LabelMatcher"/>.</summary>
public static class LabelSelection
{
    /// <summary>An absent selector selects nothing; an empty one everything.</summary>
    /// <exception cref="InvalidOperationException">An operator that validation lets pass nowhere.</exception>
    public static bool Selects(this LabelSelector? selector, ValueMap<string> labels)
    {
        if (selector is null)
        {
            return false;
        }

        if (selector.MatchLabels.Count > 0)
        {
            foreach (var (key, value) in selector.MatchLabels)
            {
                if (!labels.TryGetValue(key, out var actual) || actual != value)
                {
                    return false;
                }
            }
        }

        foreach (var requirement in selector.MatchExpressions.AsSpan())
        {
            var value = labels.TryGetValue(requirement.Key, out var actual) ? actual : null;
            if (!SelectorOperators.Of(requirement.Operator).Holds(value, requirement.Values))
            {
                return false;
            }
        }

        return true;
    }
}
