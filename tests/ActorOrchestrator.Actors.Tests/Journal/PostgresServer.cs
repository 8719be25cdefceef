using System.Diagnostics;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>A PostgreSQL of the tests' own: a data directory below /tmp, on a Unix socket, ended with the
/// tests.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("postgres-tests-").FullName;
    private int _databases;

    /// <summary>Where its socket is.</summary>
    public string Directory => _directory;

    public async ValueTask InitializeAsync()
    {
        await RunAsync("chown", "postgres", _directory);
        await AsPostgresAsync("initdb", "--no-sync", "-A", "trust", "-D", Path.Combine(_directory, "data"));
        await AsPostgresAsync(
            "pg_ctl", "start", "-w", "-D", Path.Combine(_directory, "data"), "-l", Path.Combine(_directory, "log"),
            "-o", $"-k {_directory} -c listen_addresses='' -c fsync=off -c max_connections=100");
    }

    /// <summary>A new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await AsPostgresAsync("createdb", "-h", _directory, name);
        return $"Host={_directory};Username=postgres;Database={name}";
    }

    public async ValueTask DisposeAsync()
    {
        await AsPostgresAsync("pg_ctl", "stop", "-m", "immediate", "-D", Path.Combine(_directory, "data"));
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private static Task AsPostgresAsync(string tool, params string[] arguments) => RunAsync(
        "setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Find(tool), .. arguments]);

    private static string Find(string tool) => System.IO.Directory.GetDirectories("/usr/lib/postgresql")
        .Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin", tool)).Last(File.Exists);

    private static async Task RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        })!;
        var isDaemon = arguments.Contains("start");
        var errors = isDaemon ? "" : await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {errors}");
    }
}
