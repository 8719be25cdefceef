using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Groups;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>The control plane as an agent sees it, in memory.</summary>
internal sealed class FakeCluster : IClusterLink
{
    private readonly Channel<Assignment> _assignments = Channel.CreateUnbounded<Assignment>();
    private readonly Channel<KubeObject> _changes = Channel.CreateUnbounded<KubeObject>();

    private readonly Dictionary<string, PodStatus> _statuses = new(StringComparer.Ordinal);

    public List<PodStatus> Reports { get; } = [];

    /// <summary>The last report of one pod.</summary>
    public PodStatus StatusOf(string name) => _statuses[name];

    public List<string> Stopped { get; } = [];

    public List<string> Events { get; } = [];

    public Dictionary<string, KubeObject> Objects { get; } = [];

    public List<Node> Nodes { get; } = [];

    public List<NodeStatus> Heartbeats { get; } = [];

    public Action<string> OnEvent { get; set; } = _ => { };

    public bool IsDeaf { get; set; }

    /// <summary>What a deaf one answers.</summary>
    public Exception Deafness { get; set; } = new ClusterAwayException("the control plane is away");

    /// <summary>The reason of an event whose recording meets a bug.</summary>
    public string? EventBug { get; set; }

    public void Assign(Assignment assignment) => _assignments.Writer.TryWrite(assignment);

    public void Store(KubeObject stored)
    {
        Objects[$"{stored.Kind}/{stored.Metadata.Namespace}/{stored.Metadata.Name}"] = stored;
        _changes.Writer.TryWrite(stored);
    }

    public IAsyncEnumerable<Assignment> AssignmentsAsync(string nodeName, CancellationToken cancellation) =>
        _assignments.Reader.StreamAsync(cancellation);

    public async Task RegisterNodeAsync(Node node, CancellationToken cancellation)
    {
        await Task.Yield();
        Nodes.Add(node);
    }

    public async ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation)
    {
        await Task.Yield();
        Heartbeats.Add(status);
    }

    /// <summary>Whether leases are renewed, and how often the cluster has declared that the pods had ended.</summary>
    public (bool Answers, long Declared) Lease { get; set; } = (true, 0);

    public int LeasesAsked { get; private set; }

    public async ValueTask<long> RenewLeaseAsync(string nodeName, TimeSpan term, CancellationToken cancellation)
    {
        await Task.Yield();
        LeasesAsked++;
        return Lease.Answers ? Lease.Declared : throw new IOException("nobody answers");
    }

    public async ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation)
    {
        await Task.Yield();
        if (IsDeaf)
        {
            throw Deafness;
        }

        Reports.Add(status);
        _statuses[name] = status;
    }

    public async ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation)
    {
        await Task.Yield();
        Reports.Add(finalStatus);
        Stopped.Add(uid);
    }

    /// <summary>What an agent asks for.</summary>
    public List<(EntityKey To, Command Command)> Asked { get; } = [];

    /// <summary>Why that is refused; null when it is not.</summary>
    public Status? Refusal { get; set; }

    public async ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation)
    {
        await Task.Yield();
        Asked.Add((to, command));
        return Refusal;
    }

    public ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation)
        where T : KubeObject =>
        ValueTask.FromResult(Objects.GetValueOrDefault($"{typeof(T).Name}/{@namespace}/{name}") as T);

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation)
        where T : KubeObject => ValueTask.FromResult<IReadOnlyList<T>>(
            [.. Objects.Values.OfType<T>().Where(o => o.Metadata.Namespace == @namespace)]);

    public IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(CancellationToken cancellation) =>
        _changes.Reader.StreamAsync(cancellation);

    public void RecordEvent(ObjectReference involved, string type, string reason, string message, string component)
    {
        if (reason == EventBug)
        {
            throw new InvalidOperationException($"no way to tell of {reason}");
        }

        Events.Add($"{type} {reason} {message}");
        OnEvent(Events[^1]);
    }
}

/// <summary>Pod files that are only remembered.</summary>
internal sealed class FakePodFiles : IPodFiles
{
    public List<string> Calls { get; } = [];

    public Dictionary<string, VolumeWork> Volumes { get; } = [];

    public Dictionary<string, string> LastWords { get; } = [];

    public List<PodPlace> Places { get; } = [];

    public string? MountProblem { get; set; }

    public bool IsImageProblem { get; set; }

    public string? KnownBug { get; set; }

    public string LogDirectory(PodPlace place) => $"/logs/{place.Uid}";

    public void Prepare(PodPlace place, VolumeWork work, long? fsGroup)
    {
        Calls.Add($"prepare {work.Name}");
        Volumes[work.Name] = work;
    }

    public IReadOnlyList<MountConfig> Mounts(ContainerMounts wanted) =>
        MountProblem is { } problem
            ? throw new VolumeException(problem) { IsOfImage = IsImageProblem }
            : [.. wanted.Images.Select(image => new MountConfig("/" + image.Key, "", ReadOnly: true)
            {
                Image = new MountedImage(image.Value, ""),
            })];

    public string TerminationMessage(PodPlace place, Container container, ContainerRuntimeStatus status) =>
        LastWords.GetValueOrDefault(container.Name, "");

    public Dictionary<string, long> VolumeBytes { get; } = [];

    public Dictionary<string, long> LogBytes { get; } = [];

    /// <summary>How often somebody wanted to know.</summary>
    public int Measured { get; private set; }

    public StorageUse StorageOf(Pod pod)
    {
        Measured++;
        return new StorageUse(
            DateTimeOffset.UnixEpoch, VolumeBytes.ToImmutableSortedDictionary(), LogBytes.ToImmutableSortedDictionary(),
            0);
    }

    public void TearDownVolumes(string uid) => Calls.Add($"tear down {uid}");

    public void RemoveAttempt(PodPlace place, string container, uint attempt) =>
        Calls.Add($"remove {container}/{attempt}");

    public void RemoveTraces(PodPlace place)
    {
        Calls.Add($"remove traces {place.Uid}");
        Places.RemoveAll(known => known.Uid == place.Uid);
    }

    public IReadOnlyList<PodPlace> Known() =>
        KnownBug is { } bug ? throw new InvalidOperationException(bug) : [.. Places];
}

/// <summary>Control groups that are only remembered.</summary>
internal sealed class FakePodGroups : IPodGroups
{
    /// <summary>By pod.</summary>
    public Dictionary<string, ResourceConfig> Groups { get; } = [];

    /// <summary>What the machine lacks.</summary>
    public string? Problem { get; set; }

    /// <summary>Something runs in the groups.</summary>
    public bool AreBusy { get; set; }

    public bool AlertAllContainers { get; set; }

    public string Prepare(string uid, ResourceConfig resources)
    {
        Groups[uid] = Problem is { } problem ? throw new ContainerConfigException(problem) : resources;
        return $"/groups/{uid}";
    }

    public void Remove(string uid)
    {
        if (AreBusy && Groups.ContainsKey(uid))
        {
            throw new IOException("Device or resource busy");
        }

        Groups.Remove(uid);
    }
}

/// <summary>Answers each kind of network probe as it was told.</summary>
internal sealed class FakeProber : INetworkProber
{
    public bool? Http { get; set; } = true;

    public List<string> Sent { get; } = [];

    public Task<ProbeOutcome> HttpGetAsync(
        Uri address, IReadOnlyList<HTTPHeader> headers, TimeSpan timeout, CancellationToken cancellation)
    {
        Sent.Add(address.ToString());
        return Task.FromResult(new ProbeOutcome(Http, Http == true ? "" : "HTTP probe failed with statuscode: 500"));
    }

    public Task<ProbeOutcome> TcpConnectAsync(
        string host, int port, TimeSpan timeout, CancellationToken cancellation)
    {
        Sent.Add($"{host}:{port}");
        return Task.FromResult(new ProbeOutcome(true, ""));
    }

    public Task<ProbeOutcome> GrpcCheckAsync(
        string host, int port, string service, TimeSpan timeout, CancellationToken cancellation)
    {
        Sent.Add($"{host}:{port}/{service}");
        return Task.FromResult(new ProbeOutcome(true, ""));
    }
}

/// <summary>What was logged, by event id.</summary>
internal sealed class FakeLog : ILogger<NodeAgent>
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

    public IReadOnlyList<string> Of(int id) => [.. _lines.Where(line => line.Id == id).Select(line => line.Text)];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => _lines.Enqueue((eventId.Id, formatter(state, exception)));
}

/// <summary>Streams on the test's own loop; the reader's own enumeration would go on elsewhere.</summary>
internal static class ChannelStreams
{
    public static async IAsyncEnumerable<T> StreamAsync<T>(
        this ChannelReader<T> reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await reader.WaitToReadAsync(cancellation))
        {
            while (reader.TryRead(out var item))
            {
                yield return item;
            }
        }
    }
}
