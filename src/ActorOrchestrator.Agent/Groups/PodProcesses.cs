using System.Diagnostics;
using System.Globalization;

namespace ActorOrchestrator.Agent.Groups;

/// <summary>The processes of a pod that has a control group of its own, whatever the runtime knows of them.</summary>
public static class PodProcesses
{
    private const string Processes = "/proc";

    /// <summary>Kills all of them; those that they begin meanwhile are there at the next look.</summary>
    /// <returns>How many there were.</returns>
    public static int Kill(string uid)
    {
        var group = $"/{LinuxPodGroups.PathOf(uid)}";
        var killed = 0;
        foreach (var directory in Directory.EnumerateDirectories(Processes))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && IsIn(directory, group))
            {
                killed += Kill(id) ? 1 : 0;
            }
        }

        return killed;
    }

    /// <summary>A line of <c>/proc/PID/cgroup</c> is <c>number:controllers:path</c>.</summary>
    private static bool IsIn(string process, string group)
    {
        try
        {
            return File.ReadLines(Path.Combine(process, "cgroup")).Any(line =>
                line.EndsWith(group, StringComparison.Ordinal)
                || line.Contains($"{group}/", StringComparison.Ordinal));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException
            or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
