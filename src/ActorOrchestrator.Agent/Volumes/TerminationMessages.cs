using System.Text;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>A container's last words: its termination message file, or the end of its log.</summary>
internal static class TerminationMessages
{
    private const int MaxMessageBytes = 4096;
    private const int MaxLogBytes = 2048;
    private const int MaxLogLines = 80;

    /// <summary>A line of the log has at most this much before its text: time, stream and tag.</summary>
    private const int LinePrefixBytes = 64;

    public static string Read(string path)
    {
        if (!File.Exists(path))
            return "";
        using var file = File.OpenRead(path);
        var buffer = new byte[MaxMessageBytes];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>The last lines of a log in CRI's form, <c>TIME STREAM TAG TEXT</c>.</summary>
    public static string LogTail(string logPath)
    {
        if (logPath.Length == 0 || !File.Exists(logPath))
            return "";
        using var file = new FileStream(
            logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var wanted = Math.Min(file.Length, MaxLogBytes + (MaxLogLines * LinePrefixBytes));
        file.Seek(-wanted, SeekOrigin.End);
        var buffer = new byte[wanted];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var lines = Encoding.UTF8.GetString(buffer, 0, length).Split('\n').AsEnumerable();
        if (wanted < file.Length)
            lines = lines.Skip(1);
        var text = string.Concat(lines.Where(l => l.Length > 0).TakeLast(MaxLogLines).Select(TextOf));
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= MaxLogBytes ? text : Encoding.UTF8.GetString(bytes.AsSpan(bytes.Length - MaxLogBytes));
    }

    private static string TextOf(string line) => line.Split(' ', 4) switch
    {
        [_, _, "P", var part] => part,
        [_, _, _, var whole] => whole + "\n",
        _ => line + "\n",
    };
}
