using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Labels of nodes that have newer names.</summary>
internal static class NodeLabelWarnings
{
    private static readonly Dictionary<string, string> Old = new(StringComparer.Ordinal)
    {
        ["beta.kubernetes.io/arch"] = "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        ["beta.kubernetes.io/os"] = "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        ["failure-domain.beta.kubernetes.io/region"] =
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
        ["failure-domain.beta.kubernetes.io/zone"] =
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        ["beta.kubernetes.io/instance-type"] =
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    };

    /// <summary>What is to be said of a label; null when it is a good one.</summary>
    public static string? Find(string label) => Old.GetValueOrDefault(label);

    public static void Add(List<string> warnings, FieldPath terms, NodeSelector? selector)
    {
        for (var i = 0; i < selector?.NodeSelectorTerms.Count; i++)
        {
            Add(warnings, terms.Index(i), selector.NodeSelectorTerms[i]);
        }
    }

    public static void Add(List<string> warnings, FieldPath path, NodeSelectorTerm term)
    {
        for (var i = 0; i < term.MatchExpressions.Count; i++)
        {
            var key = term.MatchExpressions[i].Key;
            if (Find(key) is { } old)
            {
                warnings.Add($"{path.Child("matchExpressions").Index(i).Child("key")}: {key} is {old}");
            }
        }
    }
}
