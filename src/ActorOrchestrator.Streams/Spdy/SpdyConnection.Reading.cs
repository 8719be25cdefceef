using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace ActorOrchestrator.Streams.Spdy;

public sealed partial class SpdyConnection
{
    /// <summary>Of a control frame; the longest that is of use is a header block.</summary>
    private const int ControlBytesMax = 2 * HeaderBlockReader.BlockBytesMax;

    private const int IdMask = 0x7FFFFFFF;

    private async Task ReadLoopAsync()
    {
        // The first reads of a transport may be served at once; whoever opened the connection goes on meanwhile.
        await Task.Yield();
        var reader = PipeReader.Create(_transport, new StreamPipeReaderOptions(
            bufferSize: DataBytesMax, leaveOpen: true, useZeroByteReads: false));
        using var headers = new HeaderBlockReader();
        var why = new IOException("the other end has closed the connection");
        try
        {
            while (await HeaderAsync(reader) is { } frame)
            {
                if (frame.IsControl)
                {
                    await ControlAsync(reader, frame, headers);
                }
                else
                {
                    await DataAsync(reader, frame);
                }
            }
        }
        catch (SpdyException broken)
        {
            why = broken;
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            why = new IOException($"the connection is lost: {lost.Message}", lost);
        }
        finally
        {
            await reader.CompleteAsync();
            await EndAsync(why);
        }
    }

    /// <returns>Null where the transport has ended.</returns>
    private async ValueTask<SpdyFrame?> HeaderAsync(PipeReader reader)
    {
        var result = await reader.ReadAtLeastAsync(SpdyFrame.HeaderBytes, Ended);
        if (result.Buffer.Length < SpdyFrame.HeaderBytes)
        {
            return null;
        }

        var header = result.Buffer.Slice(0, SpdyFrame.HeaderBytes);
        var frame = SpdyFrame.Parse(header.ToArray());
        reader.AdvanceTo(header.End);
        return frame;
    }

    private async ValueTask DataAsync(PipeReader reader, SpdyFrame frame)
    {
        // Of a stream that was reset here the rest may still be under way.
        var stream = _streams.GetValueOrDefault(frame.StreamId);
        for (var left = frame.Length; left > 0;)
        {
            var result = await reader.ReadAsync(Ended);
            if (result.Buffer.IsEmpty)
            {
                throw new SpdyException("the connection ended within a frame");
            }

            var piece = result.Buffer.Slice(0, Math.Min(left, result.Buffer.Length));
            left -= (int)piece.Length;
            if (stream is not null)
            {
                await stream.OnDataAsync(piece, Ended);
            }

            reader.AdvanceTo(piece.End);
        }

        if (frame.IsLast)
        {
            Last(stream);
        }
    }

    private async ValueTask ControlAsync(PipeReader reader, SpdyFrame frame, HeaderBlockReader headers)
    {
        if (frame.Length > ControlBytesMax)
        {
            throw new SpdyException($"a control frame of {frame.Length} bytes");
        }

        var result = await reader.ReadAtLeastAsync(frame.Length, Ended);
        if (result.Buffer.Length < frame.Length)
        {
            throw new SpdyException("the connection ended within a frame");
        }

        var body = result.Buffer.Slice(0, frame.Length);
        Control(frame, body.ToArray(), headers);
        reader.AdvanceTo(body.End);
    }

    private void Control(SpdyFrame frame, ReadOnlySpan<byte> body, HeaderBlockReader headers)
    {
        switch (frame.Type)
        {
            case SpdyFrameType.SynStream:
                OnOpened(frame, Number(body) & IdMask, headers.Read(Rest(body, 10)));
                break;
            case SpdyFrameType.SynReply:
                _ = headers.Read(Rest(body, 4));
                _streams.GetValueOrDefault(Number(body) & IdMask)?.OnReply();
                LastIf(frame, body);
                break;
            case SpdyFrameType.Headers:
                // Every block moves the inflater on, whether anybody minds what it says or not.
                _ = headers.Read(Rest(body, 4));
                LastIf(frame, body);
                break;
            case SpdyFrameType.RstStream:
                OnReset(Number(body) & IdMask, (SpdyReset)Number(Rest(body, 4)));
                break;
            case SpdyFrameType.Ping when (Number(body) & 1) != _parity:
                Answer(SpdyFrame.Ping(Number(body)));
                break;
            default:
                // Settings and windows of the other end are not needed; a goaway is followed by its end.
                break;
        }
    }

    private void OnOpened(SpdyFrame frame, int id, Dictionary<string, string> headers)
    {
        if ((id & 1) == _parity || id <= _lastTheirs)
        {
            throw new SpdyException($"stream {id} opened, where the last one was {_lastTheirs}");
        }

        _lastTheirs = id;
        var stream = new SpdyStream(this, id, headers, _limits.WindowBytes);
        if ((frame.Flags & SpdyFrame.Unidirectional) != 0)
        {
            stream.EndOurs();
        }

        if (_streams.Count >= _limits.StreamsMax || !_accepted.Writer.TryWrite(stream))
        {
            Answer(SpdyFrame.RstStream(id, SpdyReset.RefusedStream));
            return;
        }

        _streams[id] = stream;
        if (frame.IsLast)
        {
            Last(stream);
        }
    }

    private void OnReset(int id, SpdyReset why)
    {
        if (!_streams.TryRemove(id, out var stream))
        {
            return;
        }

        if (!_isServer && why == SpdyReset.Cancel)
        {
            // Servers in Go reset all streams of what they have done instead of ending them.
            stream.OnLast();
        }

        stream.OnBroken(new IOException($"the other end reset the stream ({why})"));
    }

    private void LastIf(SpdyFrame frame, ReadOnlySpan<byte> body)
    {
        if (frame.IsLast)
        {
            Last(_streams.GetValueOrDefault(Number(body) & IdMask));
        }
    }

    private void Last(SpdyStream? stream)
    {
        if (stream is not null)
        {
            stream.OnLast();
            ForgetIf(stream, stream.HasEnded);
        }
    }

    private static int Number(ReadOnlySpan<byte> body) =>
        BinaryPrimitives.TryReadInt32BigEndian(body, out var number)
            ? number
            : throw new SpdyException("a control frame is too short");

    private static ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> body, int from) =>
        body.Length >= from ? body[from..] : throw new SpdyException("a control frame is too short");
}
