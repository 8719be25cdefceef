using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain.Nodes;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>
/// The machine's lease, which is asked for while fenced pods are here (<see cref="NodeFence"/>). Who would have to end
/// them when it is over does so by itself (<see cref="Pods.PodWorker"/>), and without the agent
/// (<see cref="IFenceStore"/>); the agent has them look in time.
/// </summary>
public sealed partial class NodeAgent
{
    private static readonly TimeSpan LeaseRetry = TimeSpan.FromSeconds(1);

    /// <summary>No answer is waited for longer.</summary>
    private static readonly TimeSpan LeaseAnswerWithin = TimeSpan.FromSeconds(5);

    private bool _isLeaseAsked;
    private string? _leaseProblem;

    /// <summary>While nothing fenced is here there is none.</summary>
    private void AskForLease()
    {
        if (_ports.Fence is not { } fence || !_isRecovered)
        {
            return;
        }

        if (!Workers.HasFenced)
        {
            if (Workers.Node is { } node)
            {
                fence.Learn(NodeFences.CountOf(node));
            }

            return;
        }

        if (_isLeaseAsked || Timers.IsTimerActive(nameof(NodeMessage.LeaseDue)))
        {
            return;
        }

        _isLeaseAsked = true;
        AskForLeaseAsync(fence).PipeTo(Self, useConfigureAwait: true);
    }

    private async Task<NodeMessage> AskForLeaseAsync(NodeFence fence)
    {
        var askedAt = fence.Now;
        using var limit = new CancellationTokenSource(
            LeaseAnswerWithin < fence.AskEvery ? LeaseAnswerWithin : fence.AskEvery, _ports.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop);
        try
        {
            var declared = await _ports.Cluster.RenewLeaseAsync(_settings.NodeName, fence.Term, both.Token);
            return new NodeMessage.LeaseAnswered(askedAt, declared, null);
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException)
        {
            return new NodeMessage.LeaseAnswered(askedAt, null, FailureWords.Of(failed));
        }
    }

    private void OnLease(NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.LeaseAnswered answered:
                OnLeaseAnswered(_ports.Fence!, answered);
                break;
            case NodeMessage.LeaseOver:
                Workers.LookAtLease();
                break;
            case NodeMessage.LeaseDue:
                AskForLease();
                break;
        }
    }

    private void OnLeaseAnswered(NodeFence fence, NodeMessage.LeaseAnswered answered)
    {
        _isLeaseAsked = false;
        if (answered.Declared is not { } declared)
        {
            if (_leaseProblem is null)
            {
                LogNoLease(_ports.Log, fence.Left.TotalSeconds, answered.Problem!);
            }

            _leaseProblem = answered.Problem;
            Timers.StartSingleTimer(nameof(NodeMessage.LeaseDue), new NodeMessage.LeaseDue(), LeaseRetry);
            return;
        }

        bool hasHeld;
        try
        {
            hasHeld = fence.Renew(answered.AskedAt, declared);
        }
        catch (IOException full)
        {
            OnLeaseAnswered(fence, answered with { Declared = null, Problem = FailureWords.Of(full) });
            return;
        }

        _leaseProblem = null;
        if (!hasHeld)
        {
            LogFenced(_ports.Log, _settings.NodeName);
        }

        Workers.OnRenewed(hasHeld);
        Timers.StartSingleTimer(nameof(NodeMessage.LeaseDue), new NodeMessage.LeaseDue(), fence.AskEvery);
        Timers.StartSingleTimer(nameof(NodeMessage.LeaseOver), new NodeMessage.LeaseOver(), fence.Left);
    }
}
