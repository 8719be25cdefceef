using System.Globalization;
using System.IO.Compression;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Logs;

/// <param name="BytesMax">A log that is longer is rotated (kubelet: containerLogMaxSize, 10Mi).</param>
/// <param name="FilesMax">
/// Files of one container, the current one among them; at least 2 (containerLogMaxFiles, 5).
/// </param>
public sealed record LogRotationSettings(long BytesMax = 10 * 1024 * 1024, int FilesMax = 5)
{
    /// <summary>How often the sizes are looked at. Between two looks a log may outgrow its limit.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Keeps containers' logs bounded, in kubelet's way: <c>0.log</c> is renamed to <c>0.log.20260102-030405</c>, the
/// runtime opens a new <c>0.log</c>, older ones are compressed to <c>….gz</c>, and the oldest are deleted. The newest
/// renamed one stays as it is, since a reader may still follow it.
/// </summary>
public sealed class LogRotation(
    IContainerRuntime runtime, LogRotationSettings settings, TimeProvider time, ILogger<LogRotation> log)
{
    private const string Compressed = ".gz";
    private const string Unfinished = ".tmp";

    // ContainerStatus is asked once a container: lists do not tell where the log is.
    private readonly Dictionary<string, string> _pathOfContainer = [];

    /// <summary>Rotates until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ticks = new PeriodicTimer(settings.Interval, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(cancellation))
            {
                await RotateAllAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _pathOfContainer.Clear();
        }
    }

    /// <summary>One look at every running container. A failure with one is logged and hinders no other.</summary>
    internal async Task RotateAllAsync(CancellationToken cancellation)
    {
        foreach (var (container, path) in await RunningAsync(cancellation))
        {
            try
            {
                var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
                if (length <= settings.BytesMax)
                {
                    continue;
                }

                if (await RotateAsync(container, path, cancellation))
                {
                    LogsLog.Rotated(log, path, container, length);
                }
            }
            catch (Exception failure) when (
                failure is ContainerRuntimeException or IOException or UnauthorizedAccessException)
            {
                LogsLog.NotRotated(log, container, FailureWords.Of(failure));
            }
        }
    }

    private async Task<List<(string Container, string Path)>> RunningAsync(CancellationToken cancellation)
    {
        try
        {
            var running = (await runtime.ListContainersAsync(cancellation))
                .Where(container => container.State == ContainerRuntimeState.Running).Select(each => each.Id).ToList();
            foreach (var gone in _pathOfContainer.Keys.Except(running).ToList())
            {
                _pathOfContainer.Remove(gone);
            }

            foreach (var started in running.Except(_pathOfContainer.Keys).ToList())
            {
                var status = await runtime.ContainerStatusAsync(started, cancellation);
                if (status is { LogPath.Length: > 0 })
                {
                    _pathOfContainer[started] = status.LogPath;
                }
            }
        }
        catch (ContainerRuntimeException down)
        {
            LogsLog.NotRotated(log, "(all)", down.Message);
            return [];
        }
        return [.. _pathOfContainer.Select(entry => (entry.Key, entry.Value))];
    }

    /// <returns>False if there was nothing to rotate any more.</returns>
    private async Task<bool> RotateAsync(string container, string path, CancellationToken cancellation)
    {
        var rotated = $"{path}.{time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        if (File.Exists(rotated))
        {
            return false;
        }

        Trim(path);
        File.Move(path, rotated);
        try
        {
            await runtime.ReopenLogAsync(container, cancellation);
            return true;
        }
        catch (ContainerRuntimeException)
        {
            // The runtime goes on writing to the renamed file: it gets its name back, so that nothing is out of sight.
            if (!File.Exists(path))
            {
                File.Move(rotated, path);
            }

            if (!await HasEndedAsync(container, cancellation))
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>A container may end between the look at it and the rotation; its log then stays as it is.</summary>
    private async Task<bool> HasEndedAsync(string container, CancellationToken cancellation) =>
        await runtime.ContainerStatusAsync(container, cancellation) is not { State: ContainerRuntimeState.Running };

    /// <summary>Makes room for one more renamed file, and compresses those before it.</summary>
    private void Trim(string path)
    {
        foreach (var unfinished in Rotated(path).Where(name => name.EndsWith(Unfinished, StringComparison.Ordinal)))
        {
            File.Delete(unfinished);
        }

        // The names end in their time, so that their order is that of age.
        var newestFirst = Rotated(path).OrderDescending(StringComparer.Ordinal).ToList();
        foreach (var surplus in newestFirst.Skip(settings.FilesMax - 2))
        {
            File.Delete(surplus);
        }

        foreach (var kept in newestFirst.Take(settings.FilesMax - 2))
        {
            if (!kept.EndsWith(Compressed, StringComparison.Ordinal))
            {
                Compress(kept);
            }
        }
    }

    /// <remarks>Not by a search pattern: ".*" of one matches the current file, which has no such ending, too.</remarks>
    private static List<string> Rotated(string path) =>
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(path)!)
            .Where(name => name.StartsWith(path + ".", StringComparison.Ordinal))];

    /// <summary>The renamed files that are not compressed, in no order.</summary>
    internal static IEnumerable<string> Uncompressed(string path) => Rotated(path).Where(
        name => !name.EndsWith(Compressed, StringComparison.Ordinal)
            && !name.EndsWith(Unfinished, StringComparison.Ordinal));

    private static void Compress(string path)
    {
        using (var from = File.OpenRead(path))
        using (var to = new GZipStream(File.Create(path + Compressed + Unfinished), CompressionLevel.Fastest))
        {
            from.CopyTo(to);
        }

        File.Move(path + Compressed + Unfinished, path + Compressed);
        File.Delete(path);
    }
}
