namespace ActorOrchestrator.Api.Tests.Patching;

/// <summary>Server-side apply beside what the cluster itself writes.</summary>
public sealed class SystemFieldsTests
{
    private const string Status = "status";
    private const string Empty = "{'metadata':{'name':'p'},'status':{'conditions':[]}}";

    private static ManagedObject Pod => new ManagedObject("v1", "Pod")
        .Update("kubectl-run", "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]}}")
        .Write("{'status':{'phase':'Pending','conditions':" + $"[{Condition("PodScheduled", "True")}]}}}}");

    [Fact]
    public void Before_the_first_apply_the_clusters_writes_have_no_entry() =>
        Assert.Equal("kubectl-run", Assert.Single(Pod.Live!.Metadata.ManagedFields).Manager);

    [Fact]
    public void An_applier_that_gives_up_its_item_leaves_those_of_the_cluster()
    {
        var pod = Pod.Apply("lb", Applied("lb.io/ready", "True"), subresource: Status);
        pod.AssertPart("status", "{'phase':'Pending','conditions':"
            + $"[{Condition("PodScheduled", "True")},{Condition("lb.io/ready", "True")}]}}");
        pod.Apply("lb", Empty, subresource: Status);
        pod.AssertPart("status", $"{{'phase':'Pending','conditions':[{Condition("PodScheduled", "True")}]}}");
        Assert.Equal(
            ["kubectl-run Update", "kubelet Update status"],
            pod.Live!.Metadata.ManagedFields.Select(entry =>
                $"{entry.Manager} {entry.Operation} {entry.Subresource}".Trim()));
    }

    [Fact]
    public void What_the_cluster_wrote_is_a_conflict_unless_forced()
    {
        var pod = Pod;
        var failure = JsonText.AssertRefused(
            pod.TryApply("lb", Applied("PodScheduled", "False"), subresource: Status));
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"kubelet\" with subresource \"status\" using v1: "
            + ".status.conditions[type=\"PodScheduled\"].status", failure.Message);
        pod.Apply("lb", Applied("PodScheduled", "False"), force: true, subresource: Status);
        pod.AssertPart("status", $"{{'phase':'Pending','conditions':[{Condition("PodScheduled", "False")}]}}");
    }

    [Fact]
    public void What_the_cluster_writes_again_is_its_own_again()
    {
        var pod = Pod.Apply("lb", Applied("PodScheduled", "False"), force: true, subresource: Status)
            .Write("{'status':{'conditions':" + $"[{Condition("PodScheduled", "True")}]}}}}")
            .Apply("lb", Empty, subresource: Status);
        pod.AssertPart("status", $"{{'phase':'Pending','conditions':[{Condition("PodScheduled", "True")}]}}");
    }

    [Fact]
    public void Labels_that_a_machine_writes_outlast_those_of_an_applier()
    {
        var node = new ManagedObject("v1", "Node").Update("x", "{'metadata':{'name':'n'}}")
            .Write("{'metadata':{'labels':{'kubernetes.io/hostname':'n'}}}")
            .Apply("me", "{'metadata':{'name':'n','labels':{'disk':'ssd'}}}")
            .Apply("me", "{'metadata':{'name':'n','labels':{}}}");
        Assert.Equal(["kubernetes.io/hostname"], node.Live!.Metadata.Labels.Keys);
    }

    [Fact]
    public void An_applied_specs_defaults_are_nobodys()
    {
        var deployment = new ManagedObject("apps/v1", "Deployment")
            .Apply("me", "{'metadata':{'name':'d'},'spec':{'paused':true}}")
            .Write("{'spec':{'replicas':1},'status':{'observedGeneration':1}}");
        deployment.AssertOwners(
            "me Apply 01 {'f:spec':{'f:paused':{}}}",
            "kube-controller-manager Update 02 {'f:spec':{'f:replicas':{}}}",
            "kube-controller-manager Update status 02 {'f:status':{'f:observedGeneration':{}}}");
    }

    private static string Condition(string type, string status) => $"{{'type':'{type}','status':'{status}'}}";

    private static string Applied(string type, string status) =>
        "{'metadata':{'name':'p'},'status':{'conditions':" + $"[{Condition(type, status)}]}}}}";
}
