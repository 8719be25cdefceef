using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.ReplicaSets;

/// <summary>Whether an owner's selector (meta/v1 LabelSelector) selects a child by its labels.</summary>
public static class OwnerSelection
{
    /// <summary>An absent selector selects nothing; an empty one everything.</summary>
    public static bool Selects(this LabelSelector? selector, ValueMap<string> labels)
    {
        if (selector is null)
        {
            return false;
        }

        foreach (var (key, value) in selector.MatchLabels)
        {
            if (labels.GetValueOrDefault(key) != value)
            {
                return false;
            }
        }

        return selector.MatchExpressions.All(requirement => Holds(requirement, labels));
    }

    private static bool Holds(LabelSelectorRequirement requirement, ValueMap<string> labels)
    {
        var exists = labels.TryGetValue(requirement.Key, out var value);
        return requirement.Operator switch
        {
            "In" => exists && requirement.Values.Contains(value),
            "NotIn" => !exists || !requirement.Values.Contains(value),
            "Exists" => exists,
            "DoesNotExist" => !exists,
            _ => throw new InvalidOperationException(
                $"\"{requirement.Operator}\" is not an operator of label selectors; validation lets none pass"),
        };
    }
}
