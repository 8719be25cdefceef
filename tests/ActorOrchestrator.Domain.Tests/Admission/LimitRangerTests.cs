using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Tests.Admission;

public sealed class LimitRangerTests
{
    [Theory]
    // range, requests and limits of the container, what they become
    [InlineData("'default':{'cpu':'500m','memory':'64Mi'},'defaultRequest':{'cpu':'100m'}", "", "",
        "cpu=100m memory=64Mi | cpu=500m memory=64Mi",
        "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c")]
    [InlineData("'default':{'cpu':'500m'}", "'cpu':'200m'", "", "cpu=200m | cpu=500m",
        "LimitRanger plugin set: cpu limit for container c")]
    [InlineData("'default':{'cpu':'500m'}", "", "'cpu':'1'", "cpu=1 | cpu=1", null)]
    [InlineData("'max':{'memory':'1Gi'}", "", "", "memory=1Gi | memory=1Gi",
        "LimitRanger plugin set: memory request for container c; memory limit for container c")]
    public void Containers_get_what_they_do_not_set(
        string item, string requests, string limits, string expected, string? note)
    {
        var (pod, refusal) = AdmissionRun.CreatePod(Spec(requests, limits), Range($"'type':'Container',{item}"));
        Assert.Null(refusal);
        var resources = pod!.Spec.Containers[0].Resources;
        Assert.Equal(expected, $"{Show(resources.Requests)} | {Show(resources.Limits)}");
        Assert.Equal(note, pod.Metadata.Annotations.GetValueOrDefault("kubernetes.io/limit-ranger"));
    }

    [Theory]
    // what a container without limits, which requests a cpu, gets by default, and what is then wrong with the pod
    [InlineData("'default':{'cpu':'2'},'defaultRequest':{'cpu':'1'}", null)]
    [InlineData("'default':{'cpu':'500m'},'defaultRequest':{'cpu':'100m'}", "spec.containers[0].resources.requests: "
        + "Invalid value: \"1\": must be less than or equal to cpu limit of 500m")]
    [InlineData("'default':{'LONG':'1'},'defaultRequest':{'LONG':'1'}",
        "metadata.annotations: Too long: may not be more than 262144 bytes")]
    public void A_pod_is_valid_after_it_is_completed(string item, string? complaint)
    {
        var name = "example.com/" + new string('a', 150_000);
        var range = Range($"'type':'Container',{item.Replace("LONG", name, StringComparison.Ordinal)}");
        var (pod, refusal) = AdmissionRun.CreatePod(Spec("'cpu':'1'", ""), range);
        Assert.Equal(complaint is null, pod is not null);
        Assert.Equal(complaint is null ? null : 422, refusal?.Code);
        Assert.Contains(complaint ?? "", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'type':'Container','max':{'cpu':'1'}", "", "'cpu':'1'", null)]
    [InlineData("'type':'Container','max':{'cpu':'1'}", "", "'cpu':'1500m'",
        "maximum cpu usage per Container is 1, but limit is 1500m")]
    [InlineData("'type':'Container','min':{'cpu':'100m'}", "'cpu':'50m'", "'cpu':'1'",
        "minimum cpu usage per Container is 100m, but request is 50m")]
    [InlineData("'type':'Container','min':{'cpu':'100m'}", "'cpu':'200m'", "'cpu':'1'", null)]
    [InlineData("'type':'Container','maxLimitRequestRatio':{'cpu':'2'}", "'cpu':'100m'", "'cpu':'300m'",
        "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000")]
    [InlineData("'type':'Container','maxLimitRequestRatio':{'cpu':'2'}", "", "",
        "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0")]
    [InlineData("'type':'Pod','max':{'memory':'1Gi'}", "", "",
        "maximum memory usage per Pod is 1Gi.  No limit is specified")]
    [InlineData("'type':'Pod','max':{'memory':'1Gi'}", "", "'memory':'2Gi'",
        "maximum memory usage per Pod is 1Gi, but limit is 2Gi")]
    [InlineData("'type':'Pod','min':{'cpu':'1','memory':'1Gi'}", "'cpu':'500m'", "",
        "[minimum cpu usage per Pod is 1, but request is 500m, "
        + "minimum memory usage per Pod is 1Gi.  No request is specified]")]
    public void Pods_keep_to_the_range(string item, string requests, string limits, string? complaint)
    {
        var (_, refusal) = AdmissionRun.CreatePod(Spec(requests, limits), Range(item));
        Assert.Equal(complaint is null ? null : $"pods \"p\" is forbidden: {complaint}", refusal?.Message);
    }

    [Theory]
    [InlineData("'max':{'memory':'1Gi'}", "'limits':{'memory':'1Gi'}", null)]
    [InlineData("'max':{'memory':'1Gi'}", "'limits':{'memory':'2Gi'}",
        "maximum memory usage per Pod is 1Gi, but limit is 2Gi")]
    [InlineData("'min':{'cpu':'1'}", "'requests':{'cpu':'500m'}",
        "minimum cpu usage per Pod is 1, but request is 500m")]
    public void A_pod_keeps_to_the_range_as_a_whole(string item, string resources, string? complaint)
    {
        var (_, refusal) = AdmissionRun.CreatePod(
            "{'resources':{" + resources + "},'containers':[{'name':'c','image':'i'}]}", Range($"'type':'Pod',{item}"));
        Assert.Equal(complaint is null ? null : $"pods \"p\" is forbidden: {complaint}", refusal?.Message);
    }

    [Theory]
    [InlineData("'min':{'storage':'1Gi'}", "512Mi",
        "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi")]
    [InlineData("'max':{'storage':'1Gi'}", "2Gi",
        "maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi")]
    [InlineData("'min':{'storage':'1Gi'},'max':{'storage':'1Gi'}", "1Gi", null)]
    public void Claims_keep_to_the_range(string item, string storage, string? complaint)
    {
        var (_, refusal) = AdmissionRun.Create(
            "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'c'},'spec':{'resources':"
            + $"{{'requests':{{'storage':'{storage}'}}}}}}}}", Range($"'type':'PersistentVolumeClaim',{item}"));
        Assert.Equal(
            complaint is null ? null : $"persistentvolumeclaims \"c\" is forbidden: {complaint}", refusal?.Message);
    }

    [Theory]
    [InlineData("resize", "'cpu':'2'", "pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is 2")]
    [InlineData("resize", "'cpu':'900m'", null)]
    [InlineData(null, "'cpu':'800m'", null)]
    public void A_pod_that_is_resized_keeps_to_the_range_and_any_other_change_is_let_be(
        string? subresource, string limits, string? complaint)
    {
        var label = subresource is null ? "{'a':'b'}" : "{}";
        Assert.Equal(complaint, AdmissionRun.ChangePod(
            Pod("{}", "'cpu':'800m'"), Pod(label, limits), subresource,
            Range("'type':'Container','max':{'cpu':'1'},'min':{'cpu':'850m'}"))?.Message);
    }

    private static string Pod(string labels, string limits) =>
        $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p','labels':{labels}}},'spec':{Spec("", limits)}}}";

    private static string Range(string item) =>
        "{'apiVersion':'v1','kind':'LimitRange','metadata':{'name':'l'},'spec':{'limits':[{" + item + "}]}}";

    private static string Spec(string requests, string limits) =>
        "{'containers':[{'name':'c','image':'i','resources':{"
        + $"'requests':{{{requests}}},'limits':{{{limits}}}}}}}]}}";

    private static string Show(ValueMap<Quantity> amounts) =>
        string.Join(' ', amounts.Select(entry => $"{entry.Key}={entry.Value}"));
}
