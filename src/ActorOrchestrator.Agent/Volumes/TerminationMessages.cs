using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Agent.Pods;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>A container's last words: its termination message file, or the end of its log.</summary>
internal static class TerminationMessages
{
    private const int MessageBytesMax = 4096;
    private const int LogBytesMax = 2048;
    private const int LogLinesMax = 80;

    /// <summary>A line of the log has at most this much before its text: time, stream and tag.</summary>
    private const int LinePrefixBytes = 64;

    /// <summary>How much of a log is looked through; runtimes cut lines long before that.</summary>
    private const int WindowBytesMax = 1024 * 1024;

    /// <summary>As kubelet, the end of the file.</summary>
    public static string Read(string path) =>
        File.Exists(path) ? LastWords.End(EndOf(path, MessageBytesMax + 1).Bytes, MessageBytesMax) : "";

    /// <summary>The last lines of a log in CRI's form, <c>TIME STREAM TAG TEXT</c>.</summary>
    public static string LogTail(string logPath)
    {
        if (logPath.Length == 0 || !File.Exists(logPath))
        {
            return "";
        }

        for (var window = LogBytesMax + (LogLinesMax * LinePrefixBytes); ; window *= 2)
        {
            var (bytes, isWhole) = EndOf(logPath, window);
            var entries = Entries(bytes);
            // The window began in the middle of the first one, whose text may still be all that is wanted.
            var isCutOff = !isWhole && window < WindowBytesMax;
            var kept = entries.Skip(isCutOff ? 1 : 0).TakeLast(LogLinesMax).ToList();
            var text = kept.SelectMany(TextOf).ToArray();
            if (!isCutOff || text.Length >= LogBytesMax || kept.Count == LogLinesMax)
            {
                return LastWords.End(text, LogBytesMax);
            }
        }
    }

    /// <returns>At most so many bytes, and whether that is all of the file.</returns>
    private static (byte[] Bytes, bool IsWhole) EndOf(string path, int bytesMax)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var wanted = (int)Math.Min(file.Length, bytesMax);
        file.Seek(-wanted, SeekOrigin.End);
        var buffer = new byte[wanted];
        var length = file.ReadAtLeast(buffer, wanted, throwOnEndOfStream: false);
        return (buffer[..length], wanted == file.Length);
    }

    private static List<ArraySegment<byte>> Entries(byte[] bytes)
    {
        var entries = new List<ArraySegment<byte>>();
        for (var start = 0; start < bytes.Length;)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            if (end < 0)
            {
                end = bytes.Length;
            }

            if (end > start)
            {
                entries.Add(new ArraySegment<byte>(bytes, start, end - start));
            }

            start = end + 1;
        }

        return entries;
    }

    /// <summary>What the container wrote: a line of it, or of a long line a part.</summary>
    private static byte[] TextOf(ArraySegment<byte> entry)
    {
        if (!CriLogLine.TryParse(entry, out var line))
        {
            return [.. entry, (byte)'\n'];
        }

        return line.IsPartial ? line.Text.ToArray() : [.. line.Text, (byte)'\n'];
    }
}
