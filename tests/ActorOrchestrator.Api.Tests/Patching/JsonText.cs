using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api.Tests.Patching;

/// <summary>JSON of test tables, in which single quotes stand for double ones.</summary>
internal static class JsonText
{
    public static JsonNode? Parse(string text) => JsonNode.Parse(text.Replace('\'', '"'));

    public static JsonObject Object(string text) => Parse(text)!.AsObject();

    public static void AssertSame(string expected, JsonNode? actual) =>
        Assert.Equal(Parse(expected)?.ToJsonString(), actual?.ToJsonString());

    public static void AssertPatched(string expected, PatchResult result)
    {
        var patched = Assert.IsType<PatchResult.Patched>(result);
        AssertSame(expected, patched.Node);
    }

    public static PatchFailure AssertRefused(PatchResult result) => Assert.IsType<PatchResult.Refused>(result).Failure;
}
