using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>
/// A log file that is read forward in blocks, record by record, while it may still grow. Memory is bounded by the
/// block and the longest record.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const int BlockBytes = 64 * 1024;

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
    /// one. Null while this is the current one, or its successor is not there yet.
    /// </summary>
    /// <remarks>
    /// The link under /proc tells the name that the file has now (and that it was deleted), which needs no inode.
    /// </remarks>
    /// <param name="path">The name of the current file.</param>
    public string? Successor(string path)
    {
        const string deleted = " (deleted)";
        var current = Path.GetFileName(path);
        var name = Path.GetFileName(new FileInfo(_descriptor).LinkTarget ?? "");
        if (name == current) return null;
        var wasRenamed = !name.StartsWith(current + deleted, StringComparison.Ordinal);
        var newer = wasRenamed ? LogRotation.Uncompressed(path).Where(each => IsNewer(Path.GetFileName(each))) : [];
        return newer.Order(StringComparer.Ordinal).FirstOrDefault() ?? (File.Exists(path) ? path : null);

        bool IsNewer(string other) => string.CompareOrdinal(other, name.Replace(deleted, "")) > 0;
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
                if (!_skipping) return true;
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
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = RandomAccess.Read(_handle, _buffer.AsSpan(_end), _readUpTo);
        // Somebody emptied the file in place: what is there now is new.
        if (read == 0 && RandomAccess.GetLength(_handle) < _readUpTo) Seek(0);
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
            if (!CriLogLine.TryParse(record, out var line)) continue;
            if (!inPart) starts.Enqueue(offset);
            if (starts.Count > lines) starts.Dequeue();
            inPart = line.IsPartial;
        }
        return starts.Count > 0 ? starts.Peek() : end;
    }
}
