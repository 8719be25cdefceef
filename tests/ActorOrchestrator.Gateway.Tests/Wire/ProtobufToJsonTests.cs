using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.OpenApi;
using ActorOrchestrator.Gateway.Wire.Protobuf;

namespace ActorOrchestrator.Gateway.Tests.Wire;

public sealed class ProtobufToJsonTests
{
    [Fact]
    public void A_config_map_becomes_its_json()
    {
        var map = new ProtobufMessage()
            .Nested(1, new ProtobufMessage().Text(1, "settings").Nested(8, new ProtobufMessage()))
            .Nested(2, new ProtobufMessage().Text(1, "color").Text(2, "red"))
            .Nested(2, new ProtobufMessage().Text(1, "empty"));
        Assert.Equal(
            """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"color":"red","empty":""}}
            """.Trim(), Convert("v1", "ConfigMap", map));
    }

    [Fact]
    public void Fields_of_embedded_structs_stand_among_those_of_their_owner()
    {
        var reference = new ProtobufMessage().Nested(1, new ProtobufMessage().Text(1, "settings")).Text(2, "color");
        var variable = new ProtobufMessage().Text(1, "COLOR").Nested(3, new ProtobufMessage().Nested(3, reference));
        var pod = new ProtobufMessage().Nested(2, new ProtobufMessage()
            .Nested(2, new ProtobufMessage().Text(1, "main").Nested(7, variable)));
        Assert.Contains(
            """{"name":"COLOR","valueFrom":{"configMapKeyRef":{"name":"settings","key":"color"}}}""",
            Convert("v1", "Pod", pod), StringComparison.Ordinal);
    }

    [Fact]
    public void Quantities_and_flags_are_written_as_json_writes_them()
    {
        var requests = new ProtobufMessage().Text(1, "cpu").Nested(2, new ProtobufMessage().Text(1, "100m"));
        var container = new ProtobufMessage().Nested(8, new ProtobufMessage().Nested(2, requests)).Flag(18, true);
        var pod = new ProtobufMessage().Nested(2, new ProtobufMessage().Nested(2, container));
        Assert.Contains(
            """{"containers":[{"resources":{"requests":{"cpu":"100m"}},"tty":true}]}""",
            Convert("v1", "Pod", pod), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"kind\":\"Pod\"}")]
    [InlineData("k8s\0")]
    [InlineData("k8s\0\x0a\x7f")]
    [InlineData("k8s\0\x0f")]
    [InlineData("k8s\0\x08\x80")]
    public void What_is_no_such_message_is_refused(string body) =>
        Assert.Throws<InvalidDataException>(() => ProtobufToJson.Convert(Encoding.Latin1.GetBytes(body)));

    [Fact]
    public void An_unknown_kind_is_refused_by_name()
    {
        var failure = Assert.Throws<InvalidDataException>(() => Convert("v1", "Unicorn", new ProtobufMessage()));
        Assert.Contains("\"Unicorn\" of version \"v1\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_can_be_sent_in_protobuf()
    {
        var missing = KindRegistry.All
            .Where(kind => ProtobufFields.MessageOf(kind.ApiVersion, kind.Kind) is null).Select(kind => kind.ToString());
        Assert.Empty(missing);
    }

    private static string Convert(string apiVersion, string kind, ProtobufMessage raw)
    {
        var type = new ProtobufMessage().Text(1, apiVersion).Text(2, kind);
        byte[] body = [.. "k8s\0"u8, .. new ProtobufMessage().Nested(1, type).Nested(2, raw).ToArray()];
        return Encoding.UTF8.GetString(ProtobufToJson.Convert(body).Span);
    }
}
