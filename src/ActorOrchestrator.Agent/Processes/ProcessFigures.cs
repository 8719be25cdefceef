using System.Globalization;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>What the kernel tells of processes: CPU and memory of sessions, from one walk over /proc (proc(5), stat),
/// and environments.</summary>
internal static class ProcessFigures
{
    // Offsets after the command's name: field n of proc(5) stands at n - 3.
    private const int Session = 3;
    private const int UserTicks = 11;
    private const int SystemTicks = 12;
    private const int ResidentPages = 21;

    /// <summary>USER_HZ: what the kernel tells ticks in, whatever its own frequency.</summary>
    private const long NanosecondsPerTick = 1_000_000_000 / 100;

    public sealed record Usage(long CpuNanoseconds, long ResidentBytes);

    /// <summary>By session id; a session whose processes are gone is not there.</summary>
    public static Dictionary<int, Usage> BySession()
    {
        var usages = new Dictionary<int, Usage>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid))
            {
                continue;
            }

            if (ProcessIdentity.ReadStat(pid) is not { } fields)
            {
                continue;
            }

            var session = (int)Number(fields, Session);
            var before = usages.GetValueOrDefault(session) ?? new Usage(0, 0);
            usages[session] = new Usage(
                before.CpuNanoseconds
                    + ((Number(fields, UserTicks) + Number(fields, SystemTicks)) * NanosecondsPerTick),
                before.ResidentBytes + (Number(fields, ResidentPages) * Environment.SystemPageSize));
        }
        return usages;
    }

    /// <summary>What the process was started with (proc(5), environ); empty once it has ended.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(int pid)
    {
        var path = $"/proc/{pid}/environ";
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in File.Exists(path) ? File.ReadAllText(path).Split('\0') : [])
        {
            if (entry.IndexOf('=') is var at and > 0)
            {
                environment[entry[..at]] = entry[(at + 1)..];
            }
        }
        return environment;
    }

    private static long Number(string[] fields, int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
}
