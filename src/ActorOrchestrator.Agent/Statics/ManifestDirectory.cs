using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Agent.Statics;

/// <summary>
/// A directory with a manifest in each file. It is read again when the kernel tells of a change (inotify), and every
/// twenty seconds in case it does not: the directory may come later, or be another one. A file that cannot be read as a
/// manifest leaves what it said before.
/// </summary>
public sealed class ManifestDirectory(string place, string node, TimeProvider time) : IManifestSource
{
    /// <summary>kubelet's fileCheckFrequency.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(20);

    /// <summary>So long a change is left alone: whoever writes a file does it in several steps.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(200);

    private SortedDictionary<string, Pod> _last = new(StringComparer.Ordinal);

    public async IAsyncEnumerable<ManifestReading> ReadingsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var changes = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        while (true)
        {
            // Watched before it is read, so that no change falls in between.
            using var watcher = Watch(changes.Writer);
            yield return Read();
            await WaitAsync(changes.Reader, cancellation);
        }
    }

    /// <summary>Everything as it is now.</summary>
    public ManifestReading Read()
    {
        var problems = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pods = new SortedDictionary<string, Pod>(StringComparer.Ordinal);
        var placeOf = new Dictionary<PodPlace, string>();

        // Of two files that name the same pod the one stays that was there first.
        foreach (var file in Files(problems).OrderBy(file => !_last.ContainsKey(file)))
        {
            if (PodOf(file, problems) is not { } pod)
            {
                continue;
            }

            var name = PodPlace.Of(pod) with { Uid = "" };
            if (placeOf.TryAdd(name, file))
            {
                pods.Add(file, pod);
            }
            else
            {
                problems[file] = $"pod {name.Namespace}/{name.Name} is that of {placeOf[name]}";
            }
        }

        _last = pods;
        return new ManifestReading([.. pods.Values], problems);
    }

    /// <summary>Those that are not hidden; without the directory there are none.</summary>
    private IEnumerable<string> Files(SortedDictionary<string, string> problems)
    {
        try
        {
            return Directory.GetFiles(place).Select(file => Path.GetFileName(file))
                .Where(file => !file.StartsWith('.')).Order(StringComparer.Ordinal);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems[""] = FailureWords.Of(failure);
            return _last.Keys;
        }
    }

    private Pod? PodOf(string file, SortedDictionary<string, string> problems)
    {
        try
        {
            return StaticManifest.Read(TextOf(Path.Combine(place, file)), node);
        }
        catch (Exception wrong)
            when (wrong is StaticManifestException or IOException or UnauthorizedAccessException)
        {
            problems.TryAdd(file, FailureWords.Of(wrong));
            return _last.GetValueOrDefault(file);
        }
    }

    /// <summary>Pipes and devices have no length, and are not opened.</summary>
    private static string TextOf(string file) => new FileInfo(file).Length switch
    {
        0 => throw new StaticManifestException("it is empty, or no file"),
        > KubeJson.BodyBytesMax => throw new StaticManifestException("it is too large"),
        _ => File.ReadAllText(file),
    };

    private FileSystemWatcher? Watch(ChannelWriter<bool> changes)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(place);
            watcher.Changed += (_, _) => changes.TryWrite(true);
            watcher.Created += (_, _) => changes.TryWrite(true);
            watcher.Deleted += (_, _) => changes.TryWrite(true);
            watcher.Renamed += (_, _) => changes.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception unwatched) when (unwatched is IOException or ArgumentException)
        {
            // It is not there, or the kernel watches no more: the looks find what changes.
            watcher?.Dispose();
            return null;
        }
    }

    private async Task WaitAsync(ChannelReader<bool> changes, CancellationToken cancellation)
    {
        using var clock = new CancellationTokenSource(LookInterval, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, clock.Token);
        try
        {
            await changes.ReadAsync(both.Token);
            await Task.Delay(Calm, time, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It is time to look.
        }
    }
}
