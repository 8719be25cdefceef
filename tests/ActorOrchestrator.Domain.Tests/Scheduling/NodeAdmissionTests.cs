using System.Text;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Scheduling;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

/// <summary>What a node of two cores refuses, in kubelet's words; one pod with half a core and port 80 is
/// there.</summary>
public sealed class NodeAdmissionTests
{
    private const string TheNode = "{'apiVersion':'v1','kind':'Node','metadata':{'name':'n1','labels':{'disk':'hdd',"
        + "'kubernetes.io/os':'linux'}},'spec':{'taints':[{'key':'old','effect':'NoSchedule'},"
        + "{'key':'sick','effect':'NoExecute'}]},'status':{'allocatable':{'cpu':'2','memory':'1Gi','pods':'2',"
        + "'ephemeral-storage':'10Gi','x.io/gpu':'1'}}}";

    private const string Tolerant = "'tolerations':[{'key':'sick','operator':'Exists'}]";

    [Theory]
    [InlineData("'nodeName':'n1'", "", null, null)]
    [InlineData("", "'requests':{'cpu':'1500m','memory':'1Gi'}", null, null)]
    [InlineData("", "'requests':{'cpu':'500'}", "OutOfcpu",
        "Node didn't have enough resource: cpu, requested: 500000, used: 500, capacity: 2000")]
    [InlineData("'nodeSelector':{'disk':'ssd'}", "'requests':{'memory':'2Gi'}", "OutOfmemory",
        "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824")]
    [InlineData("", "'requests':{'ephemeral-storage':'20Gi'}", "OutOfephemeral-storage",
        "Node didn't have enough resource: ephemeral-storage, requested: 21474836480, used: 0, capacity: 10737418240")]
    [InlineData("", "'requests':{'x.io/gpu':'2'}", "OutOfx.io/gpu",
        "Node didn't have enough resource: x.io/gpu, requested: 2, used: 0, capacity: 1")]
    [InlineData("", "'requests':{'x.io/unknown':'2'}", null, null)]
    [InlineData("'nodeSelector':{'disk':'ssd'}", "", "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")]
    [InlineData("'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':"
        + "[{'matchExpressions':[{'key':'disk','operator':'NotIn','values':['hdd']}]}]}}}", "", "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")]
    [InlineData("'nodeName':'n2'", "", "NodeName",
        "Predicate NodeName failed: node(s) didn't match the requested node name")]
    [InlineData("'os':{'name':'windows'}", "", "PodOSNotSupported",
        "Failed to admit pod as the OS field doesn't match node OS")]
    [InlineData("'nodeSelector':{'kubernetes.io/os':'windows'}", "", "PodOSSelectorNodeLabelDoesNotMatch",
        "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label")]
    public void A_node_takes_what_fits(string fields, string resources, string? reason, string? message)
    {
        var pod = Pod($"{Tolerant}{(fields.Length == 0 ? "" : "," + fields)}", resources, port: 81);
        Assert.Equal(
            reason is null ? null : new NodeRejection(reason, message!),
            NodeAdmission.Refusal(pod, (Node)Read(TheNode), [Pod("", "'requests':{'cpu':'500m'}", port: 80)]));
    }

    [Fact]
    public void A_taken_port_a_taint_and_the_number_of_pods_count()
    {
        var (node, there) = ((Node)Read(TheNode), Pod("", "'requests':{'cpu':'500m'}", port: 80));
        Assert.Equal("NodePorts", NodeAdmission.Refusal(Pod(Tolerant, "", port: 80), node, [there])?.Reason);
        Assert.Equal("TaintToleration", NodeAdmission.Refusal(Pod("", "", port: 81), node, [there])?.Reason);
        Assert.Equal(
            new NodeRejection(
                "OutOfpods", "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2"),
            NodeAdmission.Refusal(Pod(Tolerant, "", port: 81), node, [there, there]));
    }

    [Fact]
    public void The_status_of_a_rejection_tells_of_it()
    {
        var rejection = new NodeRejection("OutOfcpu", "no");
        var status = rejection.StatusOf(Pod("", "", 80), DateTimeOffset.UnixEpoch);
        Assert.Equal(("Failed", "OutOfcpu", "Pod was rejected: no"), (status.Phase, status.Reason, status.Message));
        Assert.Equal(rejection, NodeRejection.Of(status));
        Assert.Null(NodeRejection.Of(status with { Message = "The node was low on resource" }));
        Assert.Null(NodeRejection.Of(status with { ContainerStatuses = [new ContainerStatus { Name = "c" }] }));
    }

    private static Pod Pod(string fields, string resources, int port) => (Pod)Read(
        "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{"
        + $"{(fields.Length == 0 ? "" : fields + ",")}'containers':[{{'name':'c','image':'i',"
        + $"'resources':{{{resources}}},'ports':[{{'containerPort':{port},'hostPort':{port}}}]}}]}}}}");

    private static Api.KubeObject Read(string json) =>
        KubeJson.ReadObject(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));
}
