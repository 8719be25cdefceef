using System.Runtime.InteropServices;
using System.Text;
using ActorOrchestrator.Agent.Containers;
using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>mount(2) with options as fstab(5) has them, always read-only.</summary>
internal static class ReadOnlyMounts
{
    private const ulong MsReadOnly = 1;
    private const ulong MsRemount = 32;
    private const ulong MsBind = 4096;
    private const ulong MsRecursive = 16384;

    /// <summary>mount(2) takes one page of options, with a zero at the end.</summary>
    private const int OptionBytesMax = 4095;

    private const string LowerDirectories = "lowerdir=";

    /// <summary>O_PATH | O_CLOEXEC (open(2)): the place of a file, not what is in it.</summary>
    private const int PlaceOnly = 0x280000;

    private static readonly Dictionary<string, ulong> Flags = new(StringComparer.Ordinal)
    {
        ["ro"] = MsReadOnly,
        ["rw"] = 0,
        ["defaults"] = 0,
        ["nosuid"] = 2,
        ["nodev"] = 4,
        ["noexec"] = 8,
        ["noatime"] = 1024,
        ["nodiratime"] = 2048,
        ["relatime"] = 1 << 21,
        ["bind"] = MsBind,
        ["rbind"] = MsBind | MsRecursive,
    };

    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Mount(string path, ViewMount mount)
    {
        var flags = MsReadOnly;
        var options = new List<string>();
        foreach (var option in mount.Options)
        {
            if (Flags.TryGetValue(option, out var flag))
            {
                flags |= flag;
            }
            else
            {
                options.Add(option);
            }
        }

        if ((flags & MsBind) != 0)
        {
            Bind(path, mount.Source, flags);
            return;
        }

        if (Encoding.UTF8.GetByteCount(string.Join(',', options)) <= OptionBytesMax)
        {
            Call(mount.Source, path, mount.Type, flags, options);
            return;
        }

        MountMany(path, mount, flags, options);
    }

    /// <summary>A bind mount is made read-only by a second call only.</summary>
    private static void Bind(string path, string source, ulong flags)
    {
        Call(source, path, null, flags & (MsBind | MsRecursive), []);
        try
        {
            Call(null, path, null, MsRemount | (flags & ~MsRecursive), []);
        }
        catch (IOException)
        {
            _ = NativeMethods.umount2(path, NativeMethods.MntDetach);
            throw;
        }
    }

    /// <summary>The paths of an image's layers may be more than a page holds: each goes by a number of this process, in
    /// a few letters.</summary>
    private static void MountMany(string path, ViewMount mount, ulong flags, List<string> options)
    {
        var opened = new List<SafeFileHandle>();
        try
        {
            var shortened = options.Select(option => option.StartsWith(LowerDirectories, StringComparison.Ordinal)
                ? LowerDirectories + string.Join(
                    ':', option[LowerDirectories.Length..].Split(':').Select(layer => Opened(layer, opened)))
                : option);
            Call(mount.Source, path, mount.Type, flags, [.. shortened]);
        }
        finally
        {
            opened.ForEach(layer => layer.Dispose());
        }
    }

    private static string Opened(string layer, List<SafeFileHandle> opened)
    {
        var handle = NativeMethods.open(layer, PlaceOnly);
        opened.Add(handle);
        return handle.IsInvalid
            ? throw new IOException($"open {layer}: {Marshal.GetLastPInvokeErrorMessage()}")
            : $"/proc/self/fd/{handle.DangerousGetHandle()}";
    }

    private static void Call(string? source, string path, string? type, ulong flags, List<string> options)
    {
        var data = options.Count == 0 ? null : string.Join(',', options);
        if (NativeMethods.mount(source, path, type, flags, data) != 0)
        {
            throw new IOException($"mount {type ?? "bind"} on {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
