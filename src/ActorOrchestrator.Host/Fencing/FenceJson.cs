using System.Text.Json.Serialization;

namespace ActorOrchestrator.Host.Fencing;

/// <summary>What stands in the file.</summary>
internal sealed record KeptFence(
    string Boot, TimeSpan? RenewedAt, TimeSpan Term, long? Declared, IReadOnlyList<string> Pods,
    IReadOnlyList<string> Ended);

[JsonSerializable(typeof(KeptFence))]
internal sealed partial class FenceJson : JsonSerializerContext;
