using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.Tests.Patching;

public sealed class StrategicMergePatchTests
{
    private static readonly TypeSchema Deployment = TypeSchema.Of<Apps.Deployment>();

    [Theory]
    [InlineData("{'spec':{'replicas':3,'paused':true}}", "{'spec':{'replicas':5}}",
        "{'spec':{'replicas':5,'paused':true}}")]
    [InlineData("{'spec':{'replicas':3,'paused':true}}", "{'spec':{'paused':null}}", "{'spec':{'replicas':3}}")]
    [InlineData("{'spec':{'replicas':3}}", "{'spec':{'paused':null,'template':{'spec':{'hostname':null}}}}",
        "{'spec':{'replicas':3,'template':{'spec':{}}}}")]
    [InlineData("{'metadata':{'labels':{'a':'1','b':'2'}}}", "{'metadata':{'labels':{'a':'x','b':null,'c':'3'}}}",
        "{'metadata':{'labels':{'a':'x','c':'3'}}}")]
    [InlineData("{'metadata':{'labels':{'a':'1'}}}", "{'metadata':{'labels':{'$patch':'replace','c':'3'}}}",
        "{'metadata':{'labels':{'c':'3'}}}")]
    [InlineData("{'metadata':{'labels':{'a':'1'}}}", "{'metadata':{'labels':{'$patch':'delete'}}}",
        "{'metadata':{'labels':{}}}")]
    [InlineData("{'metadata':{'labels':{'a':'1'}}}", "{'metadata':{'labels':{'$patch':'merge','b':'2'}}}",
        "{'metadata':{'labels':{'a':'1','b':'2'}}}")]
    [InlineData("{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}",
        "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}",
        "{'spec':{'strategy':{'type':'Recreate'}}}")]
    [InlineData("{'spec':{'replicas':1}}", "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}",
        "{'spec':{'replicas':1,'strategy':{'type':'Recreate'}}}")]
    public void Objects_merge(string target, string patch, string expected) =>
        JsonText.AssertPatched(expected, Apply(target, patch));

    // Below spec.template.spec.
    [Theory]
    [InlineData("{'containers':[{'name':'a','image':'1','tty':true},{'name':'b','image':'1'}]}",
        "{'containers':[{'name':'a','image':'2'}]}",
        "{'containers':[{'name':'a','image':'2','tty':true},{'name':'b','image':'1'}]}")]
    [InlineData("{'containers':[{'name':'a'}]}", "{'containers':[{'name':'b'}]}",
        "{'containers':[{'name':'b'},{'name':'a'}]}")]
    [InlineData("{'containers':[{'name':'a'}]}",
        "{'$setElementOrder/containers':[{'name':'a'},{'name':'b'}],'containers':[{'name':'b'}]}",
        "{'containers':[{'name':'a'},{'name':'b'}]}")]
    [InlineData("{'containers':[{'name':'a'},{'name':'b'},{'name':'c'}]}",
        "{'$setElementOrder/containers':[{'name':'c'},{'name':'a'}],'containers':[{'name':'c','image':'2'}]}",
        "{'containers':[{'name':'b'},{'name':'c','image':'2'},{'name':'a'}]}")]
    [InlineData("{'containers':[{'name':'a'},{'name':'b'}]}", "{'containers':[{'$patch':'delete','name':'a'}]}",
        "{'containers':[{'name':'b'}]}")]
    [InlineData("{'containers':[{'name':'a'},{'name':'b'}]}",
        "{'$setElementOrder/containers':[{'name':'b'}],'containers':[{'$patch':'delete','name':'a'}]}",
        "{'containers':[{'name':'b'}]}")]
    [InlineData("{'containers':[{'name':'a'},{'name':'b'}]}", "{'containers':[{'$patch':'replace'},{'name':'c'}]}",
        "{'containers':[{'name':'c'}]}")]
    [InlineData("{'containers':[{'name':'a'}]}", "{'containers':null}", "{}")]
    [InlineData("{}", "{'containers':[{'name':'a','image':null,'env':[{'name':'X','$patch':'delete'}]}]}",
        "{'containers':[{'name':'a','env':[]}]}")]
    [InlineData("{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'w'}]}]}",
        "{'containers':[{'name':'a','ports':[{'containerPort':80,'protocol':'TCP'},{'containerPort':81}]}]}",
        "{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'w','protocol':'TCP'},"
        + "{'containerPort':81}]}]}")]
    [InlineData("{'containers':[{'name':'a','args':['1','2']}]}", "{'containers':[{'name':'a','args':['3']}]}",
        "{'containers':[{'name':'a','args':['3']}]}")]
    [InlineData("{'tolerations':[{'key':'a'}]}", "{'tolerations':[{'key':'b'}]}", "{'tolerations':[{'key':'b'}]}")]
    [InlineData("{'volumes':[{'name':'v','emptyDir':{}}]}",
        "{'volumes':[{'$retainKeys':['name','secret'],'name':'v','secret':{'secretName':'s'}}]}",
        "{'volumes':[{'name':'v','secret':{'secretName':'s'}}]}")]
    [InlineData("{'volumes':[{'name':'v','emptyDir':{'medium':'Memory'}}]}",
        "{'volumes':[{'name':'v','emptyDir':{'$patch':'replace','sizeLimit':'1Gi'}}]}",
        "{'volumes':[{'name':'v','emptyDir':{'sizeLimit':'1Gi'}}]}")]
    public void Lists_merge_by_key_or_are_replaced(string target, string patch, string expected)
    {
        const string Start = "{'spec':{'template':{'spec':";
        JsonText.AssertPatched($"{Start}{expected}}}}}}}", Apply($"{Start}{target}}}}}}}", $"{Start}{patch}}}}}}}"));
    }

    [Theory]
    [InlineData("['a','b']", "{'finalizers':['c','a']}", "['c','a','b']")]
    [InlineData("['a','b','c']", "{'$deleteFromPrimitiveList/finalizers':['a','x']}", "['b','c']")]
    [InlineData("['a','b']",
        "{'$setElementOrder/finalizers':['c','b'],'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c']}",
        "['c','b']")]
    [InlineData("['a']", "{'finalizers':['a','a','b']}", "['a','b']")]
    public void Lists_of_scalars_merge_as_sets(string target, string patch, string expected) => JsonText.AssertPatched(
        $"{{'metadata':{{'finalizers':{expected}}}}}",
        Apply($"{{'metadata':{{'finalizers':{target}}}}}", $"{{'metadata':{patch}}}"));

    [Theory]
    [InlineData("{'metadata':{'labels':{'$patch':'explode'}}}", 400, "unknown patch type found: \"explode\"")]
    [InlineData("{'spec':{'strategy':{'$retainKeys':'type'}}}", 400, "invalid patch format of retainKeys")]
    [InlineData("{'spec':{'strategy':{'$retainKeys':['type'],'rollingUpdate':{}}}}", 400,
        "invalid patch format of retainKeys")]
    [InlineData("{'metadata':{'$deleteFromPrimitiveList/finalizers':'a'}}", 400,
        "invalid patch format of primitive list")]
    [InlineData("{'spec':{'template':{'spec':{'$setElementOrder/containers':'a'}}}}", 400,
        "invalid patch format of setElementOrder list")]
    [InlineData("{'spec':{'template':{'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],"
        + "'containers':[{'name':'a'},{'name':'b'}]}}}}", 400, "doesn't match $setElementOrder list")]
    [InlineData("{'spec':{'template':{'spec':{'containers':[{'image':'x'}]}}}}", 422,
        "map: {\"image\":\"x\"} does not contain declared merge key: name")]
    [InlineData("{'spec':{'template':{'spec':{'containers':[{'$patch':'delete'}]}}}}", 422,
        "does not contain declared merge key: name")]
    [InlineData("{'spec':{'template':{'spec':{'containers':[['a']]}}}}", 422, "lists of lists are not supported")]
    [InlineData("{'spec':{'template':{'spec':{'containers':['a']}}}}", 400, "invalid patch format")]
    [InlineData("[]", 400, "must be a JSON object")]
    public void Refuses_bad_patches(string patch, int code, string expected)
    {
        var target = "{'metadata':{'labels':{'a':'1'},'finalizers':['a']},'spec':{'strategy':{'type':'Recreate'},"
            + "'template':{'spec':{'containers':[{'name':'a'}]}}}}";
        var failure = JsonText.AssertRefused(Apply(target, patch));
        Assert.Equal(code, failure.Code);
        Assert.Contains(expected, failure.Message);
    }

    [Fact]
    public void Leaves_target_and_patch_as_they_were()
    {
        const string Target = "{'spec':{'template':{'spec':{'containers':[{'name':'a','args':['1']}]}}}}";
        const string Patch = "{'spec':{'template':{'spec':{'$setElementOrder/containers':[{'name':'a'}],"
            + "'containers':[{'name':'a','image':null,'args':['2']}]}}}}";
        var target = JsonText.Object(Target);
        var patch = JsonText.Object(Patch);

        Assert.IsType<PatchResult.Patched>(StrategicMergePatch.Apply(target, patch, Deployment));
        JsonText.AssertSame(Target, target);
        JsonText.AssertSame(Patch, patch);
    }

    [Fact]
    public void A_services_ports_merge_by_port_alone() => JsonText.AssertPatched(
        "{'spec':{'ports':[{'port':80,'protocol':'UDP'}]}}",
        StrategicMergePatch.Apply(
            JsonText.Object("{'spec':{'ports':[{'port':80,'protocol':'TCP'}]}}"),
            JsonText.Object("{'spec':{'ports':[{'port':80,'protocol':'UDP'}]}}"), TypeSchema.Of<Service>()));

    private static PatchResult Apply(string target, string patch) =>
        StrategicMergePatch.Apply(JsonText.Object(target), JsonText.Parse(patch)!, Deployment);
}
