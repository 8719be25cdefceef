using System.Runtime.InteropServices;
using System.Text;
using ActorOrchestrator.Agent.Containers;
using Microsoft.Win32.SafeHandles;

namespace ActorOrchestrator.Agent.Volumes;

/// <summary>mount(2) with options as fstab(5) has them, read-only whoever mounts them again.</summary>
internal static class ReadOnlyMounts
{
    private const ulong MsReadOnly = 1;
    private const ulong MsBind = 4096;
    private const ulong MsRecursive = 16384;

    /// <summary>mount(2) takes one page of options, with a zero at the end.</summary>
    private const int OptionBytesMax = 4095;

    private const string Overlay = "overlay";
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
            MountOne(path, mount.Source, flags & ~(MsBind | MsRecursive));
            return;
        }

        var layers = options.Find(option => option.StartsWith(LowerDirectories, StringComparison.Ordinal));
        if (layers is null || Encoding.UTF8.GetByteCount(string.Join(',', options)) <= OptionBytesMax)
        {
            Call(mount.Source, path, mount.Type, flags, options);
            return;
        }

        options.Remove(layers);
        MountLayers(path, mount.Source, flags, options, layers[LowerDirectories.Length..].Split(':'));
    }

    /// <summary>A directory is the snapshot itself, and a bind mount of it could be made writable by whoever may mount
    /// in a container. Nobody can do so to an overlay without an upper directory. That wants two lower ones: the second
    /// is the empty directory that it covers.</summary>
    private static void MountOne(string path, string directory, ulong flags) =>
        MountLayers(path, Overlay, flags, [], [directory, path]);

    /// <summary>The paths of an image's layers may be more than a page holds, and have letters that separate options:
    /// each goes by a number of this process, in a few letters.</summary>
    private static void MountLayers(
        string path, string source, ulong flags, IEnumerable<string> options, IEnumerable<string> layers)
    {
        var opened = new List<SafeFileHandle>();
        try
        {
            var lower = LowerDirectories + string.Join(':', layers.Select(layer => Opened(layer, opened)));
            Call(source, path, Overlay, flags, [.. options, lower]);
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

    private static void Call(string source, string path, string type, ulong flags, List<string> options)
    {
        var data = options.Count == 0 ? null : string.Join(',', options);
        if (NativeMethods.mount(source, path, type, flags, data) != 0)
        {
            throw new IOException($"mount {type} on {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
