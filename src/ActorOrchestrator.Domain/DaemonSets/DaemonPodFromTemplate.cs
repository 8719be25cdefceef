using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>The pod of one node: of the template, with the tolerations of a daemon, and pinned to the node, to which
/// the scheduler then binds it.</summary>
public static class DaemonPodFromTemplate
{
    private const string NoSchedule = "NoSchedule";
    private const string NoExecute = "NoExecute";

    /// <summary>A daemon stays where other pods are driven away, and comes where they are kept out.</summary>
    private static readonly ValueList<Toleration> Tolerations =
    [
        Tolerating(WellKnownTaints.NotReady, NoExecute),
        Tolerating(WellKnownTaints.Unreachable, NoExecute),
        Tolerating(WellKnownTaints.DiskPressure, NoSchedule),
        Tolerating(WellKnownTaints.MemoryPressure, NoSchedule),
        Tolerating(WellKnownTaints.PidPressure, NoSchedule),
        Tolerating(WellKnownTaints.Unschedulable, NoSchedule),
    ];

    private static readonly Toleration WithoutNetwork = Tolerating(WellKnownTaints.NetworkUnavailable, NoSchedule);

    public static Pod Create(DaemonSet owner, DaemonPodClaim claim)
    {
        var template = owner.Pinned();
        return PodFromTemplate.Create(
            owner,
            template with
            {
                Metadata = template.Metadata with
                {
                    Labels = template.Metadata.Labels.With(RevisionHistory.HashLabel, claim.Hash),
                },
                Spec = Pinned(Tolerant(template.Spec), claim.Node),
            },
            claim);
    }

    /// <summary>With the tolerations of a daemon, after those that it has.</summary>
    public static PodSpec Tolerant(PodSpec spec)
    {
        var added = spec.HostNetwork ? Tolerations.Add(WithoutNetwork) : Tolerations;
        return spec with
        {
            Tolerations = [.. spec.Tolerations, .. added.Where(toleration => !spec.Tolerations.Contains(toleration))],
        };
    }

    /// <summary>Whatever nodes the template asks for, this is one of them.</summary>
    private static PodSpec Pinned(PodSpec spec, string node) => spec with
    {
        Affinity = (spec.Affinity ?? new Affinity()) with
        {
            NodeAffinity = (spec.Affinity?.NodeAffinity ?? new NodeAffinity()) with
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
                {
                    NodeSelectorTerms =
                    [
                        new NodeSelectorTerm
                        {
                            MatchFields =
                            [
                                new NodeSelectorRequirement { Key = "metadata.name", Operator = "In", Values = [node] },
                            ],
                        },
                    ],
                },
            },
        },
    };

    private static Toleration Tolerating(string taint, string effect) =>
        new() { Key = taint, Operator = "Exists", Effect = effect };
}
