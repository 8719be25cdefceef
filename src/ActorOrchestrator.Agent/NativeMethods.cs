using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent;

/// <summary>The few calls of libc that .NET does not offer.</summary>
internal static class NativeMethods
{
    public const int SigHup = 1;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    /// <summary>Detach the mount now, clean up when it is no longer used (umount2(2)).</summary>
    public const int MntDetach = 2;

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int kill(int pid, int signal);

    [DllImport(
        "libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int umount2(string target, int flags);

    [DllImport(
        "libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int mount(string? source, string target, string? type, ulong flags, string? data);

    /// <summary>O_RDONLY | O_NONBLOCK | O_CLOEXEC (open(2)): a FIFO is opened although nobody writes to it, and a read
    /// from it does not wait.</summary>
    public const int ReadWithoutWaiting = 0x80800;

    [DllImport(
        "libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern SafeFileHandle open(string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern nint read(SafeFileHandle file, [Out] byte[] buffer, nint length);

    /// <summary>FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE (fallocate(2)).</summary>
    public const int PunchHoleKeepSize = 3;

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern uint geteuid();
}
