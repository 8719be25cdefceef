using System.Collections.Concurrent;
using ActorOrchestrator.Agent.Containers;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>
/// Containers as plain processes of the machine: no root, no images, no isolation; for a first look and for fast
/// tests. A pod's address is 127.0.0.1. What cannot be had is refused (another user) or told (volumes stand in
/// <c>ACTOR_ORCHESTRATOR_MOUNTS</c>, one <c>path-in-container=path-on-machine</c> a line); limits are not kept.
/// Processes outlive the agent, and the next one finds them in the state directory.
/// </summary>
public sealed partial class ProcessRuntime : IContainerRuntime, IAsyncDisposable
{
    private const string LoopbackIp = "127.0.0.1";

    private readonly ProcessStore _store;
    private readonly ProcessEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger<ProcessRuntime> _log;
    private readonly ConcurrentDictionary<string, SandboxRecord> _sandboxes = new();
    private readonly ConcurrentDictionary<string, ProcessContainer> _containers = new();

    /// <summary>Takes over what an earlier agent left running there.</summary>
    /// <param name="stateDirectory">Absolute; made if it is not there.</param>
    public ProcessRuntime(string stateDirectory, TimeProvider time, ILogger<ProcessRuntime> log)
    {
        _store = new ProcessStore(stateDirectory);
        _events = new ProcessEvents(time);
        _time = time;
        _log = log;
        foreach (var sandbox in _store.Sandboxes())
        {
            _sandboxes[sandbox.Status.Id] = sandbox;
        }

        foreach (var record in _store.Containers())
        {
            var container = new ProcessContainer(record, _store, _events, time, log);
            _containers[record.Status.Id] = container;
            container.Recover();
        }
        ProcessLog.Recovered(log, _containers.Count, stateDirectory);
    }

    /// <summary>Stops watching; the processes go on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var container in _containers.Values)
        {
            await container.DisposeAsync();
        }
    }

    public Task<RuntimeVersion> VersionAsync(CancellationToken cancellation) => Task.FromResult(new RuntimeVersion(
        "process", typeof(ProcessRuntime).Assembly.GetName().Version!.ToString(3)));

    public Task<RuntimeHealth> StatusAsync(CancellationToken cancellation) =>
        Task.FromResult(new RuntimeHealth(RuntimeReady: true, NetworkReady: true, "", ""));

    public IAsyncEnumerable<RuntimeEvent> EventsAsync(CancellationToken cancellation) =>
        _events.ReadAsync(cancellation);

    public Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken cancellation)
    {
        var id = ProcessStore.IdOf(config.Uid, config.Attempt.ToString());
        var sandbox = new SandboxRecord(
            new SandboxStatus
            {
                Id = id, Name = config.Name, Namespace = config.Namespace, Uid = config.Uid, Attempt = config.Attempt,
                Ready = true, CreatedAt = _time.GetUtcNow(), Ips = [LoopbackIp],
                Labels = config.Labels, Annotations = config.Annotations,
            },
            config.LogDirectory);
        if (!_sandboxes.TryAdd(id, sandbox))
        {
            throw new ContainerRuntimeException(
                RuntimeErrorKind.AlreadyExists, $"attempt {config.Attempt} of pod {config.Uid} has a sandbox already");
        }
        _store.Save(sandbox);
        return Task.FromResult(id);
    }

    public async Task StopSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        if (!_sandboxes.TryGetValue(sandboxId, out var sandbox))
        {
            return;
        }

        await Task.WhenAll(ContainersOf(sandboxId).Select(each => each.StopAsync(TimeSpan.Zero, cancellation)));
        var stopped = sandbox with { Status = sandbox.Status with { Ready = false } };
        _store.Save(stopped);
        _sandboxes[sandboxId] = stopped;
    }

    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        await StopSandboxAsync(sandboxId, cancellation);
        foreach (var container in ContainersOf(sandboxId).ToList())
        {
            await RemoveContainerAsync(container.Status.Id, cancellation);
        }

        _sandboxes.TryRemove(sandboxId, out _);
        ProcessStore.Remove(_store.SandboxDirectory(sandboxId));
    }

    public Task<SandboxStatus?> SandboxStatusAsync(string sandboxId, CancellationToken cancellation) =>
        Task.FromResult(_sandboxes.GetValueOrDefault(sandboxId)?.Status);

    public Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SandboxStatus>>([.. _sandboxes.Values.Select(sandbox => sandbox.Status)]);

    public Task<IReadOnlyList<ContainerStats>> StatsAsync(string? podUid, CancellationToken cancellation)
    {
        var usages = ProcessFigures.BySession();
        var now = _time.GetUtcNow();
        return Task.FromResult<IReadOnlyList<ContainerStats>>(
        [
            .. from container in _containers.Values
               let usage = usages.GetValueOrDefault(container.Session ?? 0)
               let uid = container.Status.Labels.GetValueOrDefault(RuntimeLabels.PodUid, "")
               where container.Session is not null && usage is not null && (podUid ?? uid) == uid
               select new ContainerStats(container.Status.Id, container.Status.Name, uid, now,
                   usage.CpuNanoseconds, usage.ResidentBytes, 0),
        ]);
    }

    /// <summary>There are no images: every name is there, and is told as it was given.</summary>
    public Task<ImageInfo?> ImageStatusAsync(string image, CancellationToken cancellation) =>
        Task.FromResult<ImageInfo?>(new ImageInfo(image, [image], [], 0, null, null));

    public Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellation) =>
        Task.FromResult(image);

    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation)
    {
        var names = _containers.Values.Select(container => container.Status.Image).Distinct();
        return [.. (
            await Task.WhenAll(names.Select(name => ImageStatusAsync(name, cancellation)))).OfType<ImageInfo>()];
    }

    public Task<IReadOnlyCollection<string>> KeptImagesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyCollection<string>>([]);

    public Task RemoveImageAsync(string id, CancellationToken cancellation) => Task.CompletedTask;

    public Task<string?> ImageDirectoryAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    public Task<ImageMounter> ImageMounterAsync(CancellationToken cancellation) => Task.FromResult(ImageMounter.Nobody);

    public Task<IReadOnlyList<ViewMount>> ViewImageAsync(ImageView view, CancellationToken cancellation) =>
        throw new ContainerRuntimeException(RuntimeErrorKind.InvalidArgument, "there are no images");

    public Task RemoveImageViewsAsync(string? podUid, CancellationToken cancellation) => Task.CompletedTask;

    private IEnumerable<ProcessContainer> ContainersOf(string sandboxId) =>
        _containers.Values.Where(container => container.Status.SandboxId == sandboxId);
}
