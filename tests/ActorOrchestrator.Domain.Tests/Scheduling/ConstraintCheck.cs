using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

/// <summary>Required constraints told naively, pod by pod and straight from the API's definitions, to check the
/// scheduler's incremental counts against.</summary>
internal static class ConstraintCheck
{
    /// <summary>Null when <paramref name="pod"/> may be placed on the node beside <paramref name="placed"/>.</summary>
    public static string? WhyNot(
        Pod pod, Node node, IReadOnlyList<Pod> placed, IReadOnlyDictionary<string, Node> nodes)
    {
        var here = placed.Where(other => other.Spec.NodeName == node.Metadata.Name).ToList();
        if (node.Spec.Unschedulable)
        {
            return "cordoned";
        }

        if (node.Spec.Taints.Any(taint =>
            taint.Effect == "NoSchedule" && !Taints.IsTolerated(taint, pod.Spec.Tolerations)))
        {
            return "tainted";
        }

        if (pod.Spec.NodeSelector.Any(wanted => node.Metadata.Labels.GetValueOrDefault(wanted.Key) != wanted.Value))
        {
            return "selector";
        }

        foreach (var resource in (string[])["cpu", "memory"])
        {
            var used = here.Append(pod).Sum(other => Request(other, resource));
            if (Request(pod, resource) > 0 && used > PodRequests.Amount(resource, node.Status.Allocatable[resource]))
            {
                return resource;
            }
        }

        if (here.Count + 1 > node.Status.Allocatable["pods"].Value)
        {
            return "pods";
        }

        return Topology(pod, node, placed, nodes);
    }

    private static string? Topology(
        Pod pod, Node node, IReadOnlyList<Pod> placed, IReadOnlyDictionary<string, Node> nodes)
    {
        var affinity = pod.Spec.Affinity;
        foreach (var term in affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
        {
            if (placed.Any(other => Selects(term, other) && AreNear(term, node, nodes[other.Spec.NodeName!])))
            {
                return "anti-affinity";
            }
        }

        foreach (var other in placed)
        {
            var theirs = other.Spec.Affinity?.PodAntiAffinity;
            foreach (var term in theirs?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            {
                if (Selects(term, pod) && AreNear(term, node, nodes[other.Spec.NodeName!]))
                {
                    return "anti-affinity of others";
                }
            }
        }

        foreach (var term in affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
        {
            var matching = placed.Where(other => Selects(term, other)
                && nodes[other.Spec.NodeName!].Metadata.Labels.ContainsKey(term.TopologyKey)).ToList();
            var isFirst = matching.Count == 0 && Selects(term, pod);
            if (!node.Metadata.Labels.ContainsKey(term.TopologyKey)
                || (!isFirst && !matching.Any(other => AreNear(term, node, nodes[other.Spec.NodeName!]))))
            {
                return "affinity";
            }
        }

        var isUneven = pod.Spec.TopologySpreadConstraints.Any(one => BreaksSpread(one, pod, node, placed, nodes));
        return isUneven ? "spread" : null;
    }

    private static bool BreaksSpread(
        TopologySpreadConstraint constraint, Pod pod, Node node, IReadOnlyList<Pod> placed,
        IReadOnlyDictionary<string, Node> nodes)
    {
        if (!node.Metadata.Labels.TryGetValue(constraint.TopologyKey, out var domain))
        {
            return true;
        }

        var counts = nodes.Values
            .Where(other => other.Metadata.Labels.ContainsKey(constraint.TopologyKey)
                && pod.Spec.NodeSelector.All(wanted =>
                    other.Metadata.Labels.GetValueOrDefault(wanted.Key) == wanted.Value))
            .GroupBy(other => other.Metadata.Labels[constraint.TopologyKey])
            .ToDictionary(group => group.Key, group => placed.Count(other =>
                constraint.LabelSelector!.Selects(other.Metadata.Labels)
                && group.Any(member => member.Metadata.Name == other.Spec.NodeName)));
        return counts[domain] + 1 - counts.Values.Min() > constraint.MaxSkew;
    }

    private static bool Selects(PodAffinityTerm term, Pod pod) => term.LabelSelector!.Selects(pod.Metadata.Labels);

    private static bool AreNear(PodAffinityTerm term, Node one, Node other) =>
        one.Metadata.Labels.TryGetValue(term.TopologyKey, out var value)
        && other.Metadata.Labels.GetValueOrDefault(term.TopologyKey) == value;

    private static long Request(Pod pod, string resource) =>
        PodRequests.Of(pod.Spec).GetValueOrDefault(resource);
}
