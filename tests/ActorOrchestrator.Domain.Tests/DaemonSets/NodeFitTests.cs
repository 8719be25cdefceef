using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.DaemonSets;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.DaemonSets;

public sealed class NodeFitTests
{
    private static readonly PodSpec Plain = DaemonSetBuilder.Make().Spec.Template.Spec;

    [Theory]
    //          taint                                        effect          fit
    [InlineData("node.kubernetes.io/not-ready",              "NoExecute",    NodeFit.Fit)]
    [InlineData("node.kubernetes.io/not-ready",              "NoSchedule",   NodeFit.KeepsRunning)]
    [InlineData("node.kubernetes.io/unreachable",            "NoExecute",    NodeFit.Fit)]
    [InlineData("node.kubernetes.io/disk-pressure",          "NoSchedule",   NodeFit.Fit)]
    [InlineData("node.kubernetes.io/memory-pressure",        "NoSchedule",   NodeFit.Fit)]
    [InlineData("node.kubernetes.io/pid-pressure",           "NoSchedule",   NodeFit.Fit)]
    [InlineData("node.kubernetes.io/unschedulable",          "NoSchedule",   NodeFit.Fit)]
    [InlineData("node.kubernetes.io/network-unavailable",    "NoSchedule",   NodeFit.KeepsRunning)]
    [InlineData("dedicated",                                 "NoSchedule",   NodeFit.KeepsRunning)]
    [InlineData("dedicated",                                 "NoExecute",    NodeFit.Unfit)]
    [InlineData("dedicated",                                 "PreferNoSchedule", NodeFit.Fit)]
    public void Taints_keep_out_or_drive_away_unless_a_daemon_tolerates_them(
        string taint, string effect, NodeFit expected) => Assert.Equal(
        expected, NodeFits.Of(DaemonPodFromTemplate.Tolerant(Plain), Node("n1").Tainted(taint, null, effect)));

    [Fact]
    public void A_pod_in_the_nodes_network_does_not_wait_for_pod_networks() => Assert.Equal(
        NodeFit.Fit,
        NodeFits.Of(
            DaemonPodFromTemplate.Tolerant(Plain with { HostNetwork = true }),
            Node("n1").Tainted("node.kubernetes.io/network-unavailable", null, "NoSchedule")));

    [Fact]
    public void Selector_affinity_and_node_name_choose()
    {
        var ssd = Node("n1").Labelled("disk", "ssd");
        var selecting = Plain with { NodeSelector = Map(("disk", "ssd")) };
        Assert.Equal(NodeFit.Fit, NodeFits.Of(selecting, ssd));
        Assert.Equal(NodeFit.Unfit, NodeFits.Of(selecting, Node("n2")));

        var required = new NodeSelector
        {
            NodeSelectorTerms =
            [
                new NodeSelectorTerm
                {
                    MatchExpressions = [new NodeSelectorRequirement { Key = "disk", Operator = "Exists" }],
                },
            ],
        };
        var affine = Plain with
        {
            Affinity = new Affinity
            {
                NodeAffinity = new NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = required },
            },
        };
        Assert.Equal(NodeFit.Fit, NodeFits.Of(affine, ssd));
        Assert.Equal(NodeFit.Unfit, NodeFits.Of(affine, Node("n2")));

        var named = Plain with { NodeName = "n2" };
        Assert.Equal(NodeFit.Unfit, NodeFits.Of(named, ssd));
        Assert.Equal(NodeFit.Fit, NodeFits.Of(named, Node("n2")));
    }
}
