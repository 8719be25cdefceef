using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.PersistentVolumeClaims;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>The messages as JSON; what is an API object inside is written as the API writes it. By reflection: the
/// source generator would walk through every API type that a converter here takes care of.</summary>
internal static class MessageJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        MaxDepth = KubeJson.SentDepthMax,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters =
        {
            new EntityKeyConverter(),
            new JsonStringEnumConverter<NodeFit>(),
            new JsonStringEnumConverter<VolumeClaimOutcome>(),
            new ValueListConverter<MatchedNode>(),
            new KubeObjectConverter(),
            new KubeValueConverter<PodStatus>(),
            new KubeValueConverter<NodeStatus>(),
            new KubeValueConverter<PodDisruptionBudgetStatus>(),
            new KubeValueConverter<Status>(),
            new KubeValueConverter<DeleteOptions>(),
            new KubeValueConverter<LabelSelector>(),
            new KubeValueConverter<OwnerReference>(),
            new KubeValueConverter<ValueMap<int>>(),
            new KubeValueConverter<ValueMap<string>>(),
        },
    };

    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}

/// <summary>An entity's address as its persistence id.</summary>
internal sealed class EntityKeyConverter : JsonConverter<EntityKey>
{
    public override EntityKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EntityKey.Parse(reader.GetString() ?? throw new JsonException("an entity's address is null"));

    public override void Write(Utf8JsonWriter writer, EntityKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
