using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

public sealed class FilterTests
{
    private const string Affinity = "node(s) didn't match Pod's node affinity/selector";

    [Theory]
    [InlineData("In", "ssd hdd", "ssd", true)]
    [InlineData("In", "hdd", "ssd", false)]
    [InlineData("In", "ssd", null, false)]
    [InlineData("NotIn", "ssd", "ssd", false)]
    [InlineData("NotIn", "ssd", "hdd", true)]
    [InlineData("NotIn", "ssd", null, true)]
    [InlineData("Exists", "", "ssd", true)]
    [InlineData("Exists", "", null, false)]
    [InlineData("DoesNotExist", "", "ssd", false)]
    [InlineData("DoesNotExist", "", null, true)]
    [InlineData("Gt", "4", "5", true)]
    [InlineData("Gt", "5", "5", false)]
    [InlineData("Gt", "5", "many", false)]
    [InlineData("Lt", "4", "3", true)]
    [InlineData("Lt", "4", null, false)]
    [InlineData("Near", "4", "4", false)]
    public void Node_affinity_knows_every_operator(string @operator, string values, string? label, bool passes)
    {
        var node = label is null ? Node("n") : Node("n").Labelled("disk", label);
        var term = Expression("disk", @operator, values.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        AssertPlaced(passes, Affinity, node, Pod("p").RequiringNodes(term));
    }

    [Fact]
    public void Of_several_terms_one_is_enough_and_of_a_term_all_requirements()
    {
        var node = Node("n").Labelled("disk", "ssd").Labelled("zone", "a");
        var both = new NodeSelectorTerm
        {
            MatchExpressions =
            [
                .. Expression("disk", "Exists").MatchExpressions, .. Expression("zone", "In", "b").MatchExpressions,
            ],
        };

        AssertPlaced(false, Affinity, node, Pod("p").RequiringNodes(both));
        AssertPlaced(true, Affinity, node, Pod("p").RequiringNodes(both, Expression("zone", "In", "a")));
        AssertPlaced(false, Affinity, node, Pod("p").RequiringNodes(new NodeSelectorTerm()));
    }

    [Fact]
    public void A_pod_pinned_to_a_node_by_its_name_goes_there_or_nowhere()
    {
        var pin = new NodeSelectorTerm
        {
            MatchFields = [new NodeSelectorRequirement { Key = "metadata.name", Operator = "In", Values = ["b"] }],
        };
        var run = SchedulerRun.With(Node("a"), Node("b", pods: "1"), Pod("p").RequiringNodes(pin));
        Assert.Equal("b", run.NodeOf("p"));

        run.Put(Pod("q").RequiringNodes(pin));
        Assert.Equal($"0/2 nodes are available: 1 Too many pods, 1 {Affinity}.", run.WhyNot("q"));
    }

    [Fact]
    public void A_node_selector_asks_for_exact_labels()
    {
        var selecting = Pod("p").With(spec => spec with { NodeSelector = Map(("disk", "ssd")) });

        AssertPlaced(true, Affinity, Node("n").Labelled("disk", "ssd"), selecting);
        AssertPlaced(false, Affinity, Node("n").Labelled("disk", "hdd"), selecting);
        AssertPlaced(false, Affinity, Node("n"), selecting);
    }

    [Theory]
    [InlineData("k", "Equal", "v", "NoSchedule", true)]
    [InlineData("k", null, "v", "NoSchedule", true)]
    [InlineData("k", "Equal", "other", "NoSchedule", false)]
    [InlineData("k", "Exists", null, "NoSchedule", true)]
    [InlineData("k", "Exists", null, null, true)]
    [InlineData(null, "Exists", null, null, true)]
    [InlineData("k", "Exists", null, "NoExecute", false)]
    [InlineData("other", "Exists", null, null, false)]
    public void Taints_must_be_tolerated(string? key, string? @operator, string? value, string? effect, bool passes)
    {
        var toleration = new Toleration { Key = key, Operator = @operator, Value = value, Effect = effect };

        AssertPlaced(passes, "node(s) had untolerated taint {k: v}",
            Node("n").Tainted("k", "v", "NoSchedule"), Pod("p").Tolerating(toleration));
    }

    [Theory]
    [InlineData("Gt", "5", "3", true)]
    [InlineData("Gt", "3", "3", false)]
    [InlineData("Lt", "2", "3", true)]
    [InlineData("Lt", "x", "3", false)]
    public void Tolerations_may_compare_numbers(string @operator, string taint, string toleration, bool passes) =>
        AssertPlaced(passes, $"node(s) had untolerated taint {{k: {taint}}}",
            Node("n").Tainted("k", taint, "NoSchedule"),
            Pod("p").Tolerating(new Toleration { Key = "k", Operator = @operator, Value = toleration }));

    [Fact]
    public void A_taint_without_value_reads_as_in_Kubernetes() => AssertPlaced(
        false, "node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }",
        Node("n").Tainted("node-role.kubernetes.io/control-plane", null, "NoSchedule"), Pod("p"));

    [Fact]
    public void A_mere_preference_against_a_node_does_not_keep_pods_off_it()
    {
        var run = SchedulerRun.With(
            Node("a").Tainted("k", "v", "PreferNoSchedule"), Node("b", pods: "1"), Pod("p"), Pod("q"));

        Assert.Equal(["a", "b"], run.Pods.Select(pod => pod.Spec.NodeName).Order());
    }

    [Fact]
    public void A_cordoned_node_takes_only_pods_that_tolerate_the_cordon()
    {
        var toleration = new Toleration { Key = "node.kubernetes.io/unschedulable", Operator = "Exists" };

        AssertPlaced(false, "node(s) were unschedulable", Node("n").Cordoned(), Pod("p"));
        AssertPlaced(true, "", Node("n").Cordoned(), Pod("p").Tolerating(toleration));
    }

    [Theory]
    [InlineData("cpu", "5", "Insufficient cpu")]
    [InlineData("memory", "9Gi", "Insufficient memory")]
    [InlineData("ephemeral-storage", "1", "Insufficient ephemeral-storage")]
    [InlineData("nvidia.com/gpu", "3", "Insufficient nvidia.com/gpu")]
    [InlineData("nvidia.com/gpu", "2", null)]
    [InlineData("cpu", "4", null)]
    public void Every_requested_resource_must_fit(string resource, string amount, string? reason)
    {
        var pod = Pod("p").With(spec => spec with
        {
            Containers =
            [
                Container() with
                {
                    Resources = new ResourceRequirements { Requests = Quantities((resource, amount)) },
                },
            ],
        });

        AssertPlaced(reason is null, reason ?? "", Node("n").Offering("nvidia.com/gpu", "2"), pod);
    }

    [Fact]
    public void A_node_fails_with_all_resources_that_are_short()
    {
        var run = SchedulerRun.With(Node("n"), Pod("p", "5", "9Gi"));

        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.", run.WhyNot("p"));
    }

    [Theory]
    [InlineData("", "TCP", "", "TCP", true)]
    [InlineData("", "TCP", "", "UDP", false)]
    [InlineData("0.0.0.0", "TCP", "10.0.0.1", "TCP", true)]
    [InlineData("10.0.0.1", "TCP", "10.0.0.2", "TCP", false)]
    [InlineData("10.0.0.1", "TCP", "10.0.0.1", "TCP", true)]
    public void Host_ports_are_taken_once(string ip, string protocol, string otherIp, string otherProtocol, bool clash)
    {
        const string reason = "node(s) didn't have free ports for the requested pod ports";
        var run = SchedulerRun.With(Node("n"), WithPort("p", ip, protocol));
        run.Put(WithPort("q", otherIp, otherProtocol));

        Assert.Equal(clash ? null : "n", run.NodeOf("q"));
        Assert.Equal(clash ? $"0/1 nodes are available: 1 {reason}." : null, run.WhyNot("q"));

        run.Remove(WithPort("p", ip, protocol));
        Assert.Equal("n", run.NodeOf("q"));
    }

    private static Pod WithPort(string name, string ip, string protocol) => Pod(name).With(spec => spec with
    {
        Containers =
        [
            Container() with
            {
                Ports = [new ContainerPort { Port = 80, HostPort = 80, HostIP = ip, Protocol = protocol }],
            },
        ],
    });

    private static void AssertPlaced(bool passes, string reason, Node node, Pod pod)
    {
        var run = SchedulerRun.With(node, pod);

        Assert.Equal(passes ? "n" : null, run.NodeOf("p"));
        Assert.Equal(passes ? null : $"0/1 nodes are available: 1 {reason}.", run.WhyNot("p"));
    }
}
