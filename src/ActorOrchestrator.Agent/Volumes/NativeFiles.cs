using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// statx(2): the type of a file, which .NET does not tell for sockets and devices; rename(2): .NET refuses to rename a
/// symlink that points to a directory.
/// </summary>
internal static class NativeFiles
{
    private const int AtCurrentDirectory = -100;
    private const uint WantTypeAndMode = 3;
    private const int StatxBytes = 256;

    /// <summary>Offset of <c>stx_mode</c> (16 bits) in <c>struct statx</c>.</summary>
    private const int ModeOffset = 28;

    /// <summary>
    /// File type and permission bits (<c>st_mode</c>), symlinks followed; 0 when there is no such file.
    /// </summary>
    public static int Mode(string path)
    {
        var buffer = new byte[StatxBytes];
        return statx(AtCurrentDirectory, path, 0, WantTypeAndMode, buffer) == 0
            ? BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(ModeOffset))
            : 0;
    }

    /// <summary>Atomically replaces what is at the new path.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
            throw new IOException($"rename {from} to {to}: error {Marshal.GetLastPInvokeError()}");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rename(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] buffer);
}
