using System.Diagnostics;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>The orchestrator's process on one of several machines.</summary>
/// <param name="number">From 1.</param>
/// <param name="directory">Where its data, settings and log are.</param>
/// <param name="inside">The command that runs another one where this machine is; empty: here.</param>
internal abstract class ServerProcess(int number, string directory, IReadOnlyList<string> inside) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyBound = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopBound = TimeSpan.FromMinutes(2);

    /// <summary>Servers go before whatever else the machine does: one that gets no processor for seconds is removed,
    /// rightly, and these tests are about other losses. Where the kernel shares the processor out by sessions
    /// (sched_autogroup), niceness counts within one only: so a server has its own, which gets as much as all tests
    /// together. More than that would starve those.</summary>
    private const string First = """
        exec setsid sh -c '
            log=$1; shift
            exec nice -n -15 "$@" >>"$log" 2>&1 </dev/null' sh "$@"
        """;

    private readonly Lock _launching = new();
    private Process? _server;

    public int Number => number;

    public string DataDirectory { get; } = Path.Combine(directory, "data");

    public string Pki => Path.Combine(DataDirectory, "pki");

    public string LogFile { get; } = Path.Combine(directory, "server.log");

    /// <summary>What the next start runs.</summary>
    public string Executable { get; set; } = Places.Orchestrator;

    /// <summary>What the executable is started with.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>The clock that the process sees; null: the machine's.</summary>
    public FalseClock? Clock { get; init; }

    public bool IsRunning => _server is { HasExited: false };

    /// <summary>Of a server that has ended.</summary>
    public int? ExitCode => _server is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>How often it was started.</summary>
    public int Launches { get; private set; }

    protected string Home => Directory.CreateDirectory(Path.Combine(directory, "home")).FullName;

    public void Launch()
    {
        string[] command = ["-c", First, "sh", LogFile, .. inside, Executable, .. Arguments];
        _server?.Dispose();
        _server = Tool.Start("/bin/sh", command, Clock?.Environment);
        _server.StandardInput.Close();
        Launches++;
    }

    /// <summary>Waits until it serves, starting it again, as systemd does, when it has ended: the others remove one
    /// that they did not hear while it started.</summary>
    public Task UntilReadyAsync() => Eventually.BecomesAsync($"machine {number} to be ready", async () =>
    {
        lock (_launching)
        {
            if (!IsRunning)
            {
                Launch();
            }
        }

        return await IsReadyAsync() ? "ready" : $"not ready; its log:\n{LogTail()}";
    }, seen => seen == "ready", ReadyBound);

    public abstract Task<bool> IsReadyAsync();

    public Task KillAsync() => EndAsync("-KILL");

    public Task StopAsync() => EndAsync("-TERM");

    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Waits until the server ends by itself.</summary>
    /// <returns>What it said last.</returns>
    public async Task<string> UntilEndedAsync()
    {
        await Eventually.HoldsAsync($"the end of machine {number}\n{LogTail()}", () => !IsRunning);
        return LogTail();
    }

    /// <summary>Runs a program where the machine is.</summary>
    public Task<Output> RunAsync(params string[] command)
    {
        string[] all = [.. inside, .. command];
        return Tool.RunAsync(all[0], all.Skip(1));
    }

    public string LogTail(int lines = 40) =>
        File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "(no log)";

    /// <summary>Whether it still runs or not.</summary>
    public Task EndAsync() => IsRunning ? KillAsync() : Task.CompletedTask;

    /// <summary>Waits until the process has ended that somebody has killed.</summary>
    public async Task UntilGoneAsync()
    {
        using var deadline = new CancellationTokenSource(StopBound);
        await (_server?.WaitForExitAsync(deadline.Token) ?? Task.CompletedTask);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await EndAsync();
        _server?.Dispose();
        if (Directory.Exists(Pki))
        {
            string[] down = [.. inside, Places.Script("down"), "--purge", "--data-dir", DataDirectory];
            (await Tool.RunAsync(down[0], down.Skip(1), timeout: StopBound)).Ok();
        }

        Clock?.Dispose();
    }

    private async Task EndAsync(string signal)
    {
        await SignalAsync(signal);
        await UntilGoneAsync();
    }

    private async Task SignalAsync(string signal)
    {
        if (!IsRunning)
        {
            throw new InvalidOperationException($"machine {number} is not running:\n{LogTail()}");
        }

        (await Tool.RunAsync("/bin/kill", [signal, $"{_server!.Id}"])).Ok();
    }
}
