using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling.Topology;

/// <summary>Which pods a topology term speaks of: those of some namespaces whose labels match a selector. Compares by
/// value, so that equal terms of many pods share one count.</summary>
internal sealed record PodTerm(ValueList<string> Namespaces, LabelSelector? NamespaceSelector, LabelSelector? Selector)
{
    /// <summary>The term of a pod (anti-)affinity, seen from a pod of <paramref name="ns"/> with
    /// <paramref name="labels"/>. Without namespaces and namespace selector it means the pod's own namespace.</summary>
    public static PodTerm Of(PodAffinityTerm term, string ns, ValueMap<string> labels)
    {
        ValueList<string> namespaces = term.Namespaces.Count == 0 && term.NamespaceSelector is null
            ? [ns]
            : [.. term.Namespaces.Order(StringComparer.Ordinal)];
        var selector = WithKeys(term.LabelSelector, term.MatchLabelKeys, labels, "In");
        selector = WithKeys(selector, term.MismatchLabelKeys, labels, "NotIn");
        return new PodTerm(namespaces, term.NamespaceSelector, selector);
    }

    public static PodTerm Of(TopologySpreadConstraint constraint, string ns, ValueMap<string> labels) => new(
        [ns], NamespaceSelector: null, WithKeys(constraint.LabelSelector, constraint.MatchLabelKeys, labels, "In"));

    public bool Matches(string ns, ValueMap<string> namespaceLabels, ValueMap<string> labels)
    {
        var inNamespace = Namespaces.AsSpan().Contains(ns)
            || NamespaceSelector.Selects(namespaceLabels);
        return inNamespace && Selector.Selects(labels);
    }

    /// <summary>matchLabelKeys and mismatchLabelKeys add the pod's own values of those labels to the selector; keys
    /// that the pod does not have are left out.</summary>
    private static LabelSelector? WithKeys(
        LabelSelector? selector, ValueList<string> keys, ValueMap<string> labels, string @operator)
    {
        if (selector is null || keys.Count == 0)
        {
            return selector;
        }

        var added = keys.Where(labels.ContainsKey).Select(key =>
            new LabelSelectorRequirement { Key = key, Operator = @operator, Values = [labels[key]] });
        return selector with { MatchExpressions = [.. selector.MatchExpressions, .. added] };
    }
}
