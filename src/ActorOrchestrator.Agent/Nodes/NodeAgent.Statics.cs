using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Statics;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>Static pods: what files say is run, and shown to the API by mirrors.</summary>
public sealed partial class NodeAgent
{
    /// <summary>Nothing is asked of the API more often: neither what did not come to be, nor what somebody else undoes
    /// (of a node that was deleted, the garbage collector does until it is registered again).</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _mirrorProblems = new(StringComparer.Ordinal);
    private bool _areStaticsRecovered;

    private StaticPodSet Statics => _statics ?? throw new InvalidOperationException("the node is not registered yet");

    /// <summary>The first reading comes with what runs already.</summary>
    private async IAsyncEnumerable<object> ManifestsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var reading in _ports.Manifests!.ReadingsAsync(stop))
        {
            yield return _areStaticsRecovered
                ? new ManifestsRead(reading, null, new Dictionary<string, PodStatus>())
                : new ManifestsRead(
                    reading, await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, stop),
                    await StatusesAsync(reading, stop));
        }
    }

    /// <summary>What the API tells of the pods, so that restarts are counted on and nothing that has ended runs
    /// again, unless it has because the machine was shut down. They run without it, too.</summary>
    private async Task<IReadOnlyDictionary<string, PodStatus>> StatusesAsync(
        ManifestReading reading, CancellationToken stop)
    {
        var statuses = new Dictionary<string, PodStatus>(StringComparer.Ordinal);
        foreach (var metadata in reading.Pods.Select(pod => pod.Metadata))
        {
            try
            {
                var mirror = await _ports.Cluster.GetAsync<Pod>(metadata.Namespace!, metadata.Name!, stop);
                if (mirror is not null && metadata.Uid is { } uid && StaticPods.UidOnNode(mirror) == uid)
                {
                    statuses[uid] = NodeShutdown.Outlived(mirror.Status);
                }
            }
            catch (IOException away)
            {
                LogMirrorProblem(_ports.Log, metadata.Name!, FailureWords.Of(away));
            }
        }

        return statuses;
    }

    private void TakeManifests(ManifestsRead read)
    {
        foreach (var (file, problem) in Statics.Take(read.Reading))
        {
            LogManifestProblem(_ports.Log, file, problem);
            _ports.RecordOfNode(
                _settings.NodeName, PodEvent.Warning, "InvalidStaticPod", $"Static pod file \"{file}\": {problem}");
        }

        if (read.Inventory is { } inventory)
        {
            foreach (var former in Statics.Recover(inventory, read.Statuses))
            {
                EndOrphan(former, inventory);
            }

            if (!_areStaticsRecovered)
            {
                _areStaticsRecovered = true;
                Follow(new NodeStream(AssignmentStream, AssignmentsAsync));
            }
        }

        SettleStatics();
    }

    private void TakeMirror(Pod mirror)
    {
        Statics.TakeMirror(mirror);
        SettleStatics();
    }

    private void ForgetMirror(string uid)
    {
        if (Statics.ForgetMirror(uid))
        {
            SettleStatics();
        }
    }

    private void SettleStatics()
    {
        Statics.Settle();
        var now = _ports.Time.GetUtcNow();
        foreach (var step in Statics.MirrorSteps().ToList())
        {
            if (!RetryTime.IsDue(_asked.GetValueOrDefault(step.Key), now, AskAgain))
            {
                continue;
            }

            _asked[step.Key] = now + AskAgain;
            Timers.StartSingleTimer(nameof(NodeMessage.MirrorsDue), new NodeMessage.MirrorsDue(), AskAgain);
            AskForMirrorAsync(step).PipeTo(
                Self, useConfigureAwait: true,
                failure: problem => new NodeMessage.MirrorAnswered(step.Key, problem.Message));
        }
    }

    private async Task<NodeMessage> AskForMirrorAsync(MirrorStep step)
    {
        var refusal = await _ports.Cluster.SendAsync(step.To, step.Command, _stop);
        // Somebody was faster, which is as good.
        var isGone = step.Command is Delete && refusal is { Reason: StatusReasons.NotFound or StatusReasons.Conflict };
        return new NodeMessage.MirrorAnswered(step.Key, isGone ? null : refusal?.Message);
    }

    private void OnMirrorsDue()
    {
        var now = _ports.Time.GetUtcNow();
        var due = _asked.Where(asked => RetryTime.IsDue(asked.Value, now, AskAgain)).Select(asked => asked.Key);
        foreach (var key in due.ToList())
        {
            _asked.Remove(key);
        }

        SettleStatics();
        foreach (var key in _mirrorProblems.Keys.Where(key => !_asked.ContainsKey(key)).ToList())
        {
            _mirrorProblems.Remove(key);
        }
    }

    private void OnMirrorAnswered(NodeMessage.MirrorAnswered answered)
    {
        if (answered.Problem is not { } problem)
        {
            _mirrorProblems.Remove(answered.Key);
        }
        else if (_mirrorProblems.GetValueOrDefault(answered.Key) != problem)
        {
            _mirrorProblems[answered.Key] = problem;
            LogMirrorProblem(_ports.Log, answered.Key, problem);
            _ports.RecordOfNode(
                _settings.NodeName, PodEvent.Warning, "FailedMirrorPod", $"Static pod, {answered.Key}: {problem}");
        }
    }
}

/// <summary>The manifests of static pods; the first time with what runs already and what the API tells of it.</summary>
internal sealed record ManifestsRead(
    ManifestReading Reading, RuntimeInventory? Inventory, IReadOnlyDictionary<string, PodStatus> Statuses);
