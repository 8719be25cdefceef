using ActorOrchestrator.Agent.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>The orderly end of the machine's pods before the machine is shut down. It is not undone but by another
/// agent.</summary>
public sealed partial class NodeAgent
{
    private readonly List<IActorRef> _shutdownAskers = [];
    private readonly HashSet<string> _toldToEnd = new(StringComparer.Ordinal);
    private NodeShutdown? _shutdown;
    private bool _isBeating;
    private bool _isBeatDue;

    private void OnShutdownAsked()
    {
        _shutdownAskers.Add(Sender);
        if (!_heart.IsShuttingDown)
        {
            LogShutdown(_ports.Log, _settings.NodeName);
            _ports.RecordOfNode(
                _settings.NodeName, PodEvent.Normal, "NodeShutdown", "Shutdown manager detected shutdown event");
            _heart.IsShuttingDown = true;
            _workers?.Close();
            BeatAtOnce();
        }

        ShutDown();
    }

    /// <summary>Before the first snapshot it is not known which pods there are.</summary>
    private void ShutDown()
    {
        if (!_heart.IsShuttingDown || !_isRecovered)
        {
            return;
        }

        var now = _ports.Time.GetUtcNow();
        var former = _shutdown;
        _shutdown ??= NodeShutdown.Begin(_settings.Shutdown, now);
        for (NodeShutdown? before = null; before != _shutdown;)
        {
            before = _shutdown;
            EndPods(before, now);
            _shutdown = before.Next(_settings.Shutdown, Workers.Active, now);
        }

        if (_shutdown.Part == ShutdownPart.Over)
        {
            AnswerShutdown();
        }
        else if (_shutdown != former)
        {
            Timers.StartSingleTimer(nameof(ShutDown), new NodeMessage.ShutdownDue(), _shutdown.Until - now);
        }
    }

    private void EndPods(NodeShutdown shutdown, DateTimeOffset now)
    {
        if (shutdown.Part == ShutdownPart.Over)
        {
            return;
        }

        foreach (var uid in Workers.Active.Where(shutdown.Ends).Select(pod => pod.Metadata.Uid ?? "").ToList())
        {
            if (_toldToEnd.Add(uid))
            {
                Workers.Tell(uid, new PodMessage.Evicted(shutdown.EvictionAt(now)));
            }
        }
    }

    private void AnswerShutdown()
    {
        if (_shutdownAskers.Count == 0)
        {
            return;
        }

        List<string> left = [.. Workers.Active.Select(pod => $"{pod.Metadata.Namespace}/{pod.Metadata.Name}")];
        LogShutdownOver(_ports.Log, left.Count == 0 ? "all have ended" : $"still there: {string.Join(' ', left)}");
        foreach (var asker in _shutdownAskers)
        {
            asker.Tell(new ShutdownEnded(left));
        }

        _shutdownAskers.Clear();
    }

    /// <summary>The cluster is to know of it before it replaces the first pod.</summary>
    private void BeatAtOnce()
    {
        if (_isBeating)
        {
            _isBeatDue = true;
            return;
        }

        Timers.Cancel(nameof(Beat));
        Beat();
    }
}
