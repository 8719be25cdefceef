using System.Text;
using ActorOrchestrator.Actors.Entities;
using Akka.Cluster.Sharding;

namespace ActorOrchestrator.Actors.Hosting;

/// <summary>Which entity and which shard a message is for. An entity's shard is that of its persistence id by FNV-1a,
/// the same in every member for ever.</summary>
public sealed class EntityExtractor : IMessageExtractor
{
    /// <summary>Fixed for the life of a cluster. Three members share them evenly enough, and one starts them in
    /// milliseconds.</summary>
    public const int Shards = 24;

    public static readonly EntityExtractor Instance = new();

    private static readonly string[] Names = [.. Enumerable.Range(0, Shards).Select(shard => $"{shard}")];

    public string? EntityId(object message) => (message as EntityEnvelope)?.EntityId;

    public object? EntityMessage(object message) => message;

    [Obsolete("Use ShardId(EntityId, object) instead.")]
    public string? ShardId(object message) => EntityId(message) is { } entityId ? ShardId(entityId) : null;

    public string ShardId(string entityId, object? messageHint = null) => Names[ShardNumber(entityId)];

    public static int ShardNumber(string entityId)
    {
        const uint offsetBasis = 2166136261;
        const uint prime = 16777619;
        var hash = offsetBasis;
        Span<byte> buffer = stackalloc byte[512];
        var bytes = Encoding.UTF8.GetByteCount(entityId) <= buffer.Length
            ? buffer[..Encoding.UTF8.GetBytes(entityId, buffer)]
            : Encoding.UTF8.GetBytes(entityId);
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * prime;
        }

        return (int)(hash % Shards);
    }
}
