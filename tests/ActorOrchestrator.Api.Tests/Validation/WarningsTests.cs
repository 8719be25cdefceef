using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class WarningsTests
{
    private const string Hides = ": hides previous definition of \"A\", which may be dropped when using apply";

    [Theory]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'B'},{'name':'A','value':'1'}]}", "C.env[2]" + Hides)]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A):2'}]}", "")]
    [InlineData("{'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)'}]}", "C.env[1]" + Hides)]
    [InlineData("{'env':[{'name':'A'},{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]}",
        "C.env[1]" + Hides)]
    [InlineData("{'ports':[{'containerPort':80,'name':'a'},{'containerPort':80,'name':'b'}]}",
        "C.ports[1]: duplicate port definition with C.ports[0]")]
    [InlineData("{'ports':[{'containerPort':80},{'containerPort':80,'protocol':'UDP'}]}", "")]
    [InlineData("{'resources':{'requests':{'memory':'1.2Gi','cpu':'1m'}}}",
        "C.resources.requests[memory]: fractional byte value \"1288490188800m\" is invalid, must be an integer")]
    [InlineData("{'resources':{'limits':{'ephemeral-storage':'1500m'}}}",
        "C.resources.limits[ephemeral-storage]: fractional byte value \"1500m\" is invalid, must be an integer")]
    public void A_container_is_warned_about(string container, string expected) => Assert.Equal(
        expected.Replace("C.", "spec.containers[0]."),
        string.Join('\n', Warnings.Of(Manifests.PodWithContainer(container))));

    [Theory]
    [InlineData("Pod", "{'spec':{SPEC}}", "spec")]
    [InlineData("Deployment", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("ReplicaSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("StatefulSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("DaemonSet", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("Job", "{'spec':{'template':{'spec':{SPEC}}}}", "spec.template.spec")]
    [InlineData("CronJob", "{'spec':{'jobTemplate':{'spec':{'template':{'spec':{SPEC}}}}}}",
        "spec.jobTemplate.spec.template.spec")]
    public void Every_kind_that_has_a_pods_spec_is_warned_about(string kind, string patch, string path)
    {
        var value = Manifests.Of(kind, patch.Replace("SPEC", "'terminationGracePeriodSeconds':-1"));
        Assert.Equal(
            [$"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as "
                + "1"],
            Warnings.Of(value));
        Assert.Empty(Warnings.OfUpdate(value, value));
        Assert.Equal(kind == "Pod" ? 0 : 1, Warnings.OfUpdate(Manifests.Of(kind), value).Count);
    }
}
