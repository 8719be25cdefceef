using System.Net.Http.Headers;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Protobuf;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Bodies as kubectl's and helm's typed clients send them.</summary>
public sealed class ProtobufTests
{
    private static ProtobufMessage Message => new();

    [Fact]
    public async Task Creates_from_protobuf()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var map = Message
            .Nested(1, Message.Text(1, "cm").Nested(11, Message.Text(1, "app").Text(2, "web")).Nested(8, Message))
            .Nested(2, Message.Text(1, "key").Text(2, "value"))
            .Nested(2, Message.Text(1, "empty"));
        using var content = new ByteArrayContent(Envelope("v1", "ConfigMap", map));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.kubernetes.protobuf");
        using var response = await gateway.Client.PostAsync(ConfigMaps, content, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)response.StatusCode);
        var stored = await gateway.GetAsync($"{ConfigMaps}/cm");
        Assert.Equal(
            ("value", "", "web"),
            (stored.At("data.key"), stored.At("data.empty"), stored.At("metadata.labels.app")));
    }

    [Fact]
    public void Embedded_structs_numbers_quantities_and_alternatives_find_their_JSON_places()
    {
        var get = Message.Text(1, "/healthz").Nested(2, Message.Flag(1, true).Text(3, "http"));
        var container = Message.Text(1, "c").Text(2, "i").Text(3, "sh").Text(3, "-c")
            .Nested(8, Message.Nested(1, Message.Text(1, "cpu").Nested(2, Message.Text(1, "100m"))))
            .Nested(10, Message.Nested(1, Message.Nested(2, get)));
        var volume = Message.Text(1, "v").Nested(2, Message.Nested(2, Message));
        var template = Message.Nested(2, Message.Nested(1, volume).Nested(2, container));
        var rolling = Message.Nested(1, Message.Flag(1, true).Text(3, "30%"));
        var spec = Message.Nested(3, template).Nested(4, Message.Text(1, "RollingUpdate").Nested(2, rolling));
        var json = Encoding.UTF8.GetString(ProtobufToJson.Convert(
            Envelope("apps/v1", "Deployment", Message.Nested(2, spec)), typeof(Deployment)));
        Assert.Equal(
            """
            {"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{
            "volumes":[{"name":"v","emptyDir":{}}],
            "containers":[{"name":"c","image":"i","command":["sh","-c"],"resources":{"limits":{"cpu":"100m"}},
            "livenessProbe":{"httpGet":{"path":"/healthz","port":"http"}}}]}},
            "strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"30%"}}}}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public void Every_kind_has_its_numbers()
    {
        foreach (var kind in KindRegistry.All)
        {
            var numbers = FieldNumbers.Of(kind.ClrType);
            Assert.True(numbers is not null && numbers.Values.Any(field => field.Name == "metadata"), kind.ToString());
        }

        foreach (var type in (Type[])[typeof(PodSpec), typeof(Container), typeof(ObjectMeta), typeof(DeleteOptions)])
        {
            Assert.True(FieldNumbers.Of(type)?.Count > 5, type.Name);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("6B387300")]
    [InlineData("00000000FF")]
    [InlineData("6B38730012FFFFFFFFFFFFFFFFFF01")]
    [InlineData("6B387300120A0AFFFFFFFFFFFFFFFFFF01")]
    [InlineData("6B387300120207")]
    [InlineData("6B3873001202FFFF")]
    [InlineData("6B38730012020B0C")]
    [InlineData("6B38730012010B")]
    [InlineData("6B38730012010C")]
    [InlineData("6B38730012010F")]
    [InlineData("6B3873001209090102030405060708")]
    public void Broken_messages_are_refused_or_empty(string hex)
    {
        try
        {
            var json = ProtobufToJson.Convert(Convert.FromHexString(hex), typeof(ConfigMap));
            Assert.Equal("{}", Encoding.UTF8.GetString(json));
        }
        catch (StatusException refused)
        {
            Assert.Equal(400, refused.Status.Code);
        }
    }

    private static byte[] Envelope(string apiVersion, string kind, ProtobufMessage raw) =>
    [
        .. "k8s\0"u8,
        .. Message.Nested(1, Message.Text(1, apiVersion).Text(2, kind)).Nested(2, raw).ToArray(),
    ];
}
