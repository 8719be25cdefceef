using System.Diagnostics;
using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>One server of several that share a PostgreSQL, with containers as plain processes.</summary>
/// <param name="number">From 1.</param>
/// <param name="directory">Where its data, settings and log are.</param>
/// <param name="inside">The command that runs another one where this member is to run; empty: here.</param>
internal sealed class ControlMember(int number, string directory, IReadOnlyList<string> inside) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyBound = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopBound = TimeSpan.FromMinutes(2);

    private Process? _server;

    public int Number => number;

    public string DataDirectory { get; } = Path.Combine(directory, "data");

    public string Kubeconfig => Path.Combine(DataDirectory, "admin.kubeconfig");

    public string Pki => Path.Combine(DataDirectory, "pki");

    public string SettingsFile { get; } = Path.Combine(directory, "member.conf");

    public string LogFile { get; } = Path.Combine(directory, "server.log");

    /// <summary>What the next start runs.</summary>
    public string Executable { get; set; } = Places.Orchestrator;

    /// <summary>What the executable is started with; null: its settings file.</summary>
    public IReadOnlyList<string>? Arguments { get; set; }

    public bool IsRunning => _server is { HasExited: false };

    /// <summary>Of a server that has ended.</summary>
    public int? ExitCode => _server is { HasExited: true } ended ? ended.ExitCode : null;

    public void Launch()
    {
        // Members go before whatever else the machine does: one that gets no processor for seconds is removed, rightly,
        // and these tests are about other losses.
        const string script = "log=$1; shift; exec nice -n -15 \"$@\" >>\"$log\" 2>&1 </dev/null";
        string[] command =
        [
            "-c", script, "sh", LogFile, .. inside, Executable,
            .. Arguments ?? ["server", "--config", SettingsFile],
        ];
        _server?.Dispose();
        _server = Tool.Start("/bin/sh", command, environment: null);
        _server.StandardInput.Close();
    }

    /// <summary>Waits until it serves, starting it again when the others removed it while it started.</summary>
    public Task UntilReadyAsync() => Eventually.BecomesAsync($"member {number} to be ready", async () =>
    {
        if (!IsRunning)
        {
            Launch();
        }

        return await IsReadyAsync() ? "ready" : $"not ready; its log:\n{LogTail()}";
    }, seen => seen == "ready", ReadyBound);

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var api = Api();
            return (await api.SendAsync(HttpMethod.Get, "/readyz", null, null)).Code == HttpStatusCode.OK;
        }
        catch (Exception absent) when (absent is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public Task KillAsync() => EndAsync("-KILL");

    public Task StopAsync() => EndAsync("-TERM");

    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Waits until the server ends by itself.</summary>
    /// <returns>What it said last.</returns>
    public async Task<string> UntilEndedAsync()
    {
        await Eventually.HoldsAsync($"the end of member {number}\n{LogTail()}", () => !IsRunning);
        return LogTail();
    }

    public ApiClient Api() => ApiClient.Of(Kubeconfig);

    public Kubectl Kubectl(string? ns = "default", string version = Harness.Kubectl.New)
    {
        var home = Directory.CreateDirectory(Path.Combine(directory, "home")).FullName;
        return new(Kubeconfig, version, home, ns);
    }

    public string LogTail(int lines = 40) =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "(no log)";

    /// <summary>Whether it still runs or not.</summary>
    public Task EndAsync() => IsRunning ? KillAsync() : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _server?.Dispose();
        if (Directory.Exists(Pki))
        {
            string[] down = [.. inside, Places.Script("down"), "--purge", "--data-dir", DataDirectory];
            (await Tool.RunAsync(down[0], down.Skip(1), timeout: StopBound)).Ok();
        }
    }

    private async Task EndAsync(string signal)
    {
        await SignalAsync(signal);
        using var deadline = new CancellationTokenSource(StopBound);
        await _server!.WaitForExitAsync(deadline.Token);
    }

    private async Task SignalAsync(string signal)
    {
        if (!IsRunning)
        {
            throw new InvalidOperationException($"member {number} is not running:\n{LogTail()}");
        }

        (await Tool.RunAsync("/bin/kill", [signal, $"{_server!.Id}"])).Ok();
    }
}
