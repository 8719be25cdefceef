using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace ActorOrchestrator.Streams.Commands;

/// <summary>In columns and rows; on the wire <c>{"Width":80,"Height":24}</c>, one after the other.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height)
{
    public byte[] ToJson() => Encoding.ASCII.GetBytes($"{{\"Width\":{Width},\"Height\":{Height}}}\n");

    /// <summary>The last size alone is of interest.</summary>
    public static Channel<TerminalSize> NewChannel() => Channel.CreateBounded<TerminalSize>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
}

/// <summary>Reads sizes as they come, in whatever pieces.</summary>
public sealed class TerminalSizeReader(ChannelWriter<TerminalSize> to)
{
    /// <summary>Longer than any size as JSON; what does not end within it is none.</summary>
    private const int SizeBytesMax = 256;

    private byte[] _begun = [];

    public void Read(ReadOnlySpan<byte> piece)
    {
        byte[] all = [.. _begun, .. piece];
        var rest = all.AsSpan();
        for (int end; (end = rest.IndexOf((byte)'}')) >= 0; rest = rest[(end + 1)..])
        {
            Take(rest[..(end + 1)].ToArray());
        }

        _begun = rest.Length <= SizeBytesMax ? rest.ToArray() : [];
    }

    /// <summary>What is no size changes none.</summary>
    private void Take(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            ushort width = 0, height = 0;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name.Equals("width", StringComparison.OrdinalIgnoreCase))
                {
                    width = property.Value.GetUInt16();
                }
                else if (property.Name.Equals("height", StringComparison.OrdinalIgnoreCase))
                {
                    height = property.Value.GetUInt16();
                }
            }

            to.TryWrite(new TerminalSize(width, height));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            // As said above.
        }
    }
}
