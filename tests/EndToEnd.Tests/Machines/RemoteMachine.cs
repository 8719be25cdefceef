using System.Diagnostics;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Machines;

/// <summary>A control plane that a machine joins.</summary>
/// <param name="Listen">Where a member serves the API.</param>
/// <param name="DataDirectory">Its own.</param>
/// <param name="Kubectl">Makes one of an administrator.</param>
internal sealed record Plane(string Listen, string DataDirectory, Func<Kubectl> Kubectl);

/// <summary>A machine that only runs pods, as another process on this one, at 127.0.0.12. It
/// has joined by a token.</summary>
internal sealed class RemoteMachine : IAsyncDisposable
{
    public const string Address = "127.0.0.12";

    private static readonly TimeSpan StopBound = TimeSpan.FromMinutes(2);

    private readonly Plane _plane;
    private readonly bool _hasContainers;
    private readonly string _scratch = Places.NewScratch("node");
    private Process? _process;

    private RemoteMachine(Plane plane, string name, bool hasContainers)
    {
        (_plane, Name, _hasContainers) = (plane, name, hasContainers);
        File.WriteAllText(Kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - {name: c, cluster: {server: "https://{{_plane.Listen}}", certificate-authority: "{{Pki}}/ca.crt"} }
            users:
            - {name: u, user: {client-certificate: "{{Pki}}/node.crt", client-key: "{{Pki}}/node.key"} }
            contexts:
            - {name: c, context: {cluster: c, user: u} }
            current-context: c
            """);
        File.WriteAllText(Settings, SettingsFile.Unhurried);
    }

    public string Name { get; }

    public int Port { get; } = FreePort.Next();

    public string DataDirectory => Path.Combine(_scratch, "data");

    public string Pki => Path.Combine(DataDirectory, "pki");

    public string LogFile => Path.Combine(_scratch, "node.log");

    private string Kubeconfig => Path.Combine(_scratch, "kubeconfig");

    private string Settings => Path.Combine(_scratch, "node.conf");

    /// <summary>Starts it, and waits until its Node is ready.</summary>
    public static Task<RemoteMachine> StartAsync(Cluster cluster, string name, bool hasContainers = false) =>
        StartAsync(PlaneOf(cluster), name, hasContainers);

    /// <inheritdoc cref="StartAsync(Cluster, string, bool)"/>
    public static async Task<RemoteMachine> StartAsync(Plane plane, string name, bool hasContainers = false)
    {
        var machine = new RemoteMachine(plane, name, hasContainers);
        try
        {
            (await machine.JoinAsync(await TokenAsync(plane))).Ok().Says("may run pods of the cluster");
            machine.Launch();
            await machine.BecomesAsync("True");
            if (hasContainers)
            {
                var socket = Path.Combine(machine.DataDirectory, "containerd/containerd.sock");
                (await Tool.RunAsync(
                    Places.Script("images"), ["--into", socket], timeout: TimeSpan.FromMinutes(5))).Ok();
            }

            return machine;
        }
        catch (Exception)
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>A token for machines that only run pods.</summary>
    public static Task<string> TokenAsync(Cluster cluster) => TokenAsync(PlaneOf(cluster));

    /// <summary>One that has not joined.</summary>
    public static RemoteMachine Prepare(Cluster cluster, string name) =>
        new(PlaneOf(cluster), name, hasContainers: false);

    /// <summary>Has it join, and does not start it.</summary>
    /// <param name="token">By which.</param>
    /// <param name="options">Instead of what it would be given: each an option and its value.</param>
    public Task<Output> JoinAsync(string token, params string[] options)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--token"] = token, ["--role"] = "node", ["--data-dir"] = DataDirectory, ["--node-name"] = Name,
            ["--address"] = Address,
        };
        foreach (var option in options.Chunk(2))
        {
            arguments[option[0]] = option[1];
        }

        return Tool.RunAsync(
            Places.Orchestrator,
            [
                "join", _plane.Listen, "--prepare-only", "--set", $"control.listen=\"{Address}:{Port}\"",
                "--set", "node.pod-subnet=\"10.250.7.0/24\"",
                .. arguments.SelectMany(each => (string[])[each.Key, each.Value]),
            ]);
    }

    /// <summary>An orchestrator's command for this machine.</summary>
    public Task<Output> RunAsync(params string[] command) =>
        Tool.RunAsync(Places.Orchestrator, [.. command, "--data-dir", DataDirectory]);

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>kubectl with this machine's own certificate.</summary>
    public Kubectl Kubectl() => new(
        Kubeconfig, Harness.Kubectl.New, Directory.CreateDirectory(Path.Combine(_scratch, "home")).FullName, "default");

    public void Launch()
    {
        // A machine that gets no processor for a second counts as lost, and these tests are about other losses.
        const string script = "log=$1; shift; exec nice -n -15 \"$@\" >>\"$log\" 2>&1 </dev/null";
        string[] runtime = _hasContainers ? [] : ["--runtime", "process"];
        _process?.Dispose();
        _process = Tool.Start(
            "/bin/sh",
            [
                "-c", script, "sh", LogFile, Places.Orchestrator, "node", "run", "--data-dir", DataDirectory,
                "--config", Settings, .. runtime,
            ],
            environment: null);
        _process.StandardInput.Close();
    }

    public Task KillAsync() => EndAsync("-KILL");

    public Task StopAsync() => EndAsync("-TERM");

    /// <summary>Waits until its Node's condition Ready has a value.</summary>
    public Task BecomesAsync(string ready) => Eventually.BecomesAsync(
        $"node {Name} to be ready: {ready}; its log:\n{LogTail()}",
        async () => (await _plane.Kubectl().RunAsync(
            "get", "node", Name, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")).Text,
        status => status == ready, TimeSpan.FromMinutes(3));

    public string LogTail(int lines = 40) =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "(no log)";

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        if (!Directory.Exists(Pki))
        {
            Directory.Delete(_scratch, recursive: true);
            return;
        }

        string[] down = ["--purge", "--data-dir", DataDirectory];
        (await Tool.RunAsync(Places.Script("down"), down, timeout: TimeSpan.FromMinutes(3))).Ok();
        Directory.Delete(_scratch, recursive: true);
    }

    private static Plane PlaneOf(Cluster cluster) =>
        new(cluster.Listen, cluster.DataDirectory, () => cluster.Kubectl());

    private static async Task<string> TokenAsync(Plane plane) => (await Tool.RunAsync(
        Places.Orchestrator, ["token", "create", "--role", "node", "--data-dir", plane.DataDirectory]))
        .Ok().Text.Trim();

    private async Task EndAsync(string signal)
    {
        (await Tool.RunAsync("/bin/kill", [signal, $"{_process!.Id}"])).Ok();
        using var deadline = new CancellationTokenSource(StopBound);
        await _process.WaitForExitAsync(deadline.Token);
    }
}