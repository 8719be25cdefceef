using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Documents as deep as they may be, and with names twice where any JSON is taken: each way to write them is
/// bounded alike.</summary>
public sealed class DeepDocumentTests
{
    private const string Revisions = "/apis/apps/v1/namespaces/default/controllerrevisions";
    private const string JsonPatch = "application/json-patch+json";
    private const string MergePatch = "application/merge-patch+json";
    private const string StrategicPatch = "application/strategic-merge-patch+json";
    private const string Apply = "application/apply-patch+yaml";

    private const string Labelled = """{"metadata":{"labels":{"a":"b"}}}""";

    /// <summary>In <c>data</c>, one level below the root.</summary>
    private const int DataDepthMax = KubeJson.DepthMax - 1;

    [Theory]
    [InlineData("POST", "application/json")]
    [InlineData("POST", "application/yaml")]
    [InlineData("PATCH", Apply)]
    public async Task A_document_may_be_as_deep_by_each_verb(string method, string type)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var path = type == Apply ? $"{Revisions}/r?fieldManager=me" : Revisions;
        var full = Body($"{{...,'data':{Deep(DataDepthMax)}}}");
        Assert.Equal(201, (await gateway.SendAsync(method, path, full, type)).Code);

        // It can be written again as it is, and changed by the others.
        var stored = (await gateway.GetAsync($"{Revisions}/r")).Text;
        Assert.Equal(200, (await gateway.SendAsync("PUT", $"{Revisions}/r", stored)).Code);
        Assert.Equal(200, (await gateway.SendAsync("PATCH", $"{Revisions}/r", Labelled, MergePatch)).Code);
        Assert.Equal(200, (await gateway.SendAsync("PATCH", $"{Revisions}/r", Labelled, StrategicPatch)).Code);
        const string step = """[{"op":"add","path":"/metadata/labels/c","value":"d"}]""";
        Assert.Equal(200, (await gateway.SendAsync("PATCH", $"{Revisions}/r", step, JsonPatch)).Code);
        var applied = Body("{...}");
        Assert.Equal(200, (await gateway.SendAsync("PATCH", $"{Revisions}/r?fieldManager=x", applied, Apply)).Code);
        Assert.Equal(
            JsonNode.Parse(stored, documentOptions: new() { MaxDepth = 200 })!["data"]!.ToJsonString(
                new() { MaxDepth = 200 }).Length,
            Deep(DataDepthMax).Length);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/yaml")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io")]
    [InlineData("application/yaml;as=Table;v=v1;g=meta.k8s.io")]
    public async Task A_deep_document_is_shown_in_lists_and_tables(string accept)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var body = Body($"{{...,'data':{Deep(DataDepthMax)}}}");
        Assert.Equal(201, (await gateway.SendAsync("POST", Revisions, body)).Code);
        Assert.Equal(200, (await gateway.GetAsync($"{Revisions}?includeObject=Object", accept)).Code);
    }

    [Theory]
    // What a revision holds cannot be changed; first it is seen whether it is too deep.
    [InlineData("PUT", "application/json", "{...,'data':DEEP}", 400)]
    [InlineData("PUT", "application/yaml", "{...,'data':DEEP}", 400)]
    [InlineData("PATCH", MergePatch, "{'data':{'b':DEEP}}", 400)]
    [InlineData("PATCH", StrategicPatch, "{'data':{'b':DEEP}}", 400)]
    [InlineData("PATCH", Apply, "{...,'data':{'b':DEEP}}", 400)]
    [InlineData("PATCH", JsonPatch, "[{'op':'add','path':'/data/b/c','value':DEEP}]", 400)]
    [InlineData("PATCH", JsonPatch, "[{'op':'copy','from':'/data','path':'/data/b/c'}]", 422)]
    [InlineData("PATCH", JsonPatch, "[{'op':'add','path':'/data/b','value':HALF},"
        + "{'op':'copy','from':'/data','path':'/data/bDOWN/z'}]", 422)]
    [InlineData("PATCH", JsonPatch, "[{'op':'add','path':'/data/b','value':HALF},"
        + "{'op':'copy','from':'/data','path':'/data/bDOWN/y'},"
        + "{'op':'copy','from':'/data','path':'/data/bDOWN/z'}]", 400)]
    [InlineData("PATCH", JsonPatch, "[{'op':'move','from':'/data/b','path':''}]", 400)]
    public async Task One_that_would_be_too_deep_is_refused(string method, string type, string body, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var before = await gateway.SendAsync("POST", Revisions, Body("{...,'data':{'b':{}}}"));
        var query = type == Apply ? "?fieldManager=me" : "";
        var full = Body(body.Replace("DEEP", Deep(KubeJson.DepthMax)).Replace("HALF", Deep(47))
            .Replace("DOWN", string.Concat(Enumerable.Repeat("/a", 46))));
        var answer = await gateway.SendAsync(method, $"{Revisions}/r{query}", full, type);
        Assert.Equal(code, answer.Code);
        Assert.Equal(code >= 400, before.Text == (await gateway.GetAsync($"{Revisions}/r")).Text);
    }

    /// <summary>The last value counts, as in Kubernetes, where a map is made of it.</summary>
    [Theory]
    [InlineData(JsonPatch, """[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]""")]
    [InlineData(MergePatch, Labelled)]
    [InlineData(StrategicPatch, Labelled)]
    public async Task Names_that_are_twice_where_any_JSON_is_taken_can_be_patched(string type, string patch)
    {
        await using var gateway = await RunningGateway.StartAsync();
        Assert.Equal(201, (await gateway.SendAsync(
            "POST", Revisions, Body("{...,'data':{'a':1,'a':{'c':1,'c':2}}}"))).Code);
        var answer = await gateway.SendAsync("PATCH", $"{Revisions}/r", patch, type);
        Assert.Equal(200, answer.Code);
        Assert.Equal("""{"a":{"c":2}}""", JsonNode.Parse(answer.Text)!["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("f:a", 60)]
    [InlineData("f:a", 95)]
    [InlineData("v:DEEP", 1)]
    [InlineData("k:{\\\"a\\\":DEEP}", 1)]
    public async Task Managed_fields_that_a_client_made_up_may_be_deep(string step, int depth)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", Revisions, Body("{...,'data':1}"));
        var inner = step.Replace("DEEP", Deep(70).Replace("\"", "\\\"", StringComparison.Ordinal));
        var fields = string.Concat(Enumerable.Repeat($"{{\"{inner}\":", depth)) + "{}" + new string('}', depth);
        var entry = "{\"manager\":\"m\",\"operation\":\"Update\",\"apiVersion\":\"apps/v1\","
            + $"\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{fields}}}";
        var put = Body("{...,'data':1}").Replace(
            "\"name\":\"r\"", $"\"name\":\"r\",\"managedFields\":[{entry}]", StringComparison.Ordinal);
        Assert.Equal(200, (await gateway.SendAsync("PUT", $"{Revisions}/r", put)).Code);
        foreach (var (type, body) in new[] { (MergePatch, Labelled), (Apply, Body("{...,'data':1}")) })
        {
            var path = $"{Revisions}/r{(type == Apply ? "?fieldManager=me&force=true" : "")}";
            Assert.Equal(200, (await gateway.SendAsync("PATCH", path, body, type)).Code);
        }
    }

    private static string Deep(int depth) =>
        $"{string.Concat(Enumerable.Repeat("{\"a\":", depth))}1{new string('}', depth)}";

    private static string Body(string text) => text.Replace('\'', '"').Replace(
        "...",
        "\"apiVersion\":\"apps/v1\",\"kind\":\"ControllerRevision\",\"metadata\":{\"name\":\"r\"},\"revision\":1",
        StringComparison.Ordinal);
}
