using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Domain.Pods;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace ActorOrchestrator.Agent.Tests.Nodes;

/// <summary>Supervision on the dispatchers that production has, with alarms that the test rings.</summary>
public sealed class SupervisionOnThreadsTests : TestKit
{
    private static readonly NodeSettings Settings = new()
    {
        NodeName = "n1", HostIps = ["192.168.0.1"], Version = "v1",
    };

    private readonly FakeCluster _cluster = new();
    private readonly FakePodFiles _files = new();

    public SupervisionOnThreadsTests() : base(AgentSettings.VirtualAlarms + AgentSettings.Akka) =>
        _cluster.OnEvent = told => TestActor.Tell(told, TestActor);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestScheduler Alarms => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_worker_that_throws_at_each_start_waits_ever_longer()
    {
        _cluster.Assign(new Assignment.Snapshot([SupervisionTests.Poisoned("bad")]));

        StartNode();

        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 300, 300 })
        {
            var told = ExpectMsg<string>(cancellationToken: Cancellation);
            Assert.StartsWith($"Warning FailedSync Error syncing pod, starting anew in {seconds} s: ", told);
            Alarms.Advance(TimeSpan.FromSeconds(seconds));
        }
    }

    [Fact]
    public void An_agent_that_throws_is_followed_by_another()
    {
        _files.KnownBug = "no way to list";
        _cluster.Assign(new Assignment.Snapshot([]));
        StartNode();
        Assert.Contains("starting anew in 10 s: no way to list", ExpectMsg<string>(cancellationToken: Cancellation));

        _cluster.Assign(new Assignment.Snapshot([]));
        Alarms.Advance(TimeSpan.FromSeconds(10));

        Assert.Contains("starting anew in 20 s: no way to list", ExpectMsg<string>(cancellationToken: Cancellation));
    }

    private void StartNode() => Sys.ActorOf(NodeSupervisor.Props(Settings, new NodePorts(
        new FakeRuntime(TimeProvider.System), _cluster, _files, new FakeProber(), new FakeMachine(),
        TimeProvider.System, new FakeLog(), AgentInstruments.Shared)));
}
