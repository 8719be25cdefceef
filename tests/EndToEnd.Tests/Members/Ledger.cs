using System.Globalization;
using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// What the containers of all machines write down of themselves, in one directory that each of them has as a volume
/// (<c>ledger.py</c>). Nothing of it goes through the orchestrator or a network, and the locks are the kernel's.
/// </summary>
internal sealed partial class Ledger
{
    private readonly string _directory;

    public Ledger(string scratch)
    {
        _directory = Directory.CreateDirectory(Path.Combine(scratch, "ledger")).FullName;
        Directory.CreateDirectory(Locks);
        File.Copy(
            Path.Combine(Places.Repository, "tests/EndToEnd.Tests/Members/ledger.py"),
            Path.Combine(_directory, "ledger.py"));
    }

    private string Locks => Path.Combine(_directory, "locks");

    /// <summary>A pod's spec, as YAML without indentation, of one container.</summary>
    /// <param name="seconds">After which it ends; null: never.</param>
    public string Spec(double? seconds = null) =>
        $$"""
        terminationGracePeriodSeconds: {{Manifests.Grace}}
        containers:
        - name: main
          image: data-tool:v3.2
          command: [python3, -B, /ledger/ledger.py{{(seconds is { } given
              ? string.Create(CultureInfo.InvariantCulture, $", \"{given:0.0}\"") : "")}}]
          env:
          - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid} } }
          - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name} } }
          volumeMounts:
          - {name: ledger, mountPath: /ledger}
        volumes:
        - {name: ledger, hostPath: {path: {{_directory}} } }

        """;

    /// <summary>All that was written, in order.</summary>
    public async Task<(IReadOnlyList<ContainerStart> Starts, IReadOnlyList<ContainerDone> Done)> ReadAsync()
    {
        var log = Path.Combine(_directory, "log");
        var lines = File.Exists(log) ? (await File.ReadAllLinesAsync(log)).Select(line => line.Split('\t')) : [];
        var (starts, done) = (new List<ContainerStart>(), new List<ContainerDone>());
        foreach (var line in lines)
        {
            if (line[0] == "start")
            {
                var root = line[4];
                var machine = MachineOf().Match(root) is { Success: true } match
                    ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                    : throw new InvalidOperationException($"no machine's disk: {root}");
                starts.Add(new(line[2], line[3], machine, root, line[6]));
            }
            else if (line[0] == "done")
            {
                done.Add(new(line[2], line[5]));
            }
        }

        return (starts, done);
    }

    /// <summary>The names of pods of which a container lives now, as the kernel knows by its locks.</summary>
    public async Task<IReadOnlyList<string>> AliveAsync()
    {
        var files = Directory.GetFiles(Locks);
        if (files.Length == 0)
        {
            return [];
        }

        // 7: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF
        var locked = (await File.ReadAllLinesAsync("/proc/locks"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1] == "FLOCK").Select(fields => fields[5].Split(':')[^1]).ToHashSet();
        var inodes = (await Tool.RunAsync("stat", ["--format", "%i %n", .. files])).Ok();
        return
        [
            .. inodes.Lines.Select(line => line.Split(' ', 2)).Where(pair => locked.Contains(pair[0]))
                .Select(pair => Path.GetFileName(pair[1])),
        ];
    }

    [GeneratedRegex("/([0-9]+)/data/containerd/")]
    private static partial Regex MachineOf();
}
