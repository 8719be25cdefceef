using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Telemetry;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using Akka.Actor;
using Akka.Event;
using Akka.Serialization;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>
/// What members say to each other, by explicit manifests, so that renaming a class changes nothing. What a newer
/// release says is no error: it becomes an <see cref="UnknownMessage"/>, so that whoever gets it can answer.
/// <code>
/// tell:MESSAGE   request id (64 bits, little-endian), length of the address (32 bits), the address, the message's JSON
///   accepted, rejected   request id, ordering (64 bits), the reply's JSON
///   rows           the last ordering (64 bits)
///   others         JSON
/// </code>
/// </summary>
public sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>What the messages of entities are counted as.</summary>
    private const string Kind = "entities";

    private const string Tell = "tell:";
    private const string Accepted = "accepted.v1";
    private const string Rejected = "rejected.v1";
    private const string Failed = "failed.v1";
    private const string Rows = "rows.v1";
    private const string Stopped = "entity-stopped.v1";
    private const string Adoptable = "find-adoptable.v1";
    private const string Nodes = "find-nodes.v1";
    private const string Stop = "stop-entity.v1";
    private const string Lost = "member-lost.v1";

    private readonly ConcurrentDictionary<string, bool> _unknown = new(StringComparer.Ordinal);

    public override int Identifier => 7302;

    public override string Manifest(object o) => o switch
    {
        EntityEnvelope { Message: UnknownMessage unknown } => Tell + unknown.Manifest,
        EntityEnvelope envelope => Tell + MessageFormats.For(envelope.Message).Manifest,
        CommandAnswer { Reply: Reply.Accepted } => Accepted,
        CommandAnswer => Rejected,
        CommandFailed => Failed,
        RowsCommitted => Rows,
        EntityStopped => Stopped,
        FindAdoptable => Adoptable,
        FindNodes => Nodes,
        StopEntity => Stop,
        MemberLost => Lost,
        _ => throw new ArgumentException($"{o.GetType().Name} has no manifest", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        var bytes = Write(obj);
        ClusterInstruments.Shared.Told(Kind, ClusterInstruments.Sent, bytes.Length);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ClusterInstruments.Shared.Told(Kind, ClusterInstruments.Received, bytes.Length);
        return Read(bytes, manifest);
    }

    private static byte[] Write(object obj) => obj switch
    {
        EntityEnvelope envelope => Write(envelope),
        CommandAnswer answer => Write(answer),
        CommandFailed failed => JsonSerializer.SerializeToUtf8Bytes(failed, MessageJson.Of<CommandFailed>()),
        RowsCommitted rows => Longs(rows.Ordering),
        EntityStopped stopped => JsonSerializer.SerializeToUtf8Bytes(stopped, MessageJson.Of<EntityStopped>()),
        FindAdoptable query => JsonSerializer.SerializeToUtf8Bytes(query, MessageJson.Of<FindAdoptable>()),
        FindNodes query => JsonSerializer.SerializeToUtf8Bytes(query, MessageJson.Of<FindNodes>()),
        StopEntity or MemberLost => [],
        _ => throw new ArgumentException($"{obj.GetType().Name} has no format", nameof(obj)),
    };

    private object Read(byte[] bytes, string manifest) => manifest switch
    {
        Accepted => Answer(bytes, JsonSerializer.Deserialize(bytes.AsSpan(16), MessageJson.Of<Reply.Accepted>())),
        Rejected => Answer(bytes, JsonSerializer.Deserialize(bytes.AsSpan(16), MessageJson.Of<Reply.Rejected>())),
        Failed => JsonSerializer.Deserialize(bytes, MessageJson.Of<CommandFailed>())!,
        Rows => new RowsCommitted(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        Stopped => JsonSerializer.Deserialize(bytes, MessageJson.Of<EntityStopped>())!,
        Adoptable => JsonSerializer.Deserialize(bytes, MessageJson.Of<FindAdoptable>())!,
        Nodes => JsonSerializer.Deserialize(bytes, MessageJson.Of<FindNodes>())!,
        Stop => StopEntity.Instance,
        Lost => MemberLost.Instance,
        _ when manifest.StartsWith(Tell, StringComparison.Ordinal) => ReadEnvelope(bytes, manifest[Tell.Length..]),
        _ => Unknown(manifest, bytes),
    };

    private static byte[] Write(EntityEnvelope envelope)
    {
        var message = envelope.Message is UnknownMessage unknown
            ? unknown.Payload.Span
            : MessageFormats.For(envelope.Message).Encode(envelope.Message);
        var address = Encoding.UTF8.GetBytes(envelope.EntityId);
        var bytes = new byte[sizeof(long) + sizeof(int) + address.Length + message.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, envelope.RequestId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(long)), address.Length);
        address.CopyTo(bytes.AsSpan(sizeof(long) + sizeof(int)));
        message.CopyTo(bytes.AsSpan(sizeof(long) + sizeof(int) + address.Length));
        return bytes;
    }

    private EntityEnvelope ReadEnvelope(byte[] bytes, string manifest)
    {
        var requestId = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(long)));
        var address = Encoding.UTF8.GetString(bytes, sizeof(long) + sizeof(int), length);
        var payload = bytes.AsMemory(sizeof(long) + sizeof(int) + length);
        return new EntityEnvelope(EntityKey.Parse(address), ReadMessage(manifest, payload), requestId);
    }

    private Message ReadMessage(string manifest, ReadOnlyMemory<byte> payload)
    {
        try
        {
            return MessageFormats.Find(manifest)?.Decode(payload) ?? Unknown(manifest, payload);
        }
        catch (Exception other) when (other is JsonException or KubeJsonException)
        {
            // A kind or a value of a newer release.
            return Unknown(manifest, payload);
        }
    }

    /// <summary>Told once of each: it may come every second.</summary>
    private UnknownMessage Unknown(string manifest, ReadOnlyMemory<byte> payload)
    {
        if (_unknown.TryAdd(manifest, true))
        {
            Logging.GetLogger(system, this).Warning(
                "A member of another release says \"{0}\", which this one cannot read: upgrade all members", manifest);
        }

        return new UnknownMessage(manifest, payload);
    }

    private static byte[] Write(CommandAnswer answer) =>
    [
        .. Longs(answer.RequestId), .. Longs(answer.Ordering),
        .. answer.Reply switch
        {
            Reply.Accepted accepted => JsonSerializer.SerializeToUtf8Bytes(accepted, MessageJson.Of<Reply.Accepted>()),
            Reply.Rejected rejected => JsonSerializer.SerializeToUtf8Bytes(rejected, MessageJson.Of<Reply.Rejected>()),
            _ => throw new InvalidOperationException($"{answer.Reply.GetType().Name} is no reply"),
        },
    ];

    private static CommandAnswer Answer(byte[] bytes, Reply? reply) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        reply ?? throw new JsonException("an answer without a reply"),
        BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(long))));

    private static byte[] Longs(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
