using System.Text;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests;

/// <summary>What a pod asks for as a whole: how it is completed, and the class of service that comes of it.</summary>
public sealed class PodResourcesTests
{
    private const string Half = "'requests':{'cpu':'500m','memory':'64Mi'}";

    private const string Full = "'limits':{'cpu':'1','memory':'128Mi'}";

    [Theory]
    // The pod's own, its container's; what the pod then has.
    [InlineData("", Full, " | ")]
    [InlineData("'requests':{'cpu':'1'}", "", "cpu=1 | ")]
    [InlineData("'limits':{'cpu':'1'}", "", "cpu=1 | cpu=1")]
    [InlineData("'limits':{'cpu':'1'}", "'requests':{'cpu':'100m','memory':'64Mi'}", "cpu=100m memory=64Mi | cpu=1")]
    [InlineData("'limits':{'cpu':'1'}", "'limits':{'cpu':'100m'}", "cpu=100m | cpu=1")]
    [InlineData("'limits':{'cpu':'1'},'requests':{'cpu':'200m'}", "'requests':{'cpu':'100m'}", "cpu=200m | cpu=1")]
    [InlineData("'limits':{'cpu':'1'}", "'requests':{'ephemeral-storage':'1Gi'}", "cpu=1 | cpu=1")]
    // Huge pages are limited by what the containers have, and requested as limited.
    [InlineData("'requests':{'cpu':'1'}", "'limits':{'cpu':'1','hugepages-2Mi':'4Mi'}",
        "cpu=1 hugepages-2Mi=4Mi | hugepages-2Mi=4Mi")]
    [InlineData("'limits':{'cpu':'1','hugepages-2Mi':'8Mi'}", "'limits':{'cpu':'1','hugepages-2Mi':'4Mi'}",
        "cpu=1 hugepages-2Mi=8Mi | cpu=1 hugepages-2Mi=8Mi")]
    [InlineData("'requests':{'cpu':'1','hugepages-2Mi':'8Mi'}", "'limits':{'cpu':'1','hugepages-2Mi':'4Mi'}",
        "cpu=1 hugepages-2Mi=8Mi | ")]
    public void A_pod_requests_what_its_containers_do_and_else_its_limits(string whole, string container, string all)
    {
        var resources = Defaults.Apply(Pod(whole, container)).Spec.Resources!;
        Assert.Equal(all, $"{Show(resources.Requests)} | {Show(resources.Limits)}");
    }

    [Theory]
    [InlineData("", "", "BestEffort")]
    [InlineData("", Half, "Burstable")]
    [InlineData("", Full, "Guaranteed")]
    // What the pod asks for as a whole counts alone.
    [InlineData(Half, Full, "Burstable")]
    [InlineData(Full, "", "Guaranteed")]
    [InlineData(Full, Half, "Burstable")]
    [InlineData(Full, Full, "Guaranteed")]
    [InlineData(Full + "," + Half, "", "Burstable")]
    [InlineData("'limits':{'cpu':'1'}", "", "Burstable")]
    [InlineData("'limits':{'cpu':'1'}", Full, "Burstable")]
    [InlineData("'requests':{'cpu':'0'}", Full, "BestEffort")]
    [InlineData("'limits':{'cpu':'0','memory':'0'}", "", "BestEffort")]
    public void The_class_of_service_comes_of_the_pod_where_it_asks_for_anything(
        string whole, string container, string quality) =>
        Assert.Equal(quality, PodQos.ClassOf(Defaults.Apply(Pod(whole, container)).Spec));

    [Theory]
    [InlineData("", "", "cpu", null)]
    [InlineData("'limits':{'cpu':'1'}", "", "cpu", "1")]
    [InlineData("'limits':{'cpu':'1'}", "", "memory", null)]
    [InlineData("'limits':{'cpu':'2'}", "'limits':{'cpu':'1'}", "cpu", "1")]
    [InlineData("'limits':{'cpu':'2'}", "'limits':{'cpu':'0'}", "cpu", "2")]
    public void A_container_without_a_limit_has_its_pods(string whole, string container, string resource, string? limit)
    {
        var spec = Pod(whole, container).Spec;
        Assert.Equal(limit, PodResources.LimitOf(spec, spec.Containers[0], resource)?.ToString());
    }

    private static Pod Pod(string whole, string container) => (Pod)KubeJson.ReadObject(Encoding.UTF8.GetBytes(
        ("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'resources':{" + whole
            + "},'containers':[{'name':'c','image':'i','resources':{" + container + "}}]}}").Replace('\'', '"')));

    private static string Show(ValueMap<Quantity> amounts) =>
        string.Join(' ', amounts.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}={entry.Value}"));
}
