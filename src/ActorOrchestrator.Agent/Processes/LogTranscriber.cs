using System.Globalization;
using ActorOrchestrator.Agent.Logs;
using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>
/// Copies what a process writes to its raw files into a log in CRI's format. The process itself writes to plain files,
/// so that it never waits for an agent, nor breaks when there is none; the next agent goes on where the last one was.
/// After a crash in the wrong instant the last lines may stand in the log twice; none is lost.
/// </summary>
internal sealed class LogTranscriber : IDisposable
{
    /// <summary>Longer lines are cut into parts, as runtimes do.</summary>
    private const int PartBytesMax = 16 * 1024;

    /// <summary>What was copied is given back to the file system in pieces of that size.</summary>
    private const long ReleaseBytes = 1024 * 1024;

    private readonly string _directory;
    private readonly string _logPath;
    private readonly TimeProvider _time;
    private readonly RawStream[] _streams;
    private readonly Lock _gate = new();
    private FileStream _log;

    public LogTranscriber(string directory, string logPath, TimeProvider time)
    {
        _directory = directory;
        _logPath = logPath;
        _time = time;
        Directory.CreateDirectory(Path.GetDirectoryName(logPath)!);
        _log = OpenLog();
        var copied = File.Exists(CopiedPath) ? File.ReadAllText(CopiedPath).Split(' ') : ["0", "0"];
        _streams =
        [
            new RawStream("stdout", Path.Combine(directory, "stdout"), Number(copied[0])),
            new RawStream("stderr", Path.Combine(directory, "stderr"), Number(copied[1])),
        ];
    }

    private string CopiedPath => Path.Combine(_directory, "copied");

    public void Dispose()
    {
        _log.Dispose();
        foreach (var stream in _streams)
        {
            stream.Dispose();
        }
    }

    /// <summary>After the log was renamed: goes on in a new file of the old name.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            _log.Dispose();
            _log = OpenLog();
        }
    }

    /// <summary>
    /// Copies the lines that are whole; with <paramref name="isEnd"/> also what stands after the last.
    /// </summary>
    public void Copy(bool isEnd)
    {
        lock (_gate)
        {
            var before = _streams.Sum(stream => stream.Copied);
            foreach (var stream in _streams)
            {
                CopyStream(stream, isEnd);
            }

            if (_streams.Sum(stream => stream.Copied) == before)
            {
                return;
            }

            _log.Flush();
            File.WriteAllText(CopiedPath + ".new", $"{_streams[0].Copied} {_streams[1].Copied}");
            File.Move(CopiedPath + ".new", CopiedPath, overwrite: true);
            foreach (var stream in _streams)
            {
                stream.Release(ReleaseBytes);
            }
        }
    }

    private void CopyStream(RawStream stream, bool isEnd)
    {
        Span<byte> block = stackalloc byte[PartBytesMax];
        while (true)
        {
            var waiting = block[..stream.Peek(block)];
            var line = waiting.IndexOf((byte)'\n');
            if (line >= 0)
            {
                Write(stream, waiting[..line], isPartial: false, lineEndBytes: 1);
            }
            else if (waiting.Length == PartBytesMax)
            {
                Write(stream, waiting, isPartial: true, lineEndBytes: 0);
            }
            else if (isEnd && waiting.Length > 0)
            {
                Write(stream, waiting, isPartial: false, lineEndBytes: 0);
            }
            else
            {
                return;
            }
        }
    }

    private void Write(RawStream stream, ReadOnlySpan<byte> text, bool isPartial, int lineEndBytes)
    {
        _log.Write(CriLogLine.Format(_time.GetUtcNow(), stream.Name, isPartial, text));
        stream.Advance(text.Length + lineEndBytes);
    }

    private FileStream OpenLog() =>
        new(_logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>One raw file, and how much of it is copied.</summary>
    private sealed class RawStream(string name, string path, long copied) : IDisposable
    {
        private SafeFileHandle? _file;
        private long _released;

        public string Name => name;

        public long Copied { get; private set; } = copied;

        /// <summary>What comes next, without taking it; 0 while the file is not there yet.</summary>
        public int Peek(Span<byte> buffer)
        {
            if (_file is null && !File.Exists(path))
            {
                return 0;
            }

            _file ??= File.OpenHandle(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(_file, buffer, Copied);
        }

        public void Advance(int bytes) => Copied += bytes;

        /// <summary>
        /// Punches a hole where everything is copied: the file keeps its length, which the process writes at, but not
        /// its blocks. A file system that cannot do that keeps them until the container is removed.
        /// </summary>
        public void Release(long atLeast)
        {
            if (_file is null || Copied - _released < atLeast)
            {
                return;
            }

            _ = NativeMethods.fallocate(_file, NativeMethods.PunchHoleKeepSize, 0, Copied);
            _released = Copied;
        }

        public void Dispose() => _file?.Dispose();
    }
}
