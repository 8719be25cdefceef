using ActorOrchestrator.Agent.Pods;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>
/// Keeps a machine's agent going. An agent that throws is stopped with all its workers, as if the process had ended:
/// containers run on, and the next agent takes them over from the runtime's inventory. It begins after 10 s, 20 s …
/// 5 min, so that a bug that comes back at once neither spins nor fills the log.
/// </summary>
public sealed partial class NodeSupervisor : UntypedActor, IWithTimers
{
    /// <summary>Where the agent and its workers run; set by whoever makes the actor system.</summary>
    internal const string Dispatcher = "akka.actor.agent-dispatcher";
    private const string AgentMailbox = "akka.actor.agent-mailbox";

    private readonly NodeSettings _settings;
    private readonly NodePorts _ports;
    private IActorRef _agent = ActorRefs.Nobody;
    private BackOff? _backOff;
    private Exception? _failure;

    public NodeSupervisor(NodeSettings settings, NodePorts ports)
    {
        _settings = settings;
        _ports = ports;
    }

    /// <summary>Akka's, who sets it before the actor starts.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeSettings settings, NodePorts ports) =>
        Akka.Actor.Props.Create<NodeSupervisor>(settings, ports).WithDispatcher(Dispatcher);

    protected override void PreStart() => Start();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1, Timeout.Infinite, cause =>
        {
            _failure = cause;
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ended when _failure is { } cause:
                OnFailed(cause);
                break;
            case StartAnew:
                Start();
                break;
            case ShutdownAsked when _agent.IsNobody():
                Sender.Tell(new Status.Failure(new InvalidOperationException("the agent has failed, and starts anew")));
                break;
            case ShutdownAsked:
                _agent.Forward(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Start()
    {
        _agent = Context.ActorOf(
            Akka.Actor.Props.Create<NodeAgent>(_settings, _ports)
                .WithDispatcher(Dispatcher).WithMailbox(AgentMailbox));
        Context.WatchWith(_agent, Ended.Instance);
    }

    private void OnFailed(Exception cause)
    {
        _failure = null;
        _agent = ActorRefs.Nobody;
        var now = _ports.Time.GetUtcNow();
        _backOff = BackOff.Next(_backOff, now, now);
        Timers.StartSingleTimer(StartAnew.Instance, StartAnew.Instance, _backOff.Delay);
        var seconds = _backOff.Delay.TotalSeconds;
        LogAgentFailed(_ports.Log, _settings.NodeName, seconds, cause);
        _ports.RecordOfNode(
            _settings.NodeName, PodEvent.Warning, "AgentFailed",
            $"The agent failed, starting anew in {seconds:0} s: {cause.GetBaseException().Message}");
    }

    [LoggerMessage(4107, LogLevel.Error, "Bug in the agent of node {Node}; it starts anew in {Seconds} s")]
    private static partial void LogAgentFailed(ILogger log, string node, double seconds, Exception problem);

    private sealed class Ended : INoSerializationVerificationNeeded
    {
        public static readonly Ended Instance = new();
    }

    private sealed class StartAnew : INoSerializationVerificationNeeded
    {
        public static readonly StartAnew Instance = new();
    }
}
