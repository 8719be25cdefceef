using System.Runtime.InteropServices;
using ActorOrchestrator.Agent.Volumes;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>Reads the machine from /proc, /sys and /etc.</summary>
public sealed class LinuxMachine(string dataDirectory) : INodeMachine
{
    private const long BytesInKibibyte = 1024;

    public MachineFacts Facts() => new()
    {
        MilliCpu = Environment.ProcessorCount * 1000L,
        MemoryBytes = MemoryField("MemTotal"),
        DiskBytes = new DriveInfo(dataDirectory).TotalSize,
        MachineId = FirstLine("/etc/machine-id"),
        SystemUuid = FirstLine("/sys/class/dmi/id/product_uuid"),
        BootId = FirstLine("/proc/sys/kernel/random/boot_id"),
        KernelVersion = FirstLine("/proc/sys/kernel/osrelease"),
        OsImage = PrettyName(),
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            var other => other.ToString().ToLowerInvariant(),
        },
        HasAppArmor = FirstLine("/sys/module/apparmor/parameters/enabled") == "Y",
    };

    public MachineLoad Load()
    {
        var pidMax = long.Parse(FirstLine("/proc/sys/kernel/pid_max"));
        return new MachineLoad(
            new Supply(MemoryField("MemAvailable"), MemoryField("MemTotal")), FileSystem(dataDirectory),
            new Supply(pidMax - Tasks(), pidMax));
    }

    public FileSystemLoad FileSystem(string directory)
    {
        var disk = new DriveInfo(directory);
        return new FileSystemLoad(
            new Supply(disk.AvailableFreeSpace, disk.TotalSize), NativeStatistics.Inodes(directory),
            NativeFiles.Place(directory)?.Device ?? 0);
    }

    /// <summary>By the names of their cgroups, in which the runtime puts the container's id.</summary>
    public IReadOnlyDictionary<string, long> ProcessesOf(IReadOnlyCollection<string> containers)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (char.IsAsciiDigit(Path.GetFileName(directory)[0])
                && CgroupsOf(directory) is { Length: > 0 } cgroups
                && containers.FirstOrDefault(id => cgroups.Contains(id, StringComparison.Ordinal)) is { } container)
            {
                counts[container] = counts.GetValueOrDefault(container) + 1;
            }
        }

        return counts;
    }

    /// <summary>Empty for a process that has ended meanwhile.</summary>
    private static string CgroupsOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cgroup"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The fourth field of /proc/loadavg is RUNNABLE/ALL.</summary>
    private static long Tasks() => long.Parse(FirstLine("/proc/loadavg").Split(' ')[3].Split('/')[1]);

    private static long MemoryField(string name)
    {
        var line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * BytesInKibibyte;
    }

    private static string PrettyName()
    {
        const string File = "/etc/os-release";
        const string Key = "PRETTY_NAME=";
        var line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.OSDescription : line[Key.Length..].Trim('"');
    }

    /// <summary>Identifiers that a machine may lack (or hide from others than root) are told as empty.</summary>
    private static string FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim() ?? "";
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>statvfs(3): the free inodes, which .NET does not tell.</summary>
internal static class NativeStatistics
{
    private const int StatvfsBytes = 256;

    /// <summary>Offsets of <c>f_files</c> and <c>f_favail</c> on 64-bit Linux.</summary>
    private const int FilesOffset = 40;
    private const int AvailableOffset = 56;

    /// <summary>Without a bound on file systems that have no fixed number of inodes.</summary>
    public static Supply Inodes(string path)
    {
        var buffer = new byte[StatvfsBytes];
        if (statvfs(path, buffer) != 0)
        {
            throw new IOException($"statvfs of {path}: error {Marshal.GetLastPInvokeError()}");
        }

        return new Supply(
            (long)BitConverter.ToUInt64(buffer, AvailableOffset), (long)BitConverter.ToUInt64(buffer, FilesOffset));
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statvfs([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [Out] byte[] buffer);
}
