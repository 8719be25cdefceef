using System.Buffers;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>Turns records into what the query asks to see, a chunk at a time.</summary>
internal sealed class LogOutput(LogQuery query, int chunkBytes)
{
    private readonly ArrayBufferWriter<byte> _chunk = new(chunkBytes);
    private long _bytesLeft = query.LimitBytes ?? long.MaxValue;
    private bool _atLineStart = true;
    private bool _lineIsWanted = true;

    /// <summary>What <see cref="TakeFrom"/> took; valid until it is called again.</summary>
    public ReadOnlyMemory<byte> Chunk => _chunk.WrittenMemory;

    /// <summary>The query's limit of bytes is reached.</summary>
    public bool IsComplete => _bytesLeft == 0;

    /// <returns>False if the file had nothing (more) that is wanted.</returns>
    public bool TakeFrom(LogFile file)
    {
        _chunk.ResetWrittenCount();
        while (_chunk.WrittenCount < chunkBytes && !IsComplete && file.TryRead(out var record, out _))
        {
            if (CriLogLine.TryParse(record, out var line))
            {
                Take(line);
            }
        }
        return _chunk.WrittenCount > 0;
    }

    private void Take(CriLogLine line)
    {
        if (_atLineStart)
        {
            _lineIsWanted = query.Since is not { } since || (line.TryTime(out var time) && time >= since);
            if (_lineIsWanted && query.Timestamps)
            {
                Write(line.Timestamp);
                Write(" "u8);
            }
        }
        _atLineStart = !line.IsPartial;
        if (!_lineIsWanted)
        {
            return;
        }

        Write(line.Text);
        if (_atLineStart)
        {
            Write("\n"u8);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        var length = (int)Math.Min(bytes.Length, _bytesLeft);
        _chunk.Write(bytes[..length]);
        _bytesLeft -= length;
    }
}
