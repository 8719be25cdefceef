using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>patch with JSON and merge patches; retries on conflicts.</summary>
public sealed class PatchTests
{
    private const string Merge = "application/merge-patch+json";
    private const string Apply = "application/apply-patch+yaml";
    private const string JsonPatch = "application/json-patch+json";

    [Theory]
    [InlineData(Merge, """{"data":{"key":"2","more":"x"}}""", "2")]
    [InlineData(JsonPatch, """[{"op":"replace","path":"/data/key","value":"3"}]""", "3")]
    [InlineData(JsonPatch, """[{"op":"test","path":"/data/key","value":"1"},{"op":"remove","path":"/data/key"}]""", "")]
    public async Task Applies_a_patch(string type, string patch, string expected)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        var answer = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a", patch, type);
        Assert.Equal(200, answer.Code);
        Assert.Equal(expected, (await gateway.GetAsync($"{ConfigMaps}/a")).At("data.key"));
    }

    [Theory]
    [InlineData(Merge, """{"data":""", 400)]
    [InlineData(Merge, """["not an object"]""", 400)]
    [InlineData(Merge, """{"data":{"key":7}}""", 422)]
    [InlineData(Merge, """{"metadata":{"name":"b"}}""", 400)]
    [InlineData(JsonPatch, """[{"op":"test","path":"/data/key","value":"9"}]""", 422)]
    [InlineData(JsonPatch, """[{"op":"replace","path":"/data/none","value":"9"}]""", 422)]
    [InlineData(JsonPatch, """[{"op":"frob","path":"/data"}]""", 400)]
    [InlineData("application/json", "{}", 415)]
    [InlineData("application/vnd.kubernetes.protobuf", "k8s", 415)]
    public async Task Refuses_a_patch_and_changes_nothing(string type, string patch, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var before = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        var answer = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a", patch, type);
        Assert.Equal((code, "Failure"), (answer.Code, answer.At("status")));
        Assert.Equal(before.Text, (await gateway.GetAsync($"{ConfigMaps}/a")).Text);
    }

    [Theory]
    [InlineData(Merge, "", "error decoding patch: unexpected end of JSON input")]
    [InlineData(JsonPatch, "", "error decoding patch: unexpected end of JSON input")]
    [InlineData(Merge, "{x", "error decoding patch: invalid character 'x' at line 1, column 2")]
    [InlineData(Merge, """{"data":{"a":"1","a":"2"}}""", "error decoding patch: a field is given twice")]
    [InlineData(Merge, "DEEP", "error decoding patch: exceeded max depth of 100")]
    public async Task A_patch_that_is_no_json_is_told_so(string type, string patch, string message)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        patch = patch.Replace("DEEP", string.Concat(Enumerable.Repeat("{\"a\":", 200)));
        var refused = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a", patch, type);
        Assert.Equal((400, message), (refused.Code, refused.Message));
    }

    /// <summary>What a patch or an apply that names who or which version it means is answered.</summary>
    [Theory]
    [InlineData("a", Merge, """{"metadata":{"uid":"other"}}""", 422,
        "metadata.uid: Invalid value: \"other\": field is immutable")]
    [InlineData("a", Apply, """{"uid":"other"}""", 422, "metadata.uid: Invalid value: \"other\": field is immutable")]
    [InlineData("a", Apply, """{"uid":"UID"}""", 200, "")]
    [InlineData("a", Apply, """{"resourceVersion":"1"}""", 409, "the object has been modified")]
    [InlineData("a", Apply, """{"resourceVersion":"VERSION"}""", 200, "")]
    [InlineData("b", Apply, """{"uid":"other"}""", 409,
        "uid mismatch: the provided object specified uid other, and no existing object was found")]
    [InlineData("b", Apply, """{"resourceVersion":"1"}""", 201, "")]
    public async Task A_named_uid_or_version_counts(string name, string type, string given, int code, string message)
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        var current = await gateway.SendAsync("PUT", $"{ConfigMaps}/a", ConfigMapBody("a", "2"));
        var metadata = given.Replace("UID", current.At("metadata.uid"), StringComparison.Ordinal)
            .Replace("VERSION", current.At("metadata.resourceVersion"), StringComparison.Ordinal);
        var body = type == Merge
            ? metadata
            : $"{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"{name}\",{metadata[1..]},"
              + "\"data\":{\"mine\":\"1\"}}";
        var answer = await gateway.SendAsync("PATCH", $"{ConfigMaps}/{name}?fieldManager=me", body, type);
        Assert.Equal(code, answer.Code);
        Assert.Contains(message, code < 400 ? "" : answer.At("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_in_between_is_patched_on_top_of()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Interfere(gateway, times: 4);
        var answer = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a", """{"data":{"mine":"1"}}""", Merge);
        Assert.Equal(200, answer.Code);
        Assert.Equal(("1", "4"), (answer.At("data.mine"), answer.At("data.theirs")));
    }

    [Fact]
    public async Task Gives_up_after_five_conflicts()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Interfere(gateway, times: 100);
        var answer = await gateway.SendAsync("PATCH", $"{ConfigMaps}/a", """{"data":{"mine":"1"}}""", Merge);
        Assert.Equal(409, answer.Code);
        Assert.Equal(5, gateway.Cluster.Sent.Count(sent => sent.Command is Replace));
    }

    [Fact]
    public async Task A_patch_that_names_a_version_is_not_tried_again()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = await gateway.SendAsync("POST", ConfigMaps, ConfigMapBody("a"));
        Interfere(gateway, times: 1);
        var patch = """{"metadata":{"resourceVersion":"VERSION"},"data":{"mine":"1"}}""".Replace(
            "VERSION", created.At("metadata.resourceVersion"), StringComparison.Ordinal);
        Assert.Equal(409, (await gateway.SendAsync("PATCH", $"{ConfigMaps}/a", patch, Merge)).Code);
        Assert.Equal(1, gateway.Cluster.Sent.Count(sent => sent.Command is Replace));
    }

    /// <summary>Another client writes between the patch's computation and its arrival, so many times.</summary>
    private static void Interfere(RunningGateway gateway, int times)
    {
        var written = 0;
        gateway.Cluster.Before = (key, command) =>
        {
            if (command is Replace && written < times)
            {
                written++;
                var kind = Api.KindRegistry.Of<ConfigMap>();
                var current = (ConfigMap)gateway.Cluster.View.Get(kind, key.Namespace, key.Name)!;
                gateway.Cluster.Change(current with { Data = current.Data.With("theirs", written.ToString()) });
            }

            return null;
        };
    }
}
