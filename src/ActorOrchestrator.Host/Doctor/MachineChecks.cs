using System.Globalization;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>Who runs the server, and what the machine has.</summary>
internal static class MachineChecks
{
    private const string Area = "machine";

    /// <summary>What a member of the control plane and the containers' runtime take, and some pods.</summary>
    private const long MemoryLeast = 1L << 30;

    /// <summary>Each open watch, container and connection takes some.</summary>
    private const long OpenFilesLeast = 65_536;

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var isRoot = Environment.IsPrivilegedProcess;
        yield return settings.Node.Runtime == "cri" && !isRoot
            ? Finding.Fault(
                Area, "only root can start containers",
                "run the server as root, or with --runtime process for a first look without containers")
            : Finding.Good(
                Area, $"node {settings.Node.Name}, {(isRoot ? "run by root" : "run by an ordinary user")}");

        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} processors, {memory / (1 << 20)} MiB of memory");
        yield return memory < MemoryLeast
            ? Finding.Warning(Area, size, "give it 1 GiB at least: the server alone takes some 200 MB")
            : Finding.Good(Area, size);

        var limits = await File.ReadAllTextAsync("/proc/self/limits", cancellation);
        if (OpenFilesMax(limits) is { } most and < OpenFilesLeast)
        {
            yield return Finding.Warning(
                Area, string.Create(CultureInfo.InvariantCulture, $"a process may open {most} files at most"),
                "raise it to 65536 or more (ulimit -Hn; LimitNOFILE= in a unit of systemd)");
        }
    }

    /// <summary>The hard limit, up to which the server raises its own. (proc(5), /proc/pid/limits)</summary>
    /// <returns>Null for none.</returns>
    public static long? OpenFilesMax(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(
            line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, var hard, ..]
            && long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? most
            : null;
    }
}
