using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Selection;

/// <summary>Whether labels match a meta/v1 LabelSelector: all of matchLabels and all of matchExpressions. An empty
/// selector matches everything; an absent one (null) matches nothing, which callers say themselves.</summary>
internal static class LabelSelection
{
    public static bool Selects(this LabelSelector selector, ValueMap<string> labels)
    {
        if (selector.MatchLabels.Count > 0)
        {
            foreach (var (key, value) in selector.MatchLabels)
            {
                if (!labels.TryGetValue(key, out var actual) || actual != value)
                    return false;
            }
        }

        foreach (var requirement in selector.MatchExpressions.AsSpan())
        {
            if (!Holds(requirement, labels))
                return false;
        }

        return true;
    }

    private static bool Holds(LabelSelectorRequirement requirement, ValueMap<string> labels)
    {
        var present = labels.TryGetValue(requirement.Key, out var value);
        return requirement.Operator switch
        {
            "In" => present && requirement.Values.AsSpan().Contains(value),
            "NotIn" => !present || !requirement.Values.AsSpan().Contains(value),
            "Exists" => present,
            "DoesNotExist" => !present,
            _ => false,
        };
    }
}
