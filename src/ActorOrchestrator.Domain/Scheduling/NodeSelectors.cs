using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>Whether a node matches a core/v1 NodeSelector: any of its terms, of a term all requirements. A term without
/// requirements matches nothing, as in Kubernetes.</summary>
public static class NodeSelectors
{
    private const string NameField = "metadata.name";

    public static bool Matches(NodeSelector selector, Node node)
    {
        foreach (var term in selector.NodeSelectorTerms.AsSpan())
        {
            if (Matches(term, node))
            {
                return true;
            }
        }

        return false;
    }

    public static bool Matches(NodeSelectorTerm term, Node node)
    {
        if (term.MatchExpressions.Count == 0 && term.MatchFields.Count == 0)
        {
            return false;
        }

        foreach (var requirement in term.MatchExpressions.AsSpan())
        {
            var present = node.Metadata.Labels.TryGetValue(requirement.Key, out var value);
            if (!Matches(requirement, present ? value : null))
            {
                return false;
            }
        }

        foreach (var requirement in term.MatchFields.AsSpan())
        {
            if (!Matches(requirement, requirement.Key == NameField ? node.Metadata.Name : null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The only nodes that can match, by name, when every term pins <c>metadata.name</c> (as the pods of
    /// DaemonSets do), so that nobody looks at the others; null when the selector pins none.</summary>
    public static IReadOnlyList<string>? PinnedNames(NodeSelector? selector)
    {
        if (selector is null || selector.NodeSelectorTerms.Count == 0)
        {
            return null;
        }

        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var term in selector.NodeSelectorTerms)
        {
            var pin = term.MatchFields.FirstOrDefault(field => field is { Key: NameField, Operator: "In" });
            if (pin is null)
            {
                return null;
            }

            names.UnionWith(pin.Values);
        }

        return [.. names];
    }

    private static bool Matches(NodeSelectorRequirement requirement, string? value) =>
        SelectorOperators.Find(requirement.Operator) is { } known && known.Holds(value, requirement.Values);
}
