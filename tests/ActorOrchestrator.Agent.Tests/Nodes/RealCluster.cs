using System.Collections.Concurrent;
using System.Threading.Channels;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>A control plane in memory for agents that run on real time: a test waits for what is reported.</summary>
internal sealed class RealCluster : IClusterLink
{
    private readonly FakeCluster _inner = new();
    private readonly ConcurrentDictionary<string, (PodStatus Status, bool IsStopped)> _latest = new();
    private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

    public ConcurrentQueue<string> Events { get; } = new();

    public void Assign(Assignment assignment) => _inner.Assign(assignment);

    public void Store(KubeObject stored) => _inner.Store(stored);

    public async Task<PodStatus> WaitAsync(
        string uid, Func<PodStatus, bool, bool> isMet, string what, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            while (!_latest.TryGetValue(uid, out var known) || !isMet(known.Status, known.IsStopped))
            {
                await _news.Reader.ReadAsync(limit.Token);
            }

            return _latest[uid].Status;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"pod {uid} was not {what} within {patience}: {_latest.GetValueOrDefault(uid)}\n"
                + string.Join('\n', Events));
            throw;
        }
    }

    public IAsyncEnumerable<Assignment> AssignmentsAsync(string nodeName, CancellationToken cancellation) =>
        _inner.AssignmentsAsync(nodeName, cancellation);

    public Task RegisterNodeAsync(Node node, CancellationToken cancellation) => Task.CompletedTask;

    public ValueTask HeartbeatAsync(string nodeName, NodeStatus status, CancellationToken cancellation) =>
        ValueTask.CompletedTask;

    public ValueTask<long> RenewLeaseAsync(string nodeName, TimeSpan term, CancellationToken cancellation) =>
        ValueTask.FromResult(0L);

    public ValueTask ReportPodStatusAsync(
        string @namespace, string name, string uid, PodStatus status, CancellationToken cancellation) =>
        Tell(uid, status, false);

    public ValueTask ReportPodStoppedAsync(
        string @namespace, string name, string uid, PodStatus finalStatus, CancellationToken cancellation) =>
        Tell(uid, finalStatus, true);

    public ValueTask<Status?> SendAsync(EntityKey to, Command command, CancellationToken cancellation) =>
        _inner.SendAsync(to, command, cancellation);

    public ValueTask<T?> GetAsync<T>(string @namespace, string name, CancellationToken cancellation)
        where T : KubeObject => _inner.GetAsync<T>(@namespace, name, cancellation);

    public ValueTask<IReadOnlyList<T>> ListAsync<T>(string @namespace, CancellationToken cancellation)
        where T : KubeObject => _inner.ListAsync<T>(@namespace, cancellation);

    public IAsyncEnumerable<KubeObject> ConfigurationChangesAsync(CancellationToken cancellation) =>
        _inner.ConfigurationChangesAsync(cancellation);

    public void RecordEvent(ObjectReference involved, string type, string reason, string message, string component) =>
        Events.Enqueue($"{involved.Name} {type} {reason} {message}");

    private ValueTask Tell(string uid, PodStatus status, bool isStopped)
    {
        _latest[uid] = (status, isStopped);
        _news.Writer.TryWrite(uid);
        return ValueTask.CompletedTask;
    }
}
