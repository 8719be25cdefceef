using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorOrchestrator.Agent;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>A control plane that assigns what a test tells it to, and remembers what an agent reports.</summary>
internal sealed class ScriptedCluster : IClusterLink
{
    private readonly SortedDictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private Channel<Assignment> _assignments = Channel.CreateUnbounded<Assignment>();

    public List<PodStatus> Reports { get; } = [];

    public List<string> Stopped { get; } = [];

    public List<Node> Nodes { get; } = [];

    /// <summary>Hears that a pod's containers are said to be stopped, while that is said.</summary>
    public Action<string> OnStopped { get; set; } = static _ => { };

    public int Heartbeats { get; private set; }

    public void Bind(Pod pod)
    {
        _pods[pod.Metadata.Uid!] = pod;
        _assignments.Writer.TryWrite(new Assignment.Changed(pod));
    }

    /// <summary>The object is gone, by force or because its containers had stopped.</summary>
    public void Remove(Pod pod)
    {
        _pods.Remove(pod.Metadata.Uid!);
        _assignments.Writer.TryWrite(
            new Assignment.Removed(pod.Metadata.Namespace!, pod.Metadata.Name!, pod.Metadata.Uid!));
    }

    public async IAsyncEnumerable<Assignment> AssignmentsAsync(
        string nodeName, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var mine = _assignments = Channel.CreateUnbounded<Assignment>();
        yield return new Assignment.Snapshot([.. _pods.Values]);
        while (await mine.Reader.WaitToReadAsync(cancellation))
        {
            while (mine.Reader.TryRead(out var assignment))
            {
                yield return assignment;
            }
        }
    }

    public Task RegisterNodeAsync(Node node, CancellationToken cancellation)
    {
        Nodes.Add(node);
        return Task.CompletedTask;
    }

    public ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation)
    {
        Heartbeats++;
        return ValueTask.CompletedTask;
    }

    public ValueTask<long> RenewLeaseAsync(string nodeName, TimeSpan term, CancellationToken cancellation) =>
        ValueTask.FromResult(0L);

    public ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation)
    {
        Reports.Add(status);
        return ValueTask.CompletedTask;
    }

    public ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation)
    {
        Stopped.Add(uid);
        OnStopped(uid);
        return ValueTask.CompletedTask;
    }

    public ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        throw new InvalidOperationException($"nobody is to ask for {command}");

    public ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation)
        where T : KubeObject => ValueTask.FromResult<T?>(null);

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation)
        where T : KubeObject => ValueTask.FromResult<IReadOnlyList<T>>([]);

    public async IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Channel.CreateUnbounded<KubeObject>().Reader.WaitToReadAsync(cancellation);
        yield break;
    }

    public void RecordEvent(ObjectReference involved, string type, string reason, string message, string component)
    {
    }
}
