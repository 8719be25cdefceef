using System.Runtime.CompilerServices;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Watching;

/// <summary>
/// Encodes watched objects: once per change and format, however many watchers are sent it. The bytes live as long as
/// the view keeps the change for late watchers.
/// </summary>
internal static class WatchEncoder
{
    private static readonly ConditionalWeakTable<WatchRecord, Encoded> Shared = [];

    /// <summary>The object after the change; for a watcher that it leaves (deleted, or out of its selector) the object
    /// before it, with the change's sequence as its resourceVersion.</summary>
    public static byte[] Encode(WatchRecord record, bool before, ResponseFormat format, DateTimeOffset now) =>
        Shared.GetValue(record, static _ => new Encoded()).Get(record, before, format, now);

    /// <summary>An object that is sent to one watcher only (initial events).</summary>
    public static byte[] Encode(KubeObject value, ResponseFormat format, DateTimeOffset now)
    {
        using var buffer = new PooledBuffer();
        Codec.Write(buffer, value, format with { Encoding = WireEncoding.Json, Pretty = false }, now);
        return buffer.Written.ToArray();
    }

    private static KubeObject Shown(WatchRecord record, bool before)
    {
        if (!before)
        {
            return record.New ?? throw new InvalidOperationException("a deletion has no object after it");
        }

        var old = record.Old ?? throw new InvalidOperationException("a creation has no object before it");
        return old with
        {
            Metadata = old.Metadata with { ResourceVersion = record.Sequence.ToString() },
        };
    }

    private sealed class Encoded
    {
        private readonly Lock _lock = new();
        private readonly List<(bool Before, ResponseFormat Format, byte[] Bytes)> _known = [];

        public byte[] Get(WatchRecord record, bool before, ResponseFormat format, DateTimeOffset now)
        {
            lock (_lock)
            {
                foreach (var known in _known)
                {
                    if (known.Before == before && known.Format == format)
                    {
                        return known.Bytes;
                    }
                }

                var bytes = Encode(Shown(record, before), format, now);
                _known.Add((before, format, bytes));
                return bytes;
            }
        }
    }
}
