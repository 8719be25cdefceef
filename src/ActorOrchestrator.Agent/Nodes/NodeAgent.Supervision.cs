using ActorOrchestrator.Agent.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

public sealed partial class NodeAgent
{
    /// <summary>
    /// A worker that throws is stopped, and its containers run on: what it knew may be wrong, and Akka's own restart
    /// would begin at once, with what the worker was first given. Another one goes on from the runtime's inventory
    /// after 10 s, 20 s … 5 min (<see cref="BackOff"/>). Other pods do not notice. The reclaimer looks at everything
    /// again after its interval, so Akka's restart does for it.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1, Timeout.Infinite, cause =>
        {
            if (Sender.Equals(_reclaimer))
            {
                LogReclaimerFailed(_ports.Log, cause);
                return Directive.Restart;
            }

            Workers.NoteFailure(Sender, cause);
            return Directive.Stop;
        },
        loggingEnabled: false);

    private void OnWorkerEnded(string uid)
    {
        if (Workers.OnEnded(uid, _ports.Time.GetUtcNow()) is not { } failure)
        {
            SettleStatics();
            return;
        }

        var (metadata, delay) = (failure.Pod.Metadata, failure.Delay.TotalSeconds);
        Timers.StartSingleTimer(uid, new NodeMessage.Revive(uid), failure.Delay);
        LogWorkerFailed(_ports.Log, $"{metadata.Namespace}/{metadata.Name}", delay, failure.Cause);
        Workers.Ports.Record(failure.Pod, new PodEvent(
            PodEvent.Warning, "FailedSync",
            $"Error syncing pod, starting anew in {delay:0} s: {failure.Cause.GetBaseException().Message}"));
    }
}
