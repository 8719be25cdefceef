using System.Buffers.Binary;
using System.Text;

namespace ActorOrchestrator.Runtime;

/// <summary>
/// A snapshot in the log is a short history: the entity's <see cref="IEntity.History"/>, each event as its manifest and
/// its bytes, both led by their length (32 bits, little-endian). So there is one schema to keep, the events'.
/// </summary>
public static class SnapshotFormat
{
    public static ReadOnlyMemory<byte> Write(IEntityHost host, string persistenceId, IEntity entity)
    {
        using var output = new MemoryStream();
        foreach (var @event in entity.History())
        {
            var (manifest, payload) = host.Encode(persistenceId, @event);
            WritePart(output, Encoding.UTF8.GetBytes(manifest));
            WritePart(output, payload.Span);
        }

        return output.ToArray();
    }

    /// <exception cref="LogException">The bytes are no snapshot.</exception>
    public static IEntity Read(IEntityHost host, string persistenceId, ReadOnlyMemory<byte> bytes)
    {
        var entity = host.Create(persistenceId);
        foreach (var (manifest, payload) in Events(persistenceId, bytes))
        {
            entity.Apply(host.Decode(persistenceId, manifest, payload));
        }

        return entity;
    }

    /// <summary>The events that a snapshot consists of.</summary>
    /// <exception cref="LogException">The bytes are no snapshot.</exception>
    public static IEnumerable<(string Manifest, ReadOnlyMemory<byte> Payload)> Events(
        string persistenceId, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var manifest = Encoding.UTF8.GetString(TakePart(persistenceId, ref bytes).Span);
            yield return (manifest, TakePart(persistenceId, ref bytes));
        }
    }

    private static void WritePart(MemoryStream output, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        output.Write(length);
        output.Write(part);
    }

    private static ReadOnlyMemory<byte> TakePart(string persistenceId, ref ReadOnlyMemory<byte> bytes)
    {
        var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (length < 0 || length > bytes.Length - sizeof(int))
        {
            throw new LogException($"the snapshot of {persistenceId} is cut short");
        }

        var part = bytes.Slice(sizeof(int), length);
        bytes = bytes[(sizeof(int) + length)..];
        return part;
    }
}
