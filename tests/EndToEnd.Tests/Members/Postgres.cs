using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A PostgreSQL of a test's own, as durable as a real one: rows that it acknowledged outlive its
/// end.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private const string DatabaseName = "orchestrator";

    private readonly string _directory;
    private readonly string _address;

    private Postgres(string address, int port, string? root) =>
        (_address, Port, _directory) = (address, port, Places.NewScratch("pg", root));

    public int Port { get; }

    /// <summary>How members reach it.</summary>
    public string Connection => $"Host={_address};Port={Port};Username=postgres;Database={DatabaseName}";

    private string Data => Path.Combine(_directory, "data");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <param name="address">Where it listens besides its Unix socket.</param>
    /// <param name="port">Its port there.</param>
    /// <param name="root">Where its directory is made, if not where those of all tests are.</param>
    public static async Task<Postgres> StartAsync(string address, int port, string? root = null)
    {
        var server = new Postgres(address, port, root);
        (await Tool.RunAsync("chown", ["postgres", server._directory])).Ok();
        await RunAsync("initdb", "--no-sync", "-A", "trust", "-D", server.Data);
        var access = Path.Combine(server.Data, "pg_hba.conf");
        await File.AppendAllTextAsync(access, "host all all 0.0.0.0/0 trust\n");
        await server.StartServerAsync("start");
        await RunAsync("createdb", "-h", server._directory, "-p", $"{port}", DatabaseName);
        return server;
    }

    /// <summary>As after a crash: what is under way is lost, and it recovers from its log.</summary>
    public Task RestartAsync() => StartServerAsync("restart", "-m", "immediate");

    /// <summary>What every one of its clients waits for, from now on.</summary>
    public Task FreezeAsync() => SignalBackendsAsync("-STOP");

    public Task ThawAsync() => SignalBackendsAsync("-CONT");

    /// <summary>As after a loss of power.</summary>
    public Task CrashAsync() => RunAsync("pg_ctl", "stop", "-m", "immediate", "-D", Data);

    public Task StartAgainAsync() => StartServerAsync("start");

    /// <summary>Another server, which follows this one.</summary>
    public async Task<Postgres> FollowedAsync(int port)
    {
        var standby = new Postgres(_address, port, root: null);
        (await Tool.RunAsync("chown", ["postgres", standby._directory])).Ok();
        await RunAsync(
            "pg_basebackup", "-h", _directory, "-p", $"{Port}", "-D", standby.Data, "-R", "-c", "fast", "--no-sync");
        await standby.StartServerAsync("start");
        return standby;
    }

    /// <summary>Whether a commit waits until whoever follows has it.</summary>
    public async Task WaitForFollowersAsync(bool waits)
    {
        await QueryAsync($"ALTER SYSTEM SET synchronous_standby_names = '{(waits ? "*" : "")}'");
        await QueryAsync("SELECT pg_reload_conf()");
    }

    /// <summary>A server that follows one that is gone takes its place.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "promote", "-w", "-D", Data);

    /// <summary>As its administrator copies it to another one, whose database is empty.</summary>
    public async Task DumpToAsync(Postgres other)
    {
        var dump = Path.Combine(_directory, "dump.sql");
        await RunAsync("pg_dump", "-h", _directory, "-p", $"{Port}", "-d", DatabaseName, "-f", dump);
        await RunAsync(
            "psql", "-h", other._directory, "-p", $"{other.Port}", "-d", DatabaseName, "-q", "-v", "ON_ERROR_STOP=1",
            "-f", dump);
    }

    /// <summary>Each row of a query's result: its columns, separated by tabs.</summary>
    public async Task<IReadOnlyList<string[]>> QueryAsync(string sql)
    {
        var output = await RunAsync(
            "psql", "-h", _directory, "-p", $"{Port}", "-d", DatabaseName, "-AtqF", "\t", "-c", sql);
        return [.. output.Lines.Select(line => line.Split('\t'))];
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(PidFile))
        {
            await CrashAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Its own children only, whatever else runs on the machine.</summary>
    private async Task SignalBackendsAsync(string signal) => (await Tool.RunAsync(
        "pkill", [signal, "-P", (await File.ReadAllLinesAsync(PidFile))[0]])).Ok();

    private Task StartServerAsync(string verb, params string[] more) => RunAsync(
        "pg_ctl", [verb, .. more, "-w", "-D", Data, "-l", Path.Combine(_directory, "log"), "-o",
            $"-k {_directory} -p {Port} -c listen_addresses={_address} -c max_connections=200"]);

    private static async Task<Output> RunAsync(string tool, params string[] arguments)
    {
        // A server that pg_ctl starts would hold these pipes open, so its words go to its log alone.
        string[] command = ["-c", "exec setpriv --reuid=postgres --regid=postgres --clear-groups \"$@\"", "sh"];
        if (tool == "pg_ctl")
        {
            command[1] += " >/dev/null 2>&1";
        }

        return (await Tool.RunAsync("/bin/sh", [.. command, Find(tool), .. arguments])).Ok();
    }

    private static string Find(string tool) => Directory.GetDirectories("/usr/lib/postgresql")
        .Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin", tool)).Last(File.Exists);
}
