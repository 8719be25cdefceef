using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>
/// statx(2): the type of a file, which .NET does not tell for sockets and devices, and what it has on disk; rename(2):
/// .NET refuses to rename a symlink that points to a directory.
/// </summary>
internal static class NativeFiles
{
    private const int AtCurrentDirectory = -100;
    private const uint WantTypeAndMode = 3;
    private const int StatxBytes = 256;

    private const int NoFollow = 0x100;
    private const uint WantBasics = 0x7ff;
    private const int InodeOffset = 32;
    private const int BlocksOffset = 48;
    private const int BlockBytes = 512;
    private const int FileTypeMask = 0xF000;
    private const int DirectoryType = 0x4000;

    /// <summary>Offset of <c>stx_dev_major</c> and <c>stx_dev_minor</c> (32 bits each).</summary>
    private const int DeviceOffset = 136;

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

    /// <summary>Of the file itself, not of what a symlink points to; null when there is no such file.</summary>
    public static FilePlace? Place(string path)
    {
        var buffer = new byte[StatxBytes];
        if (statx(AtCurrentDirectory, path, NoFollow, WantBasics, buffer) != 0)
        {
            return null;
        }

        var device = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(DeviceOffset)) << 32)
            | BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(DeviceOffset + 4));
        var isDirectory =
            (BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(ModeOffset)) & FileTypeMask) == DirectoryType;
        return new FilePlace(
            device, BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(InodeOffset)),
            BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(BlocksOffset)) * BlockBytes, isDirectory);
    }

    /// <summary>Atomically replaces what is at the new path.</summary>
    public static void Rename(string from, string to)
    {
        if (rename(from, to) != 0)
        {
            throw new IOException($"rename {from} to {to}: error {Marshal.GetLastPInvokeError()}");
        }
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

/// <summary>Where a file is, and how much of the disk it has.</summary>
internal sealed record FilePlace(ulong Device, ulong Inode, long AllocatedBytes, bool IsDirectory);
