using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// Takes the power from a machine: its server, its containerd, every shim and container end in the same moment, and
/// what a boot does not find is removed: mounts, network namespaces, control groups, what is in /run. What is on its
/// disk stays, as it is then.
/// </summary>
internal static partial class MachinePower
{
    private const string Groups = "/sys/fs/cgroup";
    private const int RoundsMax = 100;

    public static async Task OffAsync(ServerProcess machine)
    {
        var space = await SpaceAsync(machine);
        var uids = Directory.Exists(Path.Combine(machine.DataDirectory, "pods"))
            ? Directory.GetDirectories(Path.Combine(machine.DataDirectory, "pods")).Select(Path.GetFileName).ToHashSet()
            : [];
        await KillAllAsync(machine.DataDirectory);
        await machine.UntilGoneAsync();
        foreach (var name in PodNamespaces(machine.DataDirectory))
        {
            await Tool.RunAsync("ip", ["netns", "del", name]);
        }

        foreach (var mount in (await File.ReadAllLinesAsync("/proc/mounts")).Select(line => line.Split(' ')[1])
            .Where(path => path.StartsWith(machine.DataDirectory + "/", StringComparison.Ordinal)).Reverse())
        {
            (await Tool.RunAsync("umount", ["--lazy", mount])).Ok();
        }

        foreach (var group in Directory.EnumerateDirectories(Groups, "pod*", new EnumerationOptions
        {
            RecurseSubdirectories = true, MaxRecursionDepth = 3,
        }).Where(group => uids.Contains(Path.GetFileName(group)[3..])).ToList())
        {
            await Tool.RunAsync("find", [group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
        }

        if (space.Length > 0 && Directory.Exists($"/run/actor-orchestrator/{space}"))
        {
            Directory.Delete($"/run/actor-orchestrator/{space}", recursive: true);
        }
    }

    /// <summary>All are stopped first, so that none sees another one end.</summary>
    private static async Task KillAllAsync(string dataDirectory)
    {
        var stopped = new HashSet<int>();
        for (var round = 0; Processes(dataDirectory).Except(stopped).ToList() is { Count: > 0 } more; round++)
        {
            Assert.True(round < RoundsMax, $"processes of {dataDirectory} go on being made");
            stopped.UnionWith(more);
            await SignalAsync("-STOP", more);
        }

        await SignalAsync("-KILL", stopped);
        await Eventually.BecomesAsync(
            $"the end of all processes of {dataDirectory}", () => Task.FromResult(stopped.Where(IsAlive).ToList()),
            left => left.Count == 0);
    }

    private static async Task SignalAsync(string signal, IEnumerable<int> processes) =>
        await Tool.RunAsync("/bin/kill", [signal, .. processes.Select(process => $"{process}")]);

    /// <summary>Those that were told the directory, and whatever they have begun.</summary>
    private static List<int> Processes(string dataDirectory)
    {
        var all = (from directory in Directory.EnumerateDirectories("/proc")
                   where int.TryParse(Path.GetFileName(directory), out _)
                   let id = int.Parse(Path.GetFileName(directory))
                   let parent = ParentOf(id)
                   where parent is not null
                   select (Id: id, Parent: parent.Value)).ToList();
        var children = all.ToLookup(process => process.Parent, process => process.Id);
        var found = new List<int>();
        var next = new Queue<int>(all.Select(process => process.Id).Where(id => IsTold(id, dataDirectory)));
        while (next.TryDequeue(out var id))
        {
            if (!found.Contains(id))
            {
                found.Add(id);
                children[id].ToList().ForEach(next.Enqueue);
            }
        }

        return found;
    }

    private static bool IsTold(int id, string dataDirectory) =>
        Read($"/proc/{id}/cmdline") is { } line
        && line.Split('\0').Any(word => word == dataDirectory
            || word.StartsWith(dataDirectory + "/", StringComparison.Ordinal));

    /// <returns>Null of one that has ended, or waits for its parent to hear of it.</returns>
    private static int? ParentOf(int id) =>
        Read($"/proc/{id}/stat") is { } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is var fields
        && fields[0] is not ("Z" or "X")
            ? int.Parse(fields[1])
            : null;

    private static bool IsAlive(int id) => ParentOf(id) is not null;

    /// <summary>As its sandboxes' configurations name them.</summary>
    private static IEnumerable<string> PodNamespaces(string dataDirectory)
    {
        var tasks = Path.Combine(dataDirectory, "containerd/state/io.containerd.runtime.v2.task/k8s.io");
        return Directory.Exists(tasks)
            ? Directory.EnumerateFiles(tasks, "config.json", new EnumerationOptions
            {
                RecurseSubdirectories = true, MaxRecursionDepth = 1,
            }).SelectMany(file => NamespaceName().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value).Distinct().ToList()
            : [];
    }

    /// <summary>By which its own notes in /run are known.</summary>
    private static async Task<string> SpaceAsync(ServerProcess machine) => string.Concat(
        (await machine.RunAsync("readlink", "/proc/self/ns/net")).Ok().Text.Where(char.IsDigit));

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex("/run/netns/(cni-[0-9a-f-]+)")]
    private static partial Regex NamespaceName();
}
