using System.Threading.Channels;
using ActorOrchestrator.Api;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Logs;

/// <summary>
/// Tells that something happened to a log file: written, created, renamed. Several happenings may be told as one.
/// </summary>
internal sealed class LogChanges : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private LogChanges(FileSystemWatcher watcher) => _watcher = watcher;

    /// <returns>Null if the kernel grants no more watches; the caller then has to look by itself.</returns>
    public static LogChanges? Watch(string path, ILogger log)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.Size | NotifyFilters.LastWrite,
            };
            var changes = new LogChanges(watcher);
            watcher.Changed += changes.Signal;
            watcher.Created += changes.Signal;
            watcher.Renamed += changes.Signal;
            watcher.EnableRaisingEvents = true;
            return changes;
        }
        catch (Exception refused) when (refused is IOException or ArgumentException)
        {
            watcher?.Dispose();
            LogsLog.NotWatched(log, directory, FailureWords.Of(refused));
            return null;
        }
    }

    public void Dispose() => _watcher.Dispose();

    /// <returns>False if nothing happened in that time.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellation)
    {
        using var bound = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellation);
        try
        {
            return await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Signal(object sender, FileSystemEventArgs happened) => _signal.Writer.TryWrite(true);
}
