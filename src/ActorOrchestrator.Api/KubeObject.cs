using System.Text.Json.Serialization;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api;

/// <summary>What every stored object has: type and metadata. A concrete record passes its own <c>apiVersion</c> and
/// <c>kind</c>, so that a new object always carries them; they are written first on the wire.</summary>
[JsonConverter(typeof(KubeObjectConverter))]
public abstract record KubeObject
{
    protected KubeObject(string apiVersion, string kind)
    {
        ApiVersion = apiVersion;
        Kind = kind;
    }

    [Doc("Version of the schema that this object is written in.")]
    public string ApiVersion { get; init; }

    [Doc("Name of the resource type that this object is of.")]
    public string Kind { get; init; }

    [Doc("Name, labels and the rest of what every object has.")]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The status, of kinds that have one: written apart from the rest.</summary>
    public virtual object? GetStatus() => null;

    /// <summary>The object with another status of its kind's status type; null is the empty status.</summary>
    public virtual KubeObject WithStatus(object? status) => this;
}
