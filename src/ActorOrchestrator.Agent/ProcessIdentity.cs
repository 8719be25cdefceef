using System.Globalization;

namespace ActorOrchestrator.Agent;

/// <summary>
/// A process for good: ids are used again, but never with the same start time (proc(5), field 22 of stat, in clock
/// ticks since boot).
/// </summary>
internal sealed record ProcessIdentity(int Pid, long StartTicks)
{
    /// <returns>Null where no such process runs (one that has exited but was not waited for does not run).</returns>
    public static ProcessIdentity? Of(int pid) =>
        ReadStat(pid) is { } fields && fields[0] is not ("Z" or "X")
            ? new ProcessIdentity(pid, long.Parse(fields[19], CultureInfo.InvariantCulture))
            : null;

    public bool IsAlive => Of(Pid) == this;

    /// <summary>Signals the process if it is still the same one.</summary>
    /// <returns>False if it is gone.</returns>
    public bool Signal(int signal) => IsAlive && NativeMethods.kill(Pid, signal) == 0;

    /// <returns>
    /// The fields after the command's name, whose parentheses may hold anything; null without process.
    /// </returns>
    internal static string[]? ReadStat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
