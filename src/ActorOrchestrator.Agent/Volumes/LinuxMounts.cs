using System.ComponentModel;
using System.Runtime.InteropServices;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>mount(2), umount2(2), lchown(2) and openat2(2); needs CAP_SYS_ADMIN.</summary>
public sealed class LinuxMounts : IHostMounts
{
    private const ulong MsNoSuid = 2;
    private const ulong MsNoDev = 4;
    private const ulong MsBind = 4096;
    private const int MntDetach = 2;

    private const long SysOpenat2 = 437;
    private const ulong OPath = 0x200000;
    private const ulong OCloseOnExec = 0x80000;
    private const ulong ResolveNoMagicLinks = 0x02;
    private const ulong ResolveBeneath = 0x08;
    private const int AtCurrentDirectory = -100;
    private const int EAgain = 11;
    private const int ENoEntry = 2;
    private const int MaxLookups = 16;

    public void MountTmpfs(string path, long? sizeBytes)
    {
        if (IsMountPoint(path))
        {
            return;
        }

        var options = sizeBytes is { } size ? $"size={size},mode=1777" : "mode=1777";
        if (mount("tmpfs", path, "tmpfs", MsNoSuid | MsNoDev, options + ",noswap") != 0)
        {
            // Linux before 6.4 does not know noswap.
            Check(mount("tmpfs", path, "tmpfs", MsNoSuid | MsNoDev, options), $"mount tmpfs on {path}");
        }
    }

    public void MountReadOnly(string path, ViewMount mount) => ReadOnlyMounts.Mount(path, mount);

    public bool IsMountPoint(string path)
    {
        var escaped = Path.TrimEndingDirectorySeparator(path).Replace(" ", "\\040", StringComparison.Ordinal);
        return File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, var at, ..] && at == escaped);
    }

    public void Unmount(string path)
    {
        while (IsMountPoint(path))
        {
            Check(umount2(path, MntDetach), $"unmount {path}");
        }
    }

    public void SetOwner(string path, long user) =>
        Check(lchown(path, checked((uint)user), uint.MaxValue), $"chown of {path} to user {user}");

    public void SetGroup(string path, long group) =>
        Check(lchown(path, uint.MaxValue, checked((uint)group)), $"chown of {path} to group {group}");

    public string BindInside(string root, string relative, string target)
    {
        var rootFd = OpenBeneath(AtCurrentDirectory, root, beneath: false);
        try
        {
            var fd = OpenOrCreate(rootFd, relative);
            try
            {
                var source = $"/proc/self/fd/{fd}";
                CreateTarget(target, isDirectory: Directory.Exists(source));
                if (IsMountPoint(target))
                {
                    Unmount(target);
                }

                Check(mount(source, target, null, MsBind, null), $"bind {relative} to {target}");
                return target;
            }
            finally
            {
                _ = close(fd);
            }
        }
        finally
        {
            _ = close(rootFd);
        }
    }

    private static void CreateTarget(string target, bool isDirectory)
    {
        if (isDirectory)
        {
            Directory.CreateDirectory(target);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var file = new FileStream(target, FileMode.OpenOrCreate);
    }

    private static int OpenOrCreate(int rootFd, string relative)
    {
        var fd = TryOpenBeneath(rootFd, relative);
        if (fd >= 0)
        {
            return fd;
        }

        if (Marshal.GetLastPInvokeError() != ENoEntry)
        {
            throw Failed($"open {relative} inside its volume");
        }

        var made = "";
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isNew;
            var parent = OpenBeneath(rootFd, made.Length == 0 ? "." : made, beneath: true);
            try
            {
                // An existing entry is fine: the lookup afterwards says whether it leads anywhere.
                isNew = mkdirat(parent, part, Convert.ToUInt32("700", 8)) == 0;
            }
            finally
            {
                _ = close(parent);
            }

            made = made.Length == 0 ? part : $"{made}/{part}";
            if (isNew)
            {
                CopyMode(rootFd, made);
            }
        }

        return OpenBeneath(rootFd, relative, beneath: true);
    }

    /// <summary>As kubelet: whoever may write into the volume may write into the part of it that is mounted. What
    /// the container put there meanwhile is looked up inside the volume too.</summary>
    private static void CopyMode(int rootFd, string made)
    {
        var fd = OpenBeneath(rootFd, made, beneath: true);
        try
        {
            File.SetUnixFileMode($"/proc/self/fd/{fd}", File.GetUnixFileMode($"/proc/self/fd/{rootFd}"));
        }
        finally
        {
            _ = close(fd);
        }
    }

    private static int OpenBeneath(int directory, string path, bool beneath)
    {
        var fd = beneath ? TryOpenBeneath(directory, path) : TryOpen(directory, path, ResolveNoMagicLinks);
        return fd >= 0 ? fd : throw Failed($"open {path}");
    }

    private static int TryOpenBeneath(int directory, string path) =>
        TryOpen(directory, path, ResolveBeneath | ResolveNoMagicLinks);

    /// <summary>The kernel answers EAGAIN when something was renamed during a bounded lookup: look again.</summary>
    private static int TryOpen(int directory, string path, ulong resolve)
    {
        var how = new OpenHow { Flags = OPath | OCloseOnExec, Resolve = resolve };
        for (var i = 0; ; i++)
        {
            var fd = (int)syscall(SysOpenat2, directory, path, ref how, (nuint)Marshal.SizeOf<OpenHow>());
            if (fd >= 0 || Marshal.GetLastPInvokeError() != EAgain || i == MaxLookups)
            {
                return fd;
            }
        }
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw Failed(what);
        }
    }

    private static IOException Failed(string what)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{what}: {error.Message}", error);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mount(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string? type, ulong flags,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string? data);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int umount2([MarshalAs(UnmanagedType.LPUTF8Str)] string target, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int lchown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mkdirat(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int fd);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long syscall(
        long number, int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, ref OpenHow how, nuint size);
}
