using System.Text;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>What a resize may do to a pod with a sidecar, an init container and one container, in Kubernetes'
/// words.</summary>
public sealed class PodResizeTests
{
    private const string Others = "'image':'i','terminationMessagePolicy':'File','imagePullPolicy':'Always'";

    private const string Inits = "'initContainers':[{'name':'side','restartPolicy':'Always','resources':{'requests':"
        + "{'cpu':'100m'}}," + Others + "},{'name':'init','resources':{'requests':{'cpu':'100m'}}," + Others + "}]";

    private const string App = "{'name':'c','resources':{'requests':{'cpu':'100m','memory':'64Mi'},"
        + "'limits':{'cpu':'200m','memory':'128Mi','ephemeral-storage':'1Gi'}}," + Others + "}";

    private const string Before = "'containers':[" + App + "]," + Inits;

    /// <summary>A row replaces a part of the pod.</summary>
    [Theory]
    [InlineData("'cpu':'100m','memory':'64Mi'", "'cpu':'150m','memory':'32Mi'", "")]
    [InlineData("'cpu':'200m','memory':'128Mi'", "'cpu':'1','memory':'100Mi'", "")]
    [InlineData("'name':'side','restartPolicy':'Always','resources':{'requests':{'cpu':'100m'}}",
        "'name':'side','restartPolicy':'Always','resources':{'requests':{'cpu':'50m'}}", "")]
    [InlineData("'name':'init','resources':{'requests':{'cpu':'100m'}}",
        "'name':'init','resources':{'requests':{'cpu':'50m'}}",
        "spec: Forbidden: resources for non-sidecar init containers are immutable")]
    [InlineData("'cpu':'100m','memory':'64Mi'", "'cpu':'300m','memory':'64Mi'",
        "spec.containers[0].resources.requests: Invalid value: \"300m\": must be less than or equal to cpu limit of "
        + "200m")]
    [InlineData("'name':'side','restartPolicy':'Always','resources':{'requests':{'cpu':'100m'}}",
        "'name':'side','restartPolicy':'Always','resources':{'requests':{'memory':'1Mi'}}",
        "spec.initContainers[0].resources.requests: Forbidden: resource requests cannot be removed")]
    [InlineData("'cpu':'100m','memory':'64Mi'", "'cpu':'100m'", "")]
    [InlineData("'cpu':'200m','memory':'128Mi',", "'cpu':'200m',",
        "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed")]
    [InlineData("'ephemeral-storage':'1Gi'", "'ephemeral-storage':'2Gi'",
        "spec: Forbidden: only cpu and memory resources are mutable")]
    [InlineData("'name':'c'", "'name':'d'",
        "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize")]
    [InlineData("'containers':[" + App + "]", "'containers':[" + App + ",{'name':'more'," + Others + "}]",
        "spec.containers: Forbidden: containers may not be added or removed on resize")]
    [InlineData("'cpu':'100m','memory':'64Mi'},", "'cpu':'x'},", null)]
    public void Cpu_and_memory_become_more_and_less(string part, string with, string? expected)
    {
        var old = Of(Before, "Burstable");
        if (expected is null)
        {
            Assert.ThrowsAny<Exception>(() => Of(Before.Replace(part, with), "Burstable"));
            return;
        }

        Assert.Contains(part, Before);
        var resized = PodResize.Of(old, Of(Before.Replace(part, with), "Burstable"));
        Manifests.AssertErrors(expected, Validator.ValidateResize(old, resized));
    }

    [Theory]
    [InlineData("", "'requests':{'cpu':'1'}", "BestEffort")]
    [InlineData("'requests':{'cpu':'1','memory':'1Gi'},'limits':{'cpu':'1','memory':'1Gi'}",
        "'requests':{'cpu':'500m','memory':'1Gi'},'limits':{'cpu':'1','memory':'1Gi'}", "Guaranteed")]
    [InlineData("'requests':{'cpu':'500m','memory':'1Gi'},'limits':{'cpu':'1','memory':'1Gi'}",
        "'requests':{'cpu':'1','memory':'1Gi'},'limits':{'cpu':'1','memory':'1Gi'}", "Burstable")]
    public void The_class_of_service_stays(string before, string after, string quality)
    {
        var old = Of(Container(before), quality);
        Manifests.AssertErrors(
            $"spec: Invalid value: \"{quality}\": Pod QOS Class may not change as a result of resizing",
            Validator.ValidateResize(old, PodResize.Of(old, Of(Container(after), quality))));
    }

    [Theory]
    [InlineData("'resources':{'limits':{'cpu':'1'}},", "{}",
        "spec.resources: Forbidden: pods with pod-level resources cannot be resized")]
    [InlineData("", "{'containerStatuses':[{'name':'c','state':{'running':{}}}]}",
        "spec: Forbidden: Pod running on node without support for resize")]
    [InlineData("", "{'containerStatuses':[{'name':'c','state':{'running':{}},'resources':{}}]}", "")]
    [InlineData("", "{'containerStatuses':[{'name':'c','state':{'waiting':{}}}]}", "")]
    public void Some_pods_cannot_be_resized(string spec, string status, string expected)
    {
        var old = (Pod)Read(
            $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p'}},'spec':{{{spec}{Before}}},"
            + $"'status':{status}}}");
        Manifests.AssertErrors(expected, Validator.ValidateResize(old, old));
    }

    /// <summary>What was sent for the pod as a whole is not overlooked.</summary>
    [Theory]
    [InlineData("'resources':{'limits':{'cpu':'1'}},", "'resources':{'limits':{'cpu':'2'}},", false)]
    [InlineData("", "'resources':{'requests':{'cpu':'2'}},", false)]
    [InlineData("", "'resources':{},", true)]
    public void Resources_of_the_pod_as_a_whole_stay(string before, string after, bool isTaken)
    {
        var old = Of(before + Before, "Burstable");
        var resized = PodResize.Of(old, Of(after + Before, "Burstable"));
        Manifests.AssertErrors(
            isTaken ? "" : "spec.resources: Forbidden: pods with pod-level resources cannot be resized",
            Validator.ValidateResize(old, resized));
    }

    [Fact]
    public void A_static_pod_cannot_be_resized()
    {
        var old = (Pod)Read(
            "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','annotations':{'kubernetes.io/config.mirror':'h'}},"
            + $"'spec':{{{Before}}}}}");
        Manifests.AssertErrors(
            "spec: Forbidden: static pods cannot be resized", Validator.ValidateResize(old, old));
    }

    /// <summary>All but resources and their policies stays as it was, whatever was sent.</summary>
    [Fact]
    public void Nothing_else_is_written()
    {
        var old = Of(Before, "Burstable");
        var sent = Of(Before.Replace("'image':'i'", "'image':'other'").Replace("'cpu':'200m'", "'cpu':'300m'"), null);
        var labelled = sent with
        {
            Metadata = sent.Metadata with { Labels = ValueMap<string>.From([new("a", "b")]) },
        };
        var resized = PodResize.Of(old, labelled);
        Assert.Equal(("i", "300m", 0, "Burstable"), (
            resized.Spec.Containers[0].Image, resized.Spec.Containers[0].Resources.Limits["cpu"].ToString(),
            resized.Metadata.Labels.Count, resized.Status.QosClass));
    }

    private static KubeObject Read(string json) =>
        Defaults.Apply(KubeJson.ReadObject(Encoding.UTF8.GetBytes(json.Replace('\'', '"'))));

    private static string Container(string resources) =>
        $"'containers':[{{'name':'c','resources':{{{resources}}},{Others}}}]";

    private static Pod Of(string spec, string? quality) => (Pod)Read(
        $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p'}},'spec':{{{spec}}},"
        + $"'status':{{{(quality is null ? "" : $"'qosClass':'{quality}'")}}}}}");
}
