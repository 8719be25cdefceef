using System.Globalization;
using System.Text;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>
/// One record of a container's log file in CRI's format: <c>2026-01-02T03:04:05.123456789Z stdout F text</c>. Tag F
/// ends a line, P is a part of one that the next record of that stream continues.
/// </summary>
internal readonly ref struct CriLogLine
{
    private const byte Blank = (byte)' ';

    private CriLogLine(ReadOnlySpan<byte> timestamp, bool isPartial, ReadOnlySpan<byte> text)
    {
        Timestamp = timestamp;
        IsPartial = isPartial;
        Text = text;
    }

    /// <summary>As it stands in the file.</summary>
    public ReadOnlySpan<byte> Timestamp { get; }

    public bool IsPartial { get; }

    /// <summary>Without a line end.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <param name="line">A record without its line end.</param>
    /// <returns>False for what is no record: the start of a file that was cut, or another writer's text.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out CriLogLine parsed)
    {
        parsed = default;
        var afterTime = line.IndexOf(Blank);
        if (afterTime < "2026-01-02T03:04:05Z".Length)
        {
            return false;
        }

        var rest = line[(afterTime + 1)..];
        if (!rest.StartsWith("stdout "u8) && !rest.StartsWith("stderr "u8))
        {
            return false;
        }

        rest = rest["stdout ".Length..];
        var afterTags = rest.IndexOf(Blank);
        var tags = afterTags < 0 ? rest : rest[..afterTags];
        if (tags.Length == 0)
        {
            return false;
        }

        parsed = new CriLogLine(
            line[..afterTime], tags[0] == 'P', afterTags < 0 ? [] : rest[(afterTags + 1)..]);
        return tags[0] is (byte)'F' or (byte)'P';
    }

    /// <returns>False if the record's time cannot be read.</returns>
    public bool TryTime(out DateTimeOffset time) => DateTimeOffset.TryParse(
        Encoding.ASCII.GetString(Timestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>The record's bytes, with the line end.</summary>
    public static byte[] Format(DateTimeOffset time, string stream, bool isPartial, ReadOnlySpan<byte> text)
    {
        // A clock tick is 100 ns: the last two of the nine digits are always 0.
        var head = $"{time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture)}00Z "
            + $"{stream} {(isPartial ? 'P' : 'F')} ";
        var line = new byte[head.Length + text.Length + 1];
        Encoding.ASCII.GetBytes(head, line);
        text.CopyTo(line.AsSpan(head.Length));
        line[^1] = (byte)'\n';
        return line;
    }
}
