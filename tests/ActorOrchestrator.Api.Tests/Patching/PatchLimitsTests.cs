using System.Text;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Api.Tests.Patching;

public sealed class PatchLimitsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("\u00ff")]
    public void What_is_not_one_json_document_is_a_bad_request(string text)
    {
        Assert.Null(PatchLimits.Read(Encoding.UTF8.GetBytes(text), out var failure));
        Assert.Equal(400, failure!.Code);
        Assert.StartsWith("error decoding patch: ", failure.Message);
    }

    [Fact]
    public void Deep_nesting_is_a_bad_request()
    {
        var fine = new string('[', PatchLimits.DepthMax) + new string(']', PatchLimits.DepthMax);
        Assert.NotNull(PatchLimits.Read(Encoding.UTF8.GetBytes(fine), out _));

        var deep = new string('[', 100_000);
        Assert.Null(PatchLimits.Read(Encoding.UTF8.GetBytes(deep), out var failure));
        Assert.Equal(400, failure!.Code);
    }

    [Fact]
    public void Too_many_bytes_are_an_entity_too_large()
    {
        Assert.Null(PatchLimits.Read(new byte[PatchLimits.PatchBytesMax + 1], out var failure));
        Assert.Equal(413, failure!.Code);
    }
}
