using System.Collections.Concurrent;
using ActorOrchestrator.Runtime;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Journal.Sqlite;

/// <summary>
/// The embedded log: one SQLite file in WAL mode with <c>synchronous=FULL</c>, so that a committed transaction survives
/// power loss. One thread owns the writing connection and merges the batches of all shards that wait at the same time
/// into one transaction (group commit). Reads use connections of their own and never wait for the writer.
/// </summary>
public sealed partial class SqliteEventLog : IEventLog, IAsyncDisposable
{
    /// <summary>Events merged into one transaction: beyond some thousands, latency grows and throughput does
    /// not.</summary>
    private const int EventsPerCommitMax = 4_000;

    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly string _connectionString;
    private readonly ILogger<SqliteEventLog> _logger;
    private readonly BlockingCollection<object> _queue = [];
    private readonly List<ILogListener> _listeners = [];
    private readonly SqliteLogWriter _writer;
    private readonly Thread _thread;
    private readonly Lock _listenersLock = new();

    private SqliteEventLog(string path, SqliteConnection connection, ILogger<SqliteEventLog> logger)
    {
        _path = path;
        _connectionString = connection.ConnectionString;
        _logger = logger;
        _writer = new SqliteLogWriter(connection);
        _thread = new Thread(WriteLoop) { Name = "log-writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Opens or creates the log.</summary>
    /// <exception cref="LogException">The file is damaged, newer than this executable, not writable, or in
    /// use.</exception>
    public static SqliteEventLog Open(string path, ILogger<SqliteEventLog> logger)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        var connection = new SqliteConnection(text);
        try
        {
            connection.Open();
            SqliteSchema.Execute(connection, "PRAGMA busy_timeout = 5000");
            SqliteSchema.Execute(connection, "PRAGMA journal_mode = WAL");
            SqliteSchema.Execute(connection, "PRAGMA synchronous = FULL");
            SqliteSchema.Migrate(connection, path);
            return new SqliteEventLog(path, connection, logger);
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw SqliteFailures.Explain(failure, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Append(AppendRequest request)
    {
        if (!TryEnqueue(request))
        {
            request.Failed(new LogException("the log is closed"));
        }
    }

    public void Subscribe(ILogListener listener)
    {
        lock (_listenersLock)
        {
            _listeners.Add(listener);
        }
    }

    public Task<long> AcquireShardAsync(int shard, string owner, CancellationToken cancellation) =>
        OnWriter(() => _writer.AcquireShard(shard, owner), cancellation);

    public Task CompactAsync(
        long throughSequence, IReadOnlyList<StoredSnapshot> snapshots, CancellationToken cancellation) =>
        OnWriter(
            () =>
            {
                _writer.Compact(throughSequence, snapshots);
                return true;
            },
            cancellation);

    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        if (!await Task.Run(() => _thread.Join(StopWait)))
        {
            LogStopTimedOut(_path, StopWait.TotalSeconds);
        }

        _queue.Dispose();
    }

    /// <summary>Runs work on the writer's thread, between commits.</summary>
    private Task<T> OnWriter<T>(Func<T> work, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = new Action(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (SqliteException failure)
            {
                done.SetException(SqliteFailures.Explain(failure, _path));
            }
        });
        if (!TryEnqueue(job))
        {
            done.SetException(new LogException("the log is closed"));
        }

        return done.Task.WaitAsync(cancellation);
    }

    private bool TryEnqueue(object item)
    {
        try
        {
            return !_queue.IsAddingCompleted && _queue.TryAdd(item);
        }
        catch (InvalidOperationException)
        {
            // Closed between the check and the call.
            return false;
        }
    }

    private void WriteLoop()
    {
        var requests = new List<AppendRequest>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            var next = first;
            var events = 0;
            do
            {
                if (next is AppendRequest request)
                {
                    requests.Add(request);
                    events += request.Entries.Count;
                }
                else
                {
                    Commit(requests);
                    ((Action)next)();
                }
            }
            while (events < EventsPerCommitMax && _queue.TryTake(out next));

            Commit(requests);
        }

        _writer.Dispose();
    }

    private void Commit(List<AppendRequest> requests)
    {
        if (requests.Count == 0)
        {
            return;
        }

        var result = _writer.Write(requests, _path);
        if (result.Committed.Count > 0)
        {
            Tell(result.Committed);
        }

        foreach (var request in result.Committed)
        {
            request.Committed();
        }

        foreach (var (request, reason) in result.Refused)
        {
            LogRefused(request.Shard, request.Epoch, reason.Message);
            request.Failed(reason);
        }

        requests.Clear();
    }

    private void Tell(List<AppendRequest> committed)
    {
        lock (_listenersLock)
        {
            foreach (var listener in _listeners)
            {
                foreach (var request in committed)
                {
                    listener.OnCommitted(request.Entries);
                }
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "An append of shard {Shard} (epoch {Epoch}) was refused: {Reason}")]
    private partial void LogRefused(int shard, long epoch, string reason);

    [LoggerMessage(2002, LogLevel.Error, "{Path}: the writer did not stop within {Seconds} s")]
    private partial void LogStopTimedOut(string path, double seconds);
}
