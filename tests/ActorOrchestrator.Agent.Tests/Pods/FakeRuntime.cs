using System.Threading.Channels;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>A container runtime in memory. Every call is written down; containers end when the test says so.</summary>
internal sealed class FakeRuntime(TimeProvider time) : IContainerRuntime
{
    private readonly Dictionary<string, SandboxStatus> _sandboxes = [];
    private readonly Dictionary<string, ContainerRuntimeStatus> _containers = [];
    private readonly Channel<RuntimeEvent> _events = Channel.CreateUnbounded<RuntimeEvent>();
    private int _next;
    private bool _isUnheard;

    /// <summary>As whom containers run, where the runtime says so.</summary>
    public RuntimeUser? User { get; set; }

    public List<string> Calls { get; } = [];

    public Dictionary<string, ContainerConfig> Configs { get; } = [];

    public List<SandboxConfig> SandboxConfigs { get; } = [];

    /// <summary>By container name: the sandbox as it was told when the container was made.</summary>
    public Dictionary<string, SandboxConfig> CreatedIn { get; } = [];

    public HashSet<string> Images { get; } = ["docker.io/library/app:1"];

    /// <summary>What the disk has.</summary>
    public List<ImageInfo> Stored { get; } = [];

    public HashSet<string> Kept { get; } = [];

    /// <summary>Why nothing is told of images.</summary>
    public string? ImagesProblem { get; set; }

    public string? RemovalProblem { get; set; }

    public Func<Task> OnImageRemoved { get; set; } = () => Task.CompletedTask;

    /// <summary>Why no container can be made.</summary>
    public string? CreateProblem { get; set; }

    public string? ImageDirectory { get; set; } = "/images";

    public ImageMounter Mounter { get; set; } = ImageMounter.Agent;

    /// <summary>Of volumes, by pod and name.</summary>
    public HashSet<string> Views { get; } = [];

    /// <summary>Why no image can be looked at.</summary>
    public string? ViewProblem { get; set; }

    public HashSet<string> Pullable { get; } = [];

    /// <summary>Why the others cannot be pulled.</summary>
    public RuntimeErrorKind PullFailure { get; set; } = RuntimeErrorKind.ImageNotFound;

    public List<RegistryAuth?> Passwords { get; } = [];

    /// <summary>By container name: stays deaf to SIGTERM until its grace is over.</summary>
    public HashSet<string> Deaf { get; } = [];

    /// <summary>By container name: the code that it ends with when it is told to.</summary>
    public Dictionary<string, int> StopsWith { get; } = [];

    public string? SandboxProblem { get; set; }

    /// <summary>By container name: why creating or starting it fails.</summary>
    public Dictionary<string, string> StartProblems { get; } = [];

    /// <summary>By container name: once started it ends with this code at once, and neither that nor its id is told:
    /// the next question is not answered.</summary>
    public Dictionary<string, int> EndsUnheard { get; } = [];

    /// <summary>From a container's removal to its answer.</summary>
    public TimeSpan RemovalTakes { get; set; }

    /// <summary>By container name: bytes in its own file system.</summary>
    public Dictionary<string, long> Written { get; } = [];

    /// <summary>By pod: bytes of memory that its container has.</summary>
    public Dictionary<string, long> Memory { get; } = [];

    public bool IsDown { get; set; }

    public Func<string, IReadOnlyList<string>, ExecResult> OnExec { get; set; } =
        (_, _) => new ExecResult(0, "", false);

    public long? ImageUser { get; set; }

    public IEnumerable<ContainerRuntimeStatus> Containers => _containers.Values;

    public IEnumerable<SandboxStatus> Sandboxes => _sandboxes.Values;

    public ContainerRuntimeStatus Newest(string name) =>
        _containers.Values.Where(c => c.Name == name).OrderBy(c => c.Attempt).Last();

    public void Exit(string name, int exitCode, string reason = "", string? podName = null)
    {
        var container = podName is null
            ? Newest(name)
            : _containers.Values.Where(c => c.Name == name && _sandboxes[c.SandboxId].Name == podName)
                .MaxBy(c => c.Attempt)!;
        End(container.Id, exitCode, reason);
        Tell(RuntimeEventKind.ContainerExited, container.Id, container.SandboxId, exitCode);
    }

    /// <summary>As if the agent had stopped between creating and starting.</summary>
    public void Uncreate(string name)
    {
        var container = Newest(name);
        _containers[container.Id] = container with { State = ContainerRuntimeState.Created, StartedAt = null };
    }

    /// <summary>As if the agent had died while the newest container was being started.</summary>
    public void CutStart(string name, bool isBeforeRun = true)
    {
        var id = Newest(name).Id;
        End(id, 128, "StartError");
        _containers[id] = _containers[id] with { StartedAt = null, NeverRan = isBeforeRun };
    }

    public bool HasUserNamespaces { get; set; }

    public void LoseEverything()
    {
        _containers.Clear();
        _sandboxes.Clear();
    }

    public void KillSandbox(string podName)
    {
        var sandbox = _sandboxes.Values.Last(s => s.Name == podName);
        _sandboxes[sandbox.Id] = sandbox with { Ready = false };
        Tell(RuntimeEventKind.SandboxExited, "", sandbox.Id, 137);
    }

    /// <summary>Ends a container without an event, as if the stream had a gap.</summary>
    public void End(string id, int exitCode, string reason = "") => _containers[id] = _containers[id] with
    {
        State = ContainerRuntimeState.Exited,
        ExitCode = exitCode,
        Reason = reason,
        FinishedAt = time.GetUtcNow(),
    };

    public void Tell(RuntimeEventKind kind, string containerId = "", string sandboxId = "", int exitCode = 0) =>
        _events.Writer.TryWrite(new RuntimeEvent(kind, containerId, sandboxId, time.GetUtcNow(), exitCode));

    public Task<RuntimeVersion> VersionAsync(CancellationToken cancellation) =>
        CallAsync("version", () => new RuntimeVersion("containerd", "1.6.20"));

    public Task<RuntimeHealth> StatusAsync(CancellationToken cancellation) =>
        CallAsync("status", () => new RuntimeHealth(true, true, "", "") { HasUserNamespaces = HasUserNamespaces });

    public Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken cancellation) =>
        CallAsync($"run sandbox {config.Name}/{config.Attempt}", () =>
        {
            if (SandboxProblem is { } problem)
            {
                throw new ContainerRuntimeException(RuntimeErrorKind.Other, problem);
            }

            SandboxConfigs.Add(config);
            var id = $"s{++_next}";
            _sandboxes[id] = new SandboxStatus
            {
                Id = id,
                Name = config.Name,
                Namespace = config.Namespace,
                Uid = config.Uid,
                Attempt = config.Attempt,
                Ready = true,
                CreatedAt = time.GetUtcNow(),
                Ips = [$"10.0.0.{_next}"],
                Labels = config.Labels,
                Annotations = config.Annotations,
            };
            return id;
        });

    public Task StopSandboxAsync(string sandboxId, CancellationToken cancellation) =>
        CallAsync($"stop sandbox {sandboxId}", () =>
        {
            if (_sandboxes.TryGetValue(sandboxId, out var sandbox))
            {
                _sandboxes[sandboxId] = sandbox with { Ready = false };
            }

            return 0;
        });

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation) =>
        CallAsync($"remove sandbox {sandboxId}", () =>
        {
            _sandboxes.Remove(sandboxId);
            foreach (var container in _containers.Values.Where(c => c.SandboxId == sandboxId).ToList())
            {
                _containers.Remove(container.Id);
            }

            return 0;
        });

    public Task<SandboxStatus?> SandboxStatusAsync(string sandboxId, CancellationToken cancellation) =>
        CallAsync(null, () => _sandboxes.GetValueOrDefault(sandboxId));

    public Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellation) =>
        CallAsync(null, () => (IReadOnlyList<SandboxStatus>)[.. _sandboxes.Values.Select(s => s with { Ips = [] })]);

    public Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken cancellation) =>
        CallAsync($"create {config.Name}/{config.Attempt}", () =>
        {
            if (CreateProblem is { } problem)
            {
                throw new ContainerRuntimeException(RuntimeErrorKind.Other, problem);
            }

            if (_containers.Values.Any(c => c.SandboxId == sandboxId && c.Name == config.Name
                && c.Attempt == config.Attempt))
            {
                throw new ContainerRuntimeException(RuntimeErrorKind.Other, $"name \"{config.Name}\" is reserved");
            }

            var id = $"c{++_next}";
            Configs[config.Name] = config;
            CreatedIn[config.Name] = sandbox;
            _containers[id] = new ContainerRuntimeStatus
            {
                User = User,
                Id = id,
                SandboxId = sandboxId,
                Name = config.Name,
                Attempt = config.Attempt,
                State = ContainerRuntimeState.Created,
                CreatedAt = time.GetUtcNow(),
                Image = config.Image,
                ImageRef = config.Image,
                Labels = config.Labels,
                Annotations = config.Annotations,
            };
            return id;
        });

    public Task StartContainerAsync(string containerId, CancellationToken cancellation) =>
        CallAsync($"start {_containers[containerId].Name}/{_containers[containerId].Attempt}", () =>
        {
            var container = _containers[containerId];
            if (StartProblems.TryGetValue(container.Name, out var problem))
            {
                CutStart(container.Name);
                throw new ContainerRuntimeException(RuntimeErrorKind.Other, problem);
            }

            _containers[containerId] = container with
            {
                State = ContainerRuntimeState.Running,
                StartedAt = time.GetUtcNow(),
            };
            if (EndsUnheard.Remove(container.Name, out var code))
            {
                End(containerId, code);
                _isUnheard = true;
            }

            return 0;
        });

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation)
    {
        if (!_containers.TryGetValue(containerId, out var container)
            || container.State != ContainerRuntimeState.Running)
        {
            return;
        }
        await CallAsync($"stop {container.Name}/{container.Attempt} {grace.TotalSeconds}s", () => 0);
        if (Deaf.Contains(container.Name))
        {
            await Task.Delay(grace, time, cancellation);
        }

        if (_containers[containerId].State == ContainerRuntimeState.Running)
        {
            End(containerId, Deaf.Contains(container.Name) ? 137 : StopsWith.GetValueOrDefault(container.Name, 143));
            Tell(RuntimeEventKind.ContainerExited, containerId, container.SandboxId, 143);
        }
    }

    public Task UpdateResourcesAsync(
        string containerId, ResourceConfig resources, CancellationToken cancellation) => CallAsync(
        $"resize {_containers[containerId].Name} {resources.CpuShares} {resources.CpuQuota} "
            + $"{resources.MemoryLimitBytes}",
        () => 0);

    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation)
    {
        await CallAsync($"remove {containerId}", () => _containers.Remove(containerId));
        await Task.Delay(RemovalTakes, time, cancellation);
    }

    public Task<ContainerRuntimeStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellation) =>
        CallAsync(null, () =>
        {
            if (_isUnheard)
            {
                _isUnheard = false;
                throw new ContainerRuntimeException(RuntimeErrorKind.Unavailable, "no answer");
            }

            return _containers.GetValueOrDefault(containerId);
        });

    /// <summary>As CRI's list has them: it does not say how they ended.</summary>
    public Task<IReadOnlyList<ContainerRuntimeStatus>> ListContainersAsync(CancellationToken cancellation) =>
        CallAsync(null, () => (IReadOnlyList<ContainerRuntimeStatus>)
            [.. _containers.Values.Select(c => c with
            {
                StartedAt = null, FinishedAt = null, ExitCode = 0, Reason = "", Message = "",
            })]);

    public Task<ExecResult> ExecAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellation) =>
        CallAsync($"exec {_containers[containerId].Name} {string.Join(' ', command)}",
            () => OnExec(_containers[containerId].Name, command));

    public Task ReopenLogAsync(string containerId, CancellationToken cancellation) => CallAsync("reopen", () => 0);

    public Task<ImageInfo?> ImageStatusAsync(string image, CancellationToken cancellation) =>
        CallAsync(null, () => Images.Contains(image)
            ? new ImageInfo($"sha256:{image}", [image], [], 4096, ImageUser, null)
            : null);

    public Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellation) =>
        CallAsync($"pull {image}", () =>
        {
            Passwords.Add(auth);
            if (!Pullable.Contains(image))
            {
                throw new ContainerRuntimeException(PullFailure, $"{image}: not found");
            }

            Images.Add(image);
            return $"sha256:{image}";
        });

    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation) =>
        CallAsync(null, () => (IReadOnlyList<ImageInfo>)[.. Stored]);

    public Task<IReadOnlyCollection<string>> KeptImagesAsync(CancellationToken cancellation) => CallAsync(
        null, () => ImagesProblem is { } problem
            ? throw new ContainerRuntimeException(RuntimeErrorKind.Timeout, problem)
            : (IReadOnlyCollection<string>)[.. Kept, .. _containers.Values.Select(each => each.Image)]);

    public async Task RemoveImageAsync(string id, CancellationToken cancellation)
    {
        await CallAsync($"remove image {id}", () =>
            RemovalProblem is { } problem
                ? throw new ContainerRuntimeException(RuntimeErrorKind.Other, problem)
                : Stored.RemoveAll(image => image.Id == id));
        await OnImageRemoved();
    }

    public Task<string?> ImageDirectoryAsync(CancellationToken cancellation) =>
        CallAsync(null, () => ImageDirectory);

    public Task<ImageMounter> ImageMounterAsync(CancellationToken cancellation) => CallAsync(null, () => Mounter);

    public Task<IReadOnlyList<ViewMount>> ViewImageAsync(ImageView view, CancellationToken cancellation) =>
        CallAsync($"view {view.Volume} of {view.ImageId}", () =>
        {
            if (ViewProblem is { } problem)
            {
                throw new ContainerRuntimeException(RuntimeErrorKind.NotFound, problem);
            }

            Views.Add($"{view.PodUid}/{view.Volume}");
            return (IReadOnlyList<ViewMount>)[new ViewMount("bind", $"/files/{view.ImageId}", ["rbind", "ro"])];
        });

    public Task RemoveImageViewsAsync(string? podUid, CancellationToken cancellation) => CallAsync(
        null,
        () => Views.RemoveWhere(view => podUid is null || view.StartsWith($"{podUid}/", StringComparison.Ordinal)));

    public Task<IReadOnlyList<ContainerStats>> StatsAsync(string? podUid, CancellationToken cancellation) =>
        CallAsync(null, () => (IReadOnlyList<ContainerStats>)
        [
            .. Written.Select(each => new ContainerStats(
                $"id-{each.Key}", each.Key, podUid ?? "", time.GetUtcNow(), 0, 0, each.Value)),
            .. Memory.Select(each => new ContainerStats(
                $"id-{each.Key}", "app", each.Key, time.GetUtcNow(), 0, each.Value, 0)),
        ]);

    public IAsyncEnumerable<RuntimeEvent> EventsAsync(CancellationToken cancellation) =>
        _events.Reader.StreamAsync(cancellation);

    /// <summary>Events for a test that has no agent to route them.</summary>
    public IEnumerable<RuntimeEvent> TakeEvents()
    {
        while (_events.Reader.TryRead(out var told))
        {
            yield return told;
        }
    }

    private async Task<T> CallAsync<T>(string? name, Func<T> act)
    {
        if (name is not null)
        {
            Calls.Add(name);
        }

        await Task.Yield();
        if (IsDown)
        {
            throw new ContainerRuntimeException(RuntimeErrorKind.Unavailable, "the runtime is down");
        }

        return act();
    }
}
