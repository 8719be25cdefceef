using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Mailboxes;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Statics;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>
/// The agent of one machine: registers its node, tells that it lives, and supervises one <see cref="PodWorker"/> for
/// each pod that is bound to it or that the runtime still holds. Stopping it touches no container; started again it
/// takes over what runs.
/// <code>
///   registering ──► static pods ──► following assignments, configuration, the runtime's events; beating; relisting
///                        │ first snapshot: the runtime's inventory, a worker for each pod in either
///                        └ a worker threw: stopped; after a back-off another one, from the inventory
/// </code>
/// Whatever waits is a task whose outcome comes back as a message, so the agent itself never does.
/// </summary>
public sealed partial class NodeAgent : UntypedActor, IWithTimers, IDisposable
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(10);

    private const int BeatsBetweenRegistrations = 6;
    private const string AssignmentStream = "the stream of assignments";

    private readonly NodeSettings _settings;
    private readonly NodePorts _ports;
    private readonly NodeHeart _heart;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _stop;
    private readonly UnclaimedPods _unclaimed = new();
    private WorkerSet? _workers;
    private StaticPodSet? _statics;
    private IActorRef _reclaimer = ActorRefs.Nobody;
    private int _beats;
    private bool _isRecovered;
    private bool _isListing;
    private bool _isListOutdated;

    public NodeAgent(NodeSettings settings, NodePorts ports)
    {
        _settings = settings;
        _ports = ports;
        _heart = new NodeHeart(settings, ports);
        _stop = _ending.Token;
    }

    /// <summary>Akka's, who sets it before the actor starts.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    private WorkerSet Workers => _workers ?? throw new InvalidOperationException("the node is not registered yet");

    public void Dispose() => _ending.Dispose();

    protected override void PreStart() => Beat();

    protected override void PostStop()
    {
        // On this thread: what listens only notes the end.
        _ending.Cancel();
        Dispose();
        _workers?.Release();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeMessage.Beat:
                Beat();
                break;
            case ShutdownAsked:
                OnShutdownAsked();
                break;
            case NodeMessage.ShutdownDue:
                ShutDown();
                break;
            case NodeMessage.Beaten:
                OnBeaten();
                break;
            case NodeMessage.LeaseDue or NodeMessage.LeaseAnswered or NodeMessage.LeaseOver:
                OnLease((NodeMessage)message);
                break;
            case NodeMessage.Arrived arrived:
                Take(arrived.Item);
                ShutDown();
                AskForLease();
                Follow(arrived.Stream);
                break;
            case NodeMessage.Failed failed:
                OnFailed(failed);
                break;
            case NodeMessage.Again again:
                Attempt(again.What, again.Work, again.Failures);
                break;
            case NodeMessage.Relist:
                Relist();
                break;
            case NodeMessage.Relisted relisted:
                OnRelisted(relisted.Inventory);
                break;
            default:
                OnPodMessage(message);
                break;
        }
    }

    private void OnPodMessage(object message)
    {
        switch (message)
        {
            case NodeMessage.SandboxKnown known:
                Workers.RememberSandbox(known.SandboxId, known.Uid);
                break;
            case NodeMessage.UnclaimedFound found:
                foreach (var uid in found.Uids)
                {
                    EndOrphan(uid, found.Inventory);
                }

                break;
            case NodeMessage.TracesLeft left:
                RemoveTraces(left.Place);
                break;
            case NodeMessage.WorkerEnded ended:
                OnWorkerEnded(ended.Uid);
                ShutDown();
                break;
            case NodeMessage.Revive revive:
                Attempt("the restart of a worker", async () => new NodeMessage.Revived(
                    revive.Uid, await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, _stop)));
                break;
            case NodeMessage.Revived revived:
                Workers.Revive(revived.Uid, RemainsOf(revived.Uid, revived.Inventory));
                _toldToEnd.Remove(revived.Uid);
                ShutDown();
                break;
            case NodeMessage.MirrorsDue:
                OnMirrorsDue();
                break;
            case NodeMessage.MirrorAnswered answered:
                OnMirrorAnswered(answered);
                break;
            case NodeMessage.PodsAsked:
                Sender.Tell(_isRecovered
                    ? new ReclaimMessage.Present([.. Workers.Pods])
                    : new ReclaimMessage.Unknown());
                break;
            case NodeMessage.Pressed pressed:
                Workers.Pressures = _heart.Pressures = pressed.Conditions;
                break;
            case NodeMessage.ForPod told:
                Workers.Tell(told.Uid, told.Message);
                break;
            case NodeMessage.TellAgain again:
                Workers.TellAgain(again.Uid);
                break;
            case MailboxOverflowed:
                // Only workers' wishes to be told again are expendable here.
                LogOverflowed(_ports.Log);
                foreach (var uid in Workers.Uids)
                {
                    Workers.TellAgain(uid);
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Begins what takes time, and hears of its outcome; after a failure it is begun again, ever more
    /// slowly.</summary>
    private void Attempt(string what, Func<Task<NodeMessage>> work, int failures = 0) => work().PipeTo(
        Self, useConfigureAwait: true,
        failure: problem => new NodeMessage.Failed(what, work, failures, problem.Message));

    private void OnFailed(NodeMessage.Failed failed)
    {
        var delay = BackOff.Doubling(RetryFirst, RetryLongest, failed.Failures);
        LogRetry(_ports.Log, failed.What, delay.TotalMilliseconds, failed.Problem);
        Timers.StartSingleTimer(
            failed.Work, new NodeMessage.Again(failed.What, failed.Work, failed.Failures + 1), delay);
    }

    private void Beat()
    {
        _isBeating = true;
        // A node that somebody deleted comes back by itself.
        if (_beats % BeatsBetweenRegistrations == 0)
        {
            Attempt("registration", RegisterAsync);
        }
        else
        {
            Attempt("heartbeat", HeartbeatAsync);
        }
    }

    private async Task<NodeMessage> RegisterAsync()
    {
        if (_beats == 0)
        {
            await _heart.IdentifyRuntimeAsync(_stop);
        }

        await _ports.Cluster.RegisterNodeAsync(await _heart.NodeAsync(_stop), _stop);
        return new NodeMessage.Beaten();
    }

    private async Task<NodeMessage> HeartbeatAsync()
    {
        await _ports.Cluster.HeartbeatAsync(_settings.NodeName, await _heart.StatusAsync(_stop), _stop);
        return new NodeMessage.Beaten();
    }

    private void OnBeaten()
    {
        _isBeating = false;
        if (_beats++ == 0)
        {
            Begin();
        }

        if (_isBeatDue)
        {
            _isBeatDue = false;
            Beat();
        }
        else
        {
            Timers.StartSingleTimer(nameof(Beat), new NodeMessage.Beat(), _settings.HeartbeatInterval);
        }
    }

    private void Begin()
    {
        LogBegins(_ports.Log, _settings.NodeName, _heart.Version.Name, _heart.Version.Version);
        _workers = new WorkerSet(Context, new WorkerPorts(
            _ports.Runtime, _ports.Cluster, _ports.Files, _ports.Prober,
            new NodeView(_settings.NodeName, NodeView.OnePerFamily(_settings.HostIps), _heart.Version.Name)
            {
                AlertsAllContainers = _ports.Groups is { AlertAllContainers: true },
            },
            new PodEnvironment(_settings.Dns, _settings.MachineDns, NodeReport.Allocatable(_settings, _heart.Facts)),
            new WorkerLimits(_settings.ParallelSandboxes, _settings.ParallelPulls, new UserRanges(_settings.MaxPods)),
            _ports.Time, _ports.Log, _ports.Instruments, Self)
        {
            Groups = _ports.Groups, Fence = _ports.Fence,
        }, _heart.Facts)
        {
            Node = _heart.Introduced, AllowedUnsafeSysctls = _settings.AllowedUnsafeSysctls,
        };
        if (_heart.IsShuttingDown)
        {
            _workers.Close();
        }

        _statics = new StaticPodSet(_workers);
        _reclaimer = Context.ActorOf(Reclaimer.Props(_settings, _ports));
        Follow(_ports.Manifests is null
            ? new NodeStream(AssignmentStream, AssignmentsAsync)
            : new NodeStream("the manifests of static pods", ManifestsAsync));
        Follow(new NodeStream("the runtime's event stream", _ports.Runtime.EventsAsync));
        Follow(new NodeStream("the stream of configuration", _ports.Cluster.ConfigurationChangesAsync));
        if (_ports.Network is { } network)
        {
            Follow(new NodeStream("the state of the pod network", network.ChangesAsync));
        }

        Timers.StartSingleTimer(nameof(Relist), new NodeMessage.Relist(), _settings.RelistInterval);
    }

    private void Follow(NodeStream stream) => Attempt(stream.What, () => stream.NextAsync(_stop));

    private async IAsyncEnumerable<object> AssignmentsAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var assignment in _ports.Cluster.AssignmentsAsync(_settings.NodeName, stop))
        {
            var isFirst = assignment is Assignment.Snapshot && !_isRecovered;
            yield return new Assigned(
                assignment, isFirst ? await RuntimeInventory.ReadAsync(_ports.Runtime, _ports.Time, stop) : null);
        }
    }

    private void Take(object item)
    {
        switch (item)
        {
            case Assigned { Assignment: Assignment.Snapshot snapshot } assigned:
                TakeSnapshot(snapshot, assigned.Inventory);
                break;
            case Assigned { Assignment: Assignment.Changed changed } when StaticPods.IsMirror(changed.Pod):
                TakeMirror(changed.Pod);
                break;
            case Assigned { Assignment: Assignment.Changed changed }:
                Workers.Desire(changed.Pod, PodRemains.None);
                break;
            case Assigned { Assignment: Assignment.NodeChanged changed }:
                TakeNode(changed.Node);
                SettleStatics();
                break;
            case Assigned { Assignment: Assignment.Removed removed }:
                Workers.Remove(removed.Uid, isForced: true);
                ForgetMirror(removed.Uid);
                break;
            case ManifestsRead read:
                TakeManifests(read);
                break;
            case RuntimeEvent { Kind: RuntimeEventKind.Reconnected }:
                Relist();
                break;
            case RuntimeEvent { Kind: not RuntimeEventKind.ContainerStarted } told:
                Route(told);
                break;
            case KubeObject changed:
                Workers.TellUsersOf(changed);
                break;
            case NetworkChanged:
                BeatAtOnce();
                break;
        }
    }

    private void TakeSnapshot(Assignment.Snapshot snapshot, RuntimeInventory? inventory)
    {
        // Older pods first: of those that do not fit together, the younger are refused.
        var pods = snapshot.Pods.Where(p => !StaticPods.IsMirror(p)).OrderBy(p => p.Metadata.CreationTimestamp)
            .ThenBy(p => p.Metadata.Uid, StringComparer.Ordinal).ToList();
        var wanted = pods.Select(p => p.Metadata.Uid ?? "").Concat(Statics.Uids).ToHashSet(StringComparer.Ordinal);
        TakeNode(snapshot.Node ?? Workers.Node);

        // What is to end first: what begins may have to wait for it.
        foreach (var gone in Workers.Uids.Where(uid => !wanted.Contains(uid)).ToList())
        {
            Workers.Remove(gone, isForced: false);
        }

        var orphans = inventory?.Pods.Keys.Where(uid => !wanted.Contains(uid) && !Workers.Has(uid)).ToList() ?? [];
        foreach (var uid in orphans)
        {
            EndOrphan(uid, inventory!);
        }

        foreach (var pod in pods)
        {
            Workers.Desire(pod, RemainsOf(pod.Metadata.Uid ?? "", inventory));
        }

        Statics.TakeMirrors(snapshot.Pods.Where(StaticPods.IsMirror));
        SettleStatics();
        if (inventory is null)
        {
            return;
        }

        RemoveOldTraces(inventory);
        _ports.Fence?.ForgetAllBut(Workers.Uids);
        _isRecovered = true;
        LogRecovered(_ports.Log, pods.Count, orphans.Count);
    }

    /// <summary>One that the cluster takes for lost says at once that it is not.</summary>
    private void TakeNode(Node? node)
    {
        Workers.Node = node;
        if (node is not null && NodeMembers.IsSilent(node))
        {
            BeatAtOnce();
        }
    }

    private void Route(RuntimeEvent told)
    {
        var containerId = told.Kind == RuntimeEventKind.SandboxExited ? "" : told.ContainerId;
        if (Workers.UidOf(told.SandboxId) is { } uid)
        {
            Workers.Tell(uid, new PodMessage.RuntimeChanged(containerId, told.SandboxId));
        }
    }
}
