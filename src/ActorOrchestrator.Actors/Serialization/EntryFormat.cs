using System.Buffers.Binary;
using System.Text;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>
/// A journal row's manifest and bytes. A single event is stored as it is, so that a row can be read with any SQL
/// client; several are put one behind the other, each as its manifest and its bytes led by their length (32 bits,
/// little-endian).
/// <code>
///   one event    pods:object-created.v1     {"apiVersion":"v1",…}
///   several      deployments.apps:batch.v1  22 replica-set-claimed.v1 311 {…} 17 status-changed.v1 120 {…}
///   snapshot     pods:snapshot.v1           version (64 bits), ordering (64 bits), then as several
/// </code>
/// </summary>
public static class EntryFormat
{
    private const string Batch = "batch.v1";
    private const string Snapshot = "snapshot.v1";
    private const int SnapshotHeaderBytes = 2 * sizeof(long);

    public static EncodedEntry Encode(string resource, IReadOnlyList<DomainEvent> events)
    {
        if (events.Count == 1)
        {
            var (manifest, payload) = EventCodec.Encode(events[0]);
            return new EncodedEntry($"{resource}:{manifest}", payload);
        }

        using var output = new MemoryStream();
        WriteEvents(output, events);
        return new EncodedEntry($"{resource}:{Batch}", output.ToArray());
    }

    /// <exception cref="JournalUnreadableException">The manifest is unknown, or the bytes do not fit it.</exception>
    public static JournalEntry Decode(string manifest, ReadOnlyMemory<byte> payload)
    {
        var (resource, name) = Split(manifest);
        IReadOnlyList<DomainEvent> events = name == Batch
            ? ReadEvents(resource, manifest, payload)
            : [EventCodec.Decode(resource, name, payload.Span)];
        return new JournalEntry(resource, events, new EncodedEntry(manifest, payload));
    }

    public static string ManifestOf(EntitySnapshot snapshot) => $"{snapshot.Resource}:{Snapshot}";

    public static EncodedEntry Encode(EntitySnapshot snapshot)
    {
        using var output = new MemoryStream();
        Span<byte> header = stackalloc byte[SnapshotHeaderBytes];
        BinaryPrimitives.WriteInt64LittleEndian(header, snapshot.Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[sizeof(long)..], snapshot.Ordering);
        output.Write(header);
        WriteEvents(output, snapshot.History);
        return new EncodedEntry(ManifestOf(snapshot), output.ToArray());
    }

    /// <exception cref="JournalUnreadableException">It is no snapshot that this executable can read.</exception>
    public static EntitySnapshot DecodeSnapshot(string manifest, ReadOnlyMemory<byte> payload)
    {
        var (resource, name) = Split(manifest);
        if (name != Snapshot || payload.Length < SnapshotHeaderBytes)
        {
            throw new JournalUnreadableException($"\"{manifest}\" with {payload.Length} bytes is no snapshot");
        }

        return new EntitySnapshot(
            resource, ReadEvents(resource, manifest, payload[SnapshotHeaderBytes..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload.Span),
            BinaryPrimitives.ReadInt64LittleEndian(payload.Span[sizeof(long)..]));
    }

    private static (string Resource, string Name) Split(string manifest)
    {
        var colon = manifest.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? (manifest[..colon], manifest[(colon + 1)..])
            : throw new JournalUnreadableException($"the manifest \"{manifest}\" names no resource");
    }

    private static void WriteEvents(MemoryStream output, IReadOnlyList<DomainEvent> events)
    {
        foreach (var @event in events)
        {
            var (manifest, payload) = EventCodec.Encode(@event);
            WritePart(output, Encoding.UTF8.GetBytes(manifest));
            WritePart(output, payload.Span);
        }
    }

    private static List<DomainEvent> ReadEvents(string resource, string manifest, ReadOnlyMemory<byte> bytes)
    {
        var events = new List<DomainEvent>();
        while (bytes.Length > 0)
        {
            var name = Encoding.UTF8.GetString(TakePart(manifest, ref bytes).Span);
            events.Add(EventCodec.Decode(resource, name, TakePart(manifest, ref bytes).Span));
        }

        return events;
    }

    private static void WritePart(MemoryStream output, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        output.Write(length);
        output.Write(part);
    }

    private static ReadOnlyMemory<byte> TakePart(string manifest, ref ReadOnlyMemory<byte> bytes)
    {
        var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (length < 0 || length > bytes.Length - sizeof(int))
        {
            throw new JournalUnreadableException($"a row \"{manifest}\" is cut short");
        }

        var part = bytes.Slice(sizeof(int), length);
        bytes = bytes[(sizeof(int) + length)..];
        return part;
    }
}

/// <summary>An entity's state as the shortest series of events that folds to it.</summary>
/// <param name="Resource">The entity's resource.</param>
/// <param name="History">What <see cref="IBehavior.History"/> gives.</param>
/// <param name="Version">The ordering of the last row that changed the object: its resourceVersion.</param>
/// <param name="Ordering">The ordering of the last row in it.</param>
public sealed record EntitySnapshot(
    string Resource, IReadOnlyList<DomainEvent> History, long Version, long Ordering);
