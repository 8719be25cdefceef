using System.Globalization;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What bench/members and scripts/members ask of these tests, by variables ACTOR_ORCHESTRATOR_MEMBERS_…;
/// without them the tests are short. SETTINGS are more settings of every member; LOGS is a directory that gets the
/// members' logs.</summary>
internal static class MembersRun
{
    private static readonly Lock Writing = new();

    public static int Number(string name, int usual) =>
        Text(name) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : usual;

    public static string Text(string name) =>
        Environment.GetEnvironmentVariable($"ACTOR_ORCHESTRATOR_MEMBERS_{name}") ?? "";

    /// <summary>A line for whoever follows the run.</summary>
    public static void Report(string line)
    {
        TestContext.Current.SendDiagnosticMessage(line);
        if (Text("REPORT") is { Length: > 0 } file)
        {
            lock (Writing)
            {
                File.AppendAllText(file, line + "\n");
            }
        }
    }

    /// <summary>Before they are deleted.</summary>
    public static void KeepLogs(string run, IEnumerable<ServerProcess> machines)
    {
        if (Text("LOGS") is not { Length: > 0 } kept)
        {
            return;
        }

        foreach (var machine in machines.Where(each => File.Exists(each.LogFile)))
        {
            File.Copy(machine.LogFile, Path.Combine(kept, $"{run}-{machine.Number}.log"));
        }
    }
}
