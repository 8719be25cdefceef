using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api.Tests.Patching;

public sealed class MergePatchTests
{
    // The first rows are the examples of RFC 7386, appendix A.
    [Theory]
    [InlineData("{'a':'b'}", "{'a':'c'}", "{'a':'c'}")]
    [InlineData("{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}")]
    [InlineData("{'a':'b'}", "{'a':null}", "{}")]
    [InlineData("{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}")]
    [InlineData("{'a':['b']}", "{'a':'c'}", "{'a':'c'}")]
    [InlineData("{'a':'c'}", "{'a':['b']}", "{'a':['b']}")]
    [InlineData("{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}")]
    [InlineData("{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}")]
    [InlineData("{'e':null}", "{'a':1}", "{'e':null,'a':1}")]
    [InlineData("{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}")]
    [InlineData("{'a':1,'b':2,'c':3}", "{'b':{'x':null,'y':1}}", "{'a':1,'b':{'y':1},'c':3}")]
    [InlineData("{'a':[1,2]}", "{'a':[null,3]}", "{'a':[null,3]}")]
    public void Merges_as_the_rfc_says(string target, string patch, string expected) =>
        JsonText.AssertPatched(expected, MergePatch.Apply(JsonText.Object(target), JsonText.Parse(patch)!));

    [Fact]
    public void Leaves_target_and_patch_as_they_were()
    {
        var target = JsonText.Object("{'a':{'b':[1]}}");
        var patch = JsonText.Object("{'c':{'d':[2]},'a':{'e':{'f':1}}}");

        var patched = Assert.IsType<PatchResult.Patched>(MergePatch.Apply(target, patch));
        patched.Node["a"]!["b"]!.AsArray().Add(9);
        patched.Node["c"]!["d"]!.AsArray().Add(9);

        JsonText.AssertSame("{'a':{'b':[1]}}", target);
        JsonText.AssertSame("{'c':{'d':[2]},'a':{'e':{'f':1}}}", patch);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("'text'")]
    [InlineData("3")]
    public void Refuses_a_patch_that_is_no_object(string patch)
    {
        var failure = JsonText.AssertRefused(MergePatch.Apply(JsonText.Object("{}"), JsonText.Parse(patch)!));
        Assert.Equal(400, failure.Code);
    }
}
