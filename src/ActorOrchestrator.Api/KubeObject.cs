using System.Text.Json.Serialization;

namespace ActorOrchestrator.Api;

/// <summary>What every stored object has: type and metadata. <c>apiVersion</c> and <c>kind</c> come from the
/// concrete type's registration in <see cref="KindRegistry"/> and are written first on the wire.</summary>
public abstract record KubeObject
{
    [JsonPropertyOrder(-3)]
    public string ApiVersion { get; init; } = "";

    [JsonPropertyOrder(-2)]
    public string Kind { get; init; } = "";

    [JsonPropertyOrder(-1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;
}
