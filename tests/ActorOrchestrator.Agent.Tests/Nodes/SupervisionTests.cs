using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>What a worker that throws, and an agent that throws, do to the containers of a machine.</summary>
public sealed class SupervisionTests : IDisposable
{
    private const int WorkerFailed = 4105;
    private const int AgentFailed = 4107;

    private readonly AgentLoop _loop = new();
    private readonly FakeRuntime _runtime;
    private readonly FakePodFiles _files = new();
    private readonly FakeCluster _cluster = new();
    private readonly FakeLog _log = new();
    private IActorRef _node = ActorRefs.Nobody;

    public SupervisionTests() => _runtime = new FakeRuntime(_loop.Time);

    public void Dispose()
    {
        _loop.System.Stop(_node);
        _loop.Settle();
    }

    [Fact]
    public void A_worker_that_throws_goes_on_from_what_the_runtime_holds()
    {
        Start(Pod("web"), Pod("db"));
        _cluster.EventBug = "BackOff";
        Crash("web", times: 2);
        Assert.Equal(["Bug in the worker of pod shop/web; it starts anew in 10 s"], _log.Of(WorkerFailed));
        Assert.Contains(
            "Warning FailedSync Error syncing pod, starting anew in 10 s: no way to tell of BackOff", _cluster.Events);
        _cluster.EventBug = null;

        _loop.Advance(9.9);
        Assert.Equal(1u, _runtime.Newest("web").Attempt);
        _loop.Advance(0.2);

        Assert.Equal(2u, _runtime.Newest("web").Attempt);
        Assert.Equal(2, _cluster.Reports[^1].ContainerStatuses.Single(c => c.Name == "web").RestartCount);
        Assert.Single(_log.Of(WorkerFailed));
    }

    [Fact]
    public void Other_pods_do_not_notice_a_worker_that_throws()
    {
        Start(Pod("web"), Pod("db"));
        _cluster.EventBug = "BackOff";
        Crash("web", times: 2);
        _runtime.Calls.Clear();

        Crash("db", times: 1);

        Assert.Equal(["create db/1", "start db/1"], _runtime.Calls);
    }

    [Fact]
    public void What_is_wanted_while_a_worker_is_away_is_done_by_the_next()
    {
        Start(Pod("web"), Pod("db"));
        _cluster.EventBug = "BackOff";
        Crash("web", times: 2);
        _cluster.Assign(new Assignment.Changed(Pod("web")));
        _cluster.Assign(new Assignment.Removed("shop", "web", "uid-web"));
        _loop.Advance(5);
        Assert.Equal(2, _runtime.Sandboxes.Count());

        _loop.Advance(6);

        Assert.Equal("uid-db", _runtime.Sandboxes.Single().Uid);
    }

    [Fact]
    public void A_worker_that_throws_again_and_again_waits_ever_longer()
    {
        Start(Poisoned("bad"), Pod("web"));

        _loop.Advance(1000);

        Assert.Equal(
            [10, 20, 40, 80, 160, 300, 300, 300],
            _log.Of(WorkerFailed).Select(line => int.Parse(line.Split(' ')[^2])));
        Assert.Equal(ContainerRuntimeState.Running, _runtime.Newest("web").State);
        Assert.Single(_runtime.Sandboxes);
    }

    [Fact]
    public void A_pod_that_no_worker_could_take_up_runs_once_it_is_mended()
    {
        Start(Poisoned("bad"));

        _cluster.Assign(new Assignment.Changed(Pod("bad")));
        _loop.Advance(11);

        Assert.Equal(ContainerRuntimeState.Running, _runtime.Newest("bad").State);
        Assert.Single(_log.Of(WorkerFailed));
    }

    [Fact]
    public void A_pod_that_ends_its_workers_can_still_be_deleted_with_force()
    {
        Start(Pod("web"));
        _cluster.EventBug = "BackOff";
        Crash("web", times: 2);

        _cluster.Assign(new Assignment.Removed("shop", "web", "uid-web"));
        _loop.Advance(11);

        Assert.Empty(_runtime.Sandboxes);
        Assert.Contains("remove traces uid-web", _files.Calls);
    }

    [Fact]
    public void An_agent_that_throws_begins_anew_and_containers_run_on()
    {
        Start(Pod("web"));
        _runtime.Calls.Clear();
        _files.KnownBug = "no way to list";
        Restart(Pod("web"));
        Assert.Equal(["Bug in the agent of node n1; it starts anew in 10 s"], _log.Of(AgentFailed));
        Assert.Contains("Warning AgentFailed The agent failed, starting anew in 10 s: no way to list", _cluster.Events);

        _files.KnownBug = null;
        _cluster.Assign(new Assignment.Snapshot([Pod("web")]));
        _loop.Advance(11);
        Crash("web", times: 1);

        Assert.Equal(["version", "version", "create web/1", "start web/1"], Calls);
        Assert.Single(_log.Of(AgentFailed));
    }

    [Fact]
    public void An_agent_that_throws_again_and_again_waits_ever_longer()
    {
        _files.KnownBug = "no way to list";
        Start();
        for (var i = 0; i < 4; i++)
        {
            _cluster.Assign(new Assignment.Snapshot([]));
            _loop.Advance(100);
        }

        Assert.Equal([10, 20, 40, 80], _log.Of(AgentFailed).Select(line => int.Parse(line.Split(' ')[^2])).Take(4));
    }

    [Fact]
    public void An_agent_behind_by_a_full_mailbox_tells_all_workers_again()
    {
        Start(Pod("web"), Pod("db"));

        for (var i = 0; i < 3000; i++)
        {
            _loop.System.ActorSelection(_node.Path / "*").Tell(new NodeMessage.TellAgain("uid-web"));
        }

        _loop.Settle();
        Crash("db", times: 1);

        Assert.Equal(["the agent's mailbox was full: all workers are told again what is wanted"], _log.Of(4108));
        Assert.Equal(1u, _runtime.Newest("db").Attempt);
    }

    private IEnumerable<string> Calls => _runtime.Calls.Where(call => call != "status");

    private static Pod Pod(string name)
    {
        var pod = PodSpecs.Of(PodSpecs.App(name));
        return pod with { Metadata = pod.Metadata with { Name = name, Uid = $"uid-{name}" } };
    }

    /// <summary>A pod whose status no worker can read.</summary>
    public static Pod Poisoned(string name)
    {
        var pod = Pod(name);
        return pod with { Status = pod.Status with { ContainerStatuses = [new ContainerStatus { Name = null! }] } };
    }

    private void Crash(string container, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _runtime.Exit(container, 1);
            _loop.Settle();
        }
    }

    private void Start(params Pod[] pods)
    {
        var settings = new NodeSettings { NodeName = "n1", HostIps = ["192.168.0.1"], Version = "v1" };
        _cluster.Assign(new Assignment.Snapshot(pods));
        _node = _loop.System.ActorOf(NodeSupervisor.Props(settings, new NodePorts(
            _runtime, _cluster, _files, new FakeProber(), new FakeMachine(), _loop.Time, _log,
            AgentInstruments.Shared)));
        _loop.Settle();
    }

    private void Restart(params Pod[] pods)
    {
        Dispose();
        Start(pods);
    }
}
