using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api.Tests.Patching;

public sealed class JsonPatchTests
{
    // Most rows are the examples of RFC 6902, appendix A.
    [Theory]
    [InlineData("{'foo':'bar'}", "[{'op':'add','path':'/baz','value':'qux'}]", "{'foo':'bar','baz':'qux'}")]
    [InlineData("{'foo':['bar','baz']}", "[{'op':'add','path':'/foo/1','value':'qux'}]", "{'foo':['bar','qux','baz']}")]
    [InlineData("{'baz':'qux','foo':'bar'}", "[{'op':'remove','path':'/baz'}]", "{'foo':'bar'}")]
    [InlineData("{'foo':['bar','qux','baz']}", "[{'op':'remove','path':'/foo/1'}]", "{'foo':['bar','baz']}")]
    [InlineData("{'baz':'qux','foo':'bar'}", "[{'op':'replace','path':'/baz','value':'boo'}]",
        "{'baz':'boo','foo':'bar'}")]
    [InlineData("{'foo':{'bar':'baz','waldo':'fred'},'qux':{'corge':'grault'}}",
        "[{'op':'move','from':'/foo/waldo','path':'/qux/thud'}]",
        "{'foo':{'bar':'baz'},'qux':{'corge':'grault','thud':'fred'}}")]
    [InlineData("{'foo':['all','grass','cows','eat']}", "[{'op':'move','from':'/foo/1','path':'/foo/3'}]",
        "{'foo':['all','cows','eat','grass']}")]
    [InlineData("{'baz':'qux','foo':['a',2,'c']}",
        "[{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}]",
        "{'baz':'qux','foo':['a',2,'c']}")]
    [InlineData("{'foo':'bar'}", "[{'op':'add','path':'/child','value':{'grandchild':{}}}]",
        "{'foo':'bar','child':{'grandchild':{}}}")]
    [InlineData("{'foo':['bar']}", "[{'op':'add','path':'/foo/-','value':['abc','def']}]",
        "{'foo':['bar',['abc','def']]}")]
    [InlineData("{'/':9,'~1':10}", "[{'op':'test','path':'/~01','value':10},{'op':'remove','path':'/~1'}]",
        "{'~1':10}")]
    [InlineData("{'a':{'b':[1]}}", "[{'op':'copy','from':'/a','path':'/c'},{'op':'add','path':'/c/b/0','value':0}]",
        "{'a':{'b':[1]},'c':{'b':[0,1]}}")]
    [InlineData("{'a':1}", "[{'op':'add','path':'','value':{'b':2}}]", "{'b':2}")]
    [InlineData("{'a':1}", "[{'op':'replace','path':'/a','value':null}]", "{'a':null}")]
    [InlineData("{'a':1}", "[{'op':'test','path':'/b','value':null}]", "{'a':1}")]
    [InlineData("{'a':{'x':1,'y':[2]}}", "[{'op':'test','path':'/a','value':{'y':[2],'x':1.0}}]",
        "{'a':{'x':1,'y':[2]}}")]
    [InlineData("{'a':1}", "[]", "{'a':1}")]
    public void Applies_operations_in_order(string target, string patch, string expected) =>
        JsonText.AssertPatched(expected, JsonPatch.Apply(JsonText.Parse(target)!, JsonText.Parse(patch)!));

    [Theory]
    [InlineData("[{'op':'test','path':'/a','value':2}]", "testing value /a failed: test failed")]
    [InlineData("[{'op':'test','path':'/z','value':2}]", "testing path /z failed")]
    [InlineData("[{'op':'remove','path':'/z'}]", "remove operation does not apply: doc is missing key: /z")]
    [InlineData("[{'op':'replace','path':'/z','value':1}]", "replace operation does not apply: doc is missing key: /z")]
    [InlineData("[{'op':'add','path':'/z/y','value':1}]", "add operation does not apply: doc is missing path: \"/z")]
    [InlineData("[{'op':'add','path':'/l/3','value':1}]", "\"/l/3\": no such place in a list of 2")]
    [InlineData("[{'op':'add','path':'/l/01','value':1}]", "no such place")]
    [InlineData("[{'op':'remove','path':'/l/-'}]", "doc is missing key: /l/-")]
    [InlineData("[{'op':'remove','path':'/l/2'}]", "doc is missing key: /l/2")]
    [InlineData("[{'op':'copy','from':'/z','path':'/y'}]", "copy operation does not apply: doc is missing key: /z")]
    [InlineData("[{'op':'move','from':'/o','path':'/o/p'}]", "cannot be moved into itself")]
    [InlineData("[{'op':'remove','path':''}]", "remove operation does not apply: doc is missing path: \"\"")]
    [InlineData("[{'op':'replace','path':'','value':null}]", "replace operation value must be object or array")]
    [InlineData("[{'op':'add','path':'','value':'x'}]", "add operation value must be object or array")]
    [InlineData("[{'op':'add','path':'/a','value':2},{'op':'test','path':'/a','value':1}]", "testing value /a failed")]
    public void Refuses_what_does_not_fit_the_object(string patch, string expected)
    {
        var target = JsonText.Parse("{'a':1,'l':[1,2],'o':{}}")!;
        var failure = JsonText.AssertRefused(JsonPatch.Apply(target, JsonText.Parse(patch)!));

        Assert.Equal((422, "Invalid"), (failure.Code, failure.Reason));
        Assert.Contains(expected, failure.Message);
        JsonText.AssertSame("{'a':1,'l':[1,2],'o':{}}", target);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("[{'op':'upsert','path':'/a','value':1}]")]
    [InlineData("[{'op':'add','path':'a','value':1}]")]
    [InlineData("[{'op':'add','value':1}]")]
    [InlineData("[{'op':'add','path':'/a'}]")]
    [InlineData("[{'op':'add','path':7,'value':1}]")]
    [InlineData("[{'op':'copy','path':'/a'}]")]
    [InlineData("[{'op':'move','path':'/a','from':'b'}]")]
    public void Refuses_a_malformed_patch(string patch)
    {
        var failure = JsonText.AssertRefused(JsonPatch.Apply(new JsonObject(), JsonText.Parse(patch)!));
        Assert.Equal((400, "BadRequest"), (failure.Code, failure.Reason));
    }

    [Fact]
    public void Refuses_more_operations_than_the_limit()
    {
        var operations = Enumerable.Range(0, PatchLimits.OperationsMax + 1)
            .Select(JsonNode? (_) => JsonText.Object("{'op':'add','path':'/a','value':1}"));
        var failure = JsonText.AssertRefused(JsonPatch.Apply(new JsonObject(), new JsonArray([.. operations])));

        Assert.Equal((413, "RequestEntityTooLarge"), (failure.Code, failure.Reason));
        Assert.Contains("The allowed maximum operations in a JSON patch is 10000, got 10001", failure.Message);
    }

    [Fact]
    public void Refuses_copies_that_double_without_end()
    {
        var operations = Enumerable.Range(0, 100)
            .Select(JsonNode? (i) => JsonText.Object($"{{'op':'copy','from':'/a','path':'/a/x{i}'}}"));
        var failure = JsonText.AssertRefused(
            JsonPatch.Apply(JsonText.Object("{'a':{'b':'0123456789'}}"), new JsonArray([.. operations])));

        Assert.Equal(413, failure.Code);
    }
}
