using System.Diagnostics;
using System.Net;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>How a test's server differs from the usual one.</summary>
internal sealed record ClusterOptions
{
    /// <summary>With a containerd of its own; otherwise plain processes, enough to test the API.</summary>
    public bool Containers { get; init; } = true;

    /// <summary>With another's container runtime, whose images are its own.</summary>
    public string? CriEndpoint { get; init; }

    /// <summary>Where the data are kept, for tests about disks; otherwise a new directory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The umask that the server is started with.</summary>
    public string Umask { get; init; } = "022";

    public IReadOnlyList<string> MoreArguments { get; init; } = [];

    /// <summary>Which executable is the server; null: the one that was built.</summary>
    public string? Executable { get; init; }

    /// <summary>What the server reads at each start; null: what all read.</summary>
    public SettingsFile? Settings { get; init; }

    /// <summary>Where the API listens.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The command that runs another one where the server is to run; empty: here.</summary>
    public IReadOnlyList<string> Inside { get; init; } = [];

    /// <summary>Variables of the server's process.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }
}

/// <summary>
/// The real executable with a data directory, a port, a pod subnet and a containerd of its own. Whatever happens in a
/// test, disposal ends every process by its id, and removes everything.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan ReadyBound = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopBound = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PurgeBound = TimeSpan.FromMinutes(3);
    private static int _subnets = Random.Shared.Next(0, 60);

    private readonly ClusterOptions _options;
    private readonly string _scratch = Places.NewScratch("e2e");
    private readonly string _listen;
    private readonly int _subnet = FreeSubnet();
    private Process? _server;

    private Cluster(ClusterOptions options)
    {
        _options = options;
        DataDirectory = options.DataDirectory ?? Path.Combine(_scratch, "data");
        _listen = $"{options.Address}:{FreePort.Next()}";
    }

    public string DataDirectory { get; }
    public string Kubeconfig => Path.Combine(DataDirectory, "admin.kubeconfig");
    public string LogFile => Path.Combine(_scratch, "server.log");
    public string ContainerdSocket => Path.Combine(DataDirectory, "containerd/containerd.sock");
    public string Listen => _listen;

    public int ServerPid => _server?.Id ?? throw new InvalidOperationException("the server is not running");

    public static async Task<Cluster> StartAsync(ClusterOptions? options = null)
    {
        var cluster = new Cluster(options ?? new());
        try
        {
            await cluster.StartServerAsync();
            using (var api = cluster.Api())
            {
                await api.UntilNodesAreReadyAsync(1);
            }

            if (cluster._options.Containers)
            {
                await cluster.ImportImagesAsync();
            }

            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A cluster that is not started yet, for tests of starts that must fail.</summary>
    public static Cluster Prepare(ClusterOptions options) => new(options);

    public Kubectl Kubectl(string? ns = "default", string version = Harness.Kubectl.New)
    {
        var home = Path.Combine(_scratch, "home-" + version);
        Directory.CreateDirectory(home);
        return new(Kubeconfig, version, home, ns);
    }

    public ApiClient Api() => ApiClient.Of(Kubeconfig);

    public async Task StartServerAsync()
    {
        Launch();
        await UntilReadyAsync();
    }

    /// <summary>Starts the process and does not wait for it.</summary>
    public Process Launch()
    {
        // The shell only sends the output to a file that outlives this process' pipes, and becomes the server.
        const string script = "log=$1; umask $2; shift 2; exec \"$@\" >>\"$log\" 2>&1 </dev/null";
        _server = Tool.Start(
            "/bin/sh",
            ["-c", script, "sh", LogFile, _options.Umask, .. _options.Inside,
                _options.Executable ?? Places.Orchestrator, .. Arguments()],
            _options.Environment);
        _server.StandardInput.Close();
        return _server;
    }

    public async Task UntilReadyAsync()
    {
        await Eventually.BecomesAsync("the server to be ready", async () =>
        {
            if (_server is null || _server.HasExited)
            {
                throw new InvalidOperationException($"the server has ended ({_server?.ExitCode}):\n{LogTail()}");
            }

            return File.Exists(Kubeconfig) && await AnswersReadyAsync() ? "ready" : $"not ready:\n{LogTail()}";
        }, seen => seen == "ready", ReadyBound);
    }

    /// <summary>SIGKILL to the server alone: containerd and the containers are not taken along.</summary>
    public async Task KillServerAsync()
    {
        var server = _server ?? throw new InvalidOperationException("the server is not running");
        server.Kill();
        await server.WaitForExitAsync(CancellationToken.None);
        _server = null;
    }

    /// <summary>SIGTERM, and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopServerAsync()
    {
        var server = _server ?? throw new InvalidOperationException("the server is not running");
        (await Tool.RunAsync("/bin/kill", ["-TERM", $"{server.Id}"])).Ok();
        using var deadline = new CancellationTokenSource(StopBound);
        await server.WaitForExitAsync(deadline.Token);
        _server = null;
        return server.ExitCode;
    }

    public async Task ImportImagesAsync() =>
        (await Tool.RunAsync(Places.Script("images"), ["--into", ContainerdSocket], timeout: TimeSpan.FromMinutes(5)))
        .Ok();

    /// <summary>containerd's own client, to look at containers behind the orchestrator's back.</summary>
    public Task<Output> CtrAsync(params string[] arguments) =>
        Tool.RunAsync("ctr", ["--address", ContainerdSocket, "--namespace", "k8s.io", .. arguments]);

    public string LogTail(int lines = 40) =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "(no log)";

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill();
            await _server.WaitForExitAsync(CancellationToken.None);
        }
        _server?.Dispose();
        _server = null;
        if (Directory.Exists(Path.Combine(DataDirectory, "pki")))
        {
            string[] down = [.. _options.Inside, Places.Script("down"), "--purge", "--data-dir", DataDirectory];
            (await Tool.RunAsync(down[0], down.Skip(1), timeout: PurgeBound)).Ok();
        }

        Directory.Delete(_scratch, recursive: true);
    }

    /// <summary>One that no bridge of this machine has: runs that were killed leave theirs.</summary>
    private static int FreeSubnet()
    {
        var addresses = File.ReadAllText("/proc/self/net/fib_trie");
        return Enumerable.Range(0, 60).Select(_ => 190 + (Interlocked.Increment(ref _subnets) % 60))
            .First(number => !addresses.Contains($" 10.{number}.0.1\n"));
    }

    private IEnumerable<string> Arguments()
    {
        string[] runtime = _options switch
        {
            { CriEndpoint: { } endpoint } => ["--cri-endpoint", endpoint],
            { Containers: true } => ["--set", $"node.pod-subnet=\"10.{_subnet}.0.0/24\""],
            _ => ["--runtime", "process"],
        };
        return
        [
            "server", "--data-dir", DataDirectory, "--listen", _listen, "--config", SettingsPlace(), .. runtime,
            .. _options.MoreArguments,
        ];
    }

    private string SettingsPlace()
    {
        if (_options.Settings is { } own)
        {
            return own.Place;
        }

        // Beside the data directory: another may be out of the server's sight.
        var place = Path.Combine(Path.GetDirectoryName(DataDirectory)!, "server.conf");
        if (!File.Exists(place))
        {
            File.WriteAllText(place, SettingsFile.Unhurried);
        }

        return place;
    }

    private async Task<bool> AnswersReadyAsync()
    {
        try
        {
            using var api = Api();
            var answer = await api.SendAsync(HttpMethod.Get, "/readyz", null, null);
            return answer.Code == HttpStatusCode.OK;
        }
        catch (Exception absent) when (absent is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
