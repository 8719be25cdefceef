using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>
/// A log file that is read forward in blocks, record by record, while it may still grow. Memory is bounded by the
/// block and the longest record.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const int BlockBytes = 64 * 1024;
    private const string Deleted = " (deleted)";

    /// <summary>Runtimes cut records at 16 KiB; what is longer than this is no record, and is skipped.</summary>
    public const int RecordBytesMax = 1024 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly string _descriptor;
    private byte[] _buffer = new byte[BlockBytes];
    private int _start;
    private int _end;
    private long _readUpTo;
    private bool _skipping;

    private LogFile(SafeFileHandle handle)
    {
        _handle = handle;
        _descriptor = $"/proc/self/fd/{handle.DangerousGetHandle()}";
    }

    /// <exception cref="FileNotFoundException">There is no such file (yet).</exception>
    public static LogFile Open(string path) => new(
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// The file that goes on where this one ends: itself renamed, the next of the renamed ones, or else the current
    /// one. Null while this is the current one, and until something is written to its successor: a runtime makes the
    /// new file first, and ends the old one afterwards.
    /// </summary>
    /// <remarks>A rotation may rename it, or make a newer one, between the look at its name and the opening: then both
    /// are done again, so that none is skipped.</remarks>
    /// <param name="path">The name of the current file.</param>
    public LogFile? OpenSuccessor(string path)
    {
        while (Successor(path) is { } name)
        {
            try
            {
                var successor = Open(Path.Combine(Path.GetDirectoryName(path)!, name));
                if (successor.Name == name && RandomAccess.GetLength(successor._handle) > 0)
                {
                    return successor;
                }

                successor.Dispose();
                if (name == Successor(path))
                {
                    return null;
                }
            }
            catch (FileNotFoundException)
            {
                // Renamed or deleted in this moment: its name is another one, or the next file's.
            }
        }
        return null;
    }

    /// <summary>The name that the file has now, without its directory; of one that was deleted, with
    /// <see cref="Deleted"/>. The link under /proc tells it, which needs no inode.</summary>
    private string Name => Path.GetFileName(new FileInfo(_descriptor).LinkTarget ?? "");

    private string? Successor(string path)
    {
        var (current, own) = (Path.GetFileName(path), Name);
        if (own == current)
        {
            return null;
        }

        var wasRenamed = !own.StartsWith(current + Deleted, StringComparison.Ordinal);
        var newer = wasRenamed ? LogRotation.Uncompressed(path).Select(Path.GetFileName).Where(IsNewer) : [];
        return newer.Order(StringComparer.Ordinal).FirstOrDefault() ?? (File.Exists(path) ? current : null);

        bool IsNewer(string? other) => string.CompareOrdinal(other, own.Replace(Deleted, "")) > 0;
    }

    /// <summary>Starts again at an offset.</summary>
    public void Seek(long offset)
    {
        _readUpTo = offset;
        _start = _end = 0;
        _skipping = false;
    }

    /// <summary>The next record without its line end; false where the file ends (for now).</summary>
    /// <param name="offset">Where the record starts in the file.</param>
    public bool TryRead(out ReadOnlySpan<byte> record, out long offset)
    {
        while (true)
        {
            var waiting = _buffer.AsSpan(_start, _end - _start);
            var length = waiting.IndexOf((byte)'\n');
            offset = _readUpTo - waiting.Length;
            if (length >= 0)
            {
                _start += length + 1;
                record = waiting[..length];
                if (!_skipping)
                {
                    return true;
                }

                _skipping = false;
                continue;
            }
            if (waiting.Length >= RecordBytesMax)
            {
                _skipping = true;
                _start = _end = 0;
            }
            if (!Fill())
            {
                record = default;
                return false;
            }
        }
    }

    /// <returns>False at the end of the file.</returns>
    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = RandomAccess.Read(_handle, _buffer.AsSpan(_end), _readUpTo);
        // Somebody emptied the file in place: what is there now is new.
        if (read == 0 && RandomAccess.GetLength(_handle) < _readUpTo)
        {
            Seek(0);
        }

        _readUpTo += read;
        _end += read;
        return read > 0;
    }

    /// <summary>Where the last <paramref name="lines"/> lines start; the parts of a line count as one.</summary>
    /// <remarks>
    /// One pass over the file, keeping only offsets: rotation bounds its size, and only from the front can a part be
    /// told from an end.
    /// </remarks>
    public long TailOffset(long lines)
    {
        var starts = new Queue<long>();
        var end = 0L;
        var inPart = false;
        Seek(0);
        while (TryRead(out var record, out var offset))
        {
            end = offset + record.Length + 1;
            if (!CriLogLine.TryParse(record, out var line))
            {
                continue;
            }

            if (!inPart)
            {
                starts.Enqueue(offset);
            }

            if (starts.Count > lines)
            {
                starts.Dequeue();
            }

            inPart = line.IsPartial;
        }
        return starts.Count > 0 ? starts.Peek() : end;
    }
}
