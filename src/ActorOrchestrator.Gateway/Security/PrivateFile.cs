namespace ActorOrchestrator.Gateway.Security;

/// <summary>Files that hold keys: readable by their owner only, and never seen half-written.</summary>
public static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerOnly | UnixFileMode.UserExecute;

    public static void CreateDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, OwnerDirectory);
        }
    }

    /// <summary>Writes beside the target and renames over it, so that a crash leaves the old file or the new
    /// one.</summary>
    public static void Write(string path, string content)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var stream = new FileStream(beside, options))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(content);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
