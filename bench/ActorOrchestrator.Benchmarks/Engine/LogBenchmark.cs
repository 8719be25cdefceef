using System.Diagnostics;
using ActorOrchestrator.Journal.Sqlite;
using ActorOrchestrator.Runtime;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Benchmarks.Engine;

/// <summary>
/// Durable appends a second through the log, beside SQLite alone with the same rows, the same settings and the same
/// number of rows a transaction, in one run on one disk. It checks that every row is there afterwards.
/// </summary>
internal static class LogBenchmark
{
    private const int PayloadBytes = 600;
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    public static async Task RunAsync()
    {
        Console.WriteLine("rows a batch  batches     log rows/s  SQLite rows/s  ratio");
        foreach (var (rows, batches) in ((int, int)[])[(1, 2_000), (10, 2_000), (100, 1_000), (1_000, 200)])
        {
            var ours = await InFolderAsync(path => LogAsync(path, rows, batches));
            var raw = await InFolderAsync(path => Task.FromResult(Raw(path, rows, batches)));
            Console.WriteLine($"{rows,12}  {batches,7}  {ours,13:0}  {raw,13:0}  {ours / raw,5:0.00}");
        }

        Console.WriteLine("16 shards at once, 10 rows a batch (group commit):");
        var grouped = await InFolderAsync(path => ConcurrentAsync(path, shards: 16, rows: 10, batches: 1_000));
        Console.WriteLine($"              16 x 1000  {grouped,9:0}");
    }

    /// <summary>One shard that waits for each commit before the next.</summary>
    private static async Task<double> LogAsync(string path, int rows, int batches)
    {
        await using var log = SqliteEventLog.Open(path, NullLogger<SqliteEventLog>.Instance);
        var epoch = await log.AcquireShardAsync(0, "bench", CancellationToken.None);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < batches; i++)
        {
            await AppendAsync(log, 0, epoch, rows);
        }

        return await RateAsync(log, rows * batches, watch.Elapsed);
    }

    private static async Task<double> ConcurrentAsync(string path, int shards, int rows, int batches)
    {
        await using var log = SqliteEventLog.Open(path, NullLogger<SqliteEventLog>.Instance);
        var epochs = new long[shards];
        for (var i = 0; i < shards; i++)
        {
            epochs[i] = await log.AcquireShardAsync(i, "bench", CancellationToken.None);
        }

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, shards).Select(async shard =>
        {
            for (var i = 0; i < batches; i++)
            {
                await AppendAsync(log, shard, epochs[shard], rows);
            }
        }));
        return await RateAsync(log, shards * rows * batches, watch.Elapsed);
    }

    private static async Task<double> RateAsync(SqliteEventLog log, int rows, TimeSpan elapsed)
    {
        var bounds = await log.BoundsAsync(CancellationToken.None);
        return bounds.Last == rows
            ? rows / elapsed.TotalSeconds
            : throw new InvalidOperationException($"{bounds.Last} of {rows} rows are in the log");
    }

    private static double Raw(string path, int rows, int batches)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        Execute(connection, "CREATE TABLE events (sequence INTEGER PRIMARY KEY, id TEXT, payload BLOB)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO events (id, payload) VALUES ($1, $2)";
        insert.Parameters.AddWithValue("$1", "pods/default/web-6cb7c64649-ctvhp");
        insert.Parameters.AddWithValue("$2", new byte[PayloadBytes]);
        insert.Prepare();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < batches; i++)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            insert.Transaction = transaction;
            for (var row = 0; row < rows; row++)
            {
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return rows * batches / watch.Elapsed.TotalSeconds;
    }

    private static Task AppendAsync(SqliteEventLog log, int shard, long epoch, int rows)
    {
        var request = new Request(shard, epoch, [.. Enumerable.Range(0, rows).Select(_ => new LogEntry(
            "pods/default/web-6cb7c64649-ctvhp", "event", "status-changed.v1",
            isVersioned: true, new byte[PayloadBytes]))]);
        log.Append(request);
        return request.Done.WaitAsync(WaitMax);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<double> InFolderAsync(Func<string, Task<double>> run)
    {
        var folder = Directory.CreateTempSubdirectory("log-bench-").FullName;
        try
        {
            return await run(Path.Combine(folder, "log.db"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Request(int shard, long epoch, IReadOnlyList<LogEntry> entries)
        : AppendRequest(shard, epoch, entries)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override void Committed() => _done.SetResult();

        public override void Failed(LogException reason) => _done.SetException(reason);
    }
}
