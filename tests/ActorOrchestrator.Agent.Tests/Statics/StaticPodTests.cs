using System.Threading.Channels;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Statics;
using ActorOrchestrator.Agent.Tests.Nodes;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Tests.Statics;

/// <summary>A whole agent on virtual time, with manifests of static pods.</summary>
public sealed class StaticPodTests
{
    private readonly AgentLoop _loop = new();
    private readonly FakeRuntime _runtime;
    private readonly FakePodFiles _files = new();
    private readonly FakeLog _log = new();
    private FakeCluster _cluster = new();
    private FakeManifests _manifests = new();
    private IActorRef? _agent;

    public StaticPodTests() => _runtime = new FakeRuntime(_loop.Time);

    [Fact]
    public void Runs_before_the_control_plane_says_anything_and_is_shown_once_the_node_is_known()
    {
        Start(Web());
        Assert.Equal("Running", _cluster.StatusOf("web-n1").Phase);
        Assert.Empty(_cluster.Asked);

        Tell(new Assignment.Snapshot([]) { Node = Node("node-uid") });

        var (to, command) = Assert.Single(_cluster.Asked);
        Assert.Equal(new EntityKey("pods", "default", "web-n1"), to);
        var mirror = Assert.IsType<Pod>(Assert.IsType<Create>(command).Object);
        var uid = Web().Metadata.Uid;
        Assert.Null(mirror.Metadata.Uid);
        Assert.Equal(uid, mirror.Metadata.Annotations["kubernetes.io/config.mirror"]);
        Assert.Equal(uid, mirror.Metadata.Annotations["kubernetes.io/config.hash"]);
        var owner = Assert.Single(mirror.Metadata.OwnerReferences);
        Assert.Equal(("Node", "n1", "node-uid", true), (owner.Kind, owner.Name, owner.Uid, owner.Controller));

        Tell(new Assignment.Changed(Mirror(Web(), "m1")));
        _loop.Advance(100);
        Assert.Single(_cluster.Asked);
        Assert.DoesNotContain(_runtime.Calls, call => call.StartsWith("stop", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mirror_that_is_deleted_goes_at_once_and_comes_again_without_the_containers_noticing()
    {
        Start(Web());
        Tell(new Assignment.Snapshot([Mirror(Web(), "m1")]) { Node = Node("node-uid") });
        Assert.Empty(_cluster.Asked);
        var container = _runtime.Newest("app").Id;

        var going = Mirror(Web(), "m1");
        Tell(new Assignment.Changed(going with
        {
            Metadata = going.Metadata with { DeletionTimestamp = _loop.Time.GetUtcNow() },
        }));
        var deletion = Assert.IsType<Delete>(Assert.Single(_cluster.Asked).Command);
        Assert.Equal(("m1", 0), (deletion.Options.Preconditions?.Uid, deletion.Options.GracePeriodSeconds));

        var reports = _cluster.Reports.Count;
        Tell(new Assignment.Removed("default", "web-n1", "m1"));
        Assert.IsType<Create>(_cluster.Asked[^1].Command);
        Tell(new Assignment.Changed(Mirror(Web(), "m2")));

        Assert.Equal(reports + 1, _cluster.Reports.Count);
        Assert.Equal("Running", _cluster.Reports[^1].Phase);
        Assert.Equal((container, 0u), (_runtime.Newest("app").Id, _runtime.Newest("app").Attempt));
        Assert.DoesNotContain(_runtime.Calls, call => call.StartsWith("stop", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_asked_in_vain_is_told_once_and_asked_again()
    {
        _cluster.Refusal = Statuses.NotFound("namespaces", "shop");
        Start(Web());
        Tell(new Assignment.Snapshot([]) { Node = Node("node-uid") });
        _loop.Advance(35);

        Assert.InRange(_cluster.Asked.Count, 3, 5);
        const string Told = "Warning FailedMirrorPod Static pod, create pods/default/web-n1: ";
        Assert.Single(_cluster.Events, told => told.StartsWith(Told, StringComparison.Ordinal));
        Assert.Equal("Running", _cluster.StatusOf("web-n1").Phase);
    }

    /// <summary>As the garbage collector does while there is no node to own it.</summary>
    [Fact]
    public void A_mirror_that_is_removed_again_and_again_is_not_made_more_often_than_each_ten_seconds()
    {
        Start(Web());
        Tell(new Assignment.Snapshot([]) { Node = Node("node-uid") });
        for (var round = 0; round < 5; round++)
        {
            Tell(new Assignment.Changed(Mirror(Web(), $"m{round}")));
            Tell(new Assignment.Removed("default", "web-n1", $"m{round}"));
        }

        Assert.Single(_cluster.Asked);
        _loop.Advance(11);
        Assert.Equal(2, _cluster.Asked.Count);
    }

    [Fact]
    public void A_mirror_that_is_gone_when_it_is_to_go_is_nothing_to_tell()
    {
        _cluster.Refusal = Statuses.NotFound("pods", "web-n1");
        Start();
        Tell(new Assignment.Snapshot([Mirror(Web(), "m1")]) { Node = Node("node-uid") });

        Assert.IsType<Delete>(Assert.Single(_cluster.Asked).Command);
        Assert.DoesNotContain(_cluster.Events, told => told.Contains("FailedMirrorPod", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_file_ends_the_pod_before_the_next_begins_and_a_removed_one_ends_it()
    {
        Start(Web());
        Tell(new Assignment.Snapshot([Mirror(Web(), "m1")]) { Node = Node("node-uid") });
        var changed = Web("name: changed");
        _manifests.Tell(changed);
        _loop.Settle();

        Assert.Equal([Web().Metadata.Uid, changed.Metadata.Uid], _runtime.SandboxConfigs.Select(each => each.Uid));
        var calls = _runtime.Calls.ToList();
        Assert.InRange(
            calls.FindIndex(call => call.StartsWith("stop app/0", StringComparison.Ordinal)),
            0, calls.FindLastIndex(call => call.StartsWith("start", StringComparison.Ordinal)));
        Assert.IsType<Delete>(Assert.Single(_cluster.Asked).Command);
        Tell(new Assignment.Removed("default", "web-n1", "m1"));
        Assert.IsType<Create>(_cluster.Asked[^1].Command);
        Tell(new Assignment.Changed(Mirror(changed, "m2")));

        _manifests.Tell();
        _loop.Settle();
        Assert.Empty(_runtime.Sandboxes);
        Assert.Equal("m2", Assert.IsType<Delete>(_cluster.Asked[^1].Command).Options.Preconditions?.Uid);
    }

    [Fact]
    public void Bad_files_are_told_once()
    {
        Start(Web());
        var bad = new ManifestReading([Web()], new Dictionary<string, string> { ["bad.yaml"] = "it is empty" });
        _manifests.Tell(bad);
        _manifests.Tell(bad);
        _loop.Settle();

        Assert.Equal(
            ["Warning InvalidStaticPod Static pod file \"bad.yaml\": it is empty"],
            _cluster.Events.Where(told => told.Contains("InvalidStaticPod", StringComparison.Ordinal)));
        Assert.Equal(["static pod file \"bad.yaml\" is not followed: it is empty"], _log.Of(4120));
        Assert.Single(_runtime.Sandboxes);
    }

    [Fact]
    public void The_next_agent_takes_over_what_runs_and_ends_what_no_file_names_any_more()
    {
        var other = StaticManifest.Read(
            StaticManifestTests.Of("other", "containers: [{name: o, image: 'app:1'}]"), "n1");
        Start(Web(), other);
        Tell(new Assignment.Snapshot([]) { Node = Node("node-uid") });
        var container = _runtime.Newest("app").Id;
        Stop();
        Assert.Equal(2, _runtime.Sandboxes.Count());

        Start(Web());
        Tell(new Assignment.Snapshot([Mirror(Web(), "m1"), Mirror(other, "m2")]) { Node = Node("node-uid") });

        Assert.Equal(container, _runtime.Newest("app").Id);
        Assert.Equal(["web-n1"], _runtime.Sandboxes.Select(sandbox => sandbox.Name));
        Assert.Equal("m2", Assert.IsType<Delete>(_cluster.Asked[0].Command).Options.Preconditions?.Uid);
    }

    [Fact]
    public void A_mirror_of_nothing_is_removed_where_there_are_no_static_pods_at_all()
    {
        _manifests = null!;
        Start();
        Tell(new Assignment.Snapshot([Mirror(Web(), "m1")]) { Node = Node("node-uid") });

        Assert.IsType<Delete>(Assert.Single(_cluster.Asked).Command);
        Assert.Empty(_runtime.SandboxConfigs);
    }

    private static Pod Web(string label = "name: web") => StaticManifest.Read(
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, labels: {{{label}}}}}\n"
        + "spec:\n  containers: [{name: app, image: 'app:1', imagePullPolicy: IfNotPresent}]\n", "n1");

    /// <summary>Its mirror says that it has ended, which is true of the machine's former life only.</summary>
    [Fact]
    public void After_a_shutdown_of_the_machine_it_runs_again_and_has_another_mirror()
    {
        Start(Web());
        Tell(new Assignment.Snapshot([Mirror(Web(), "m1")]) { Node = Node("node-uid") });
        _ = _loop.Run(() => _agent!.Ask<ShutdownEnded>(new ShutdownAsked(), TimeSpan.FromHours(1)));
        _loop.Settle();
        var ended = Mirror(Web(), "m1") with { Status = _cluster.StatusOf("web-n1") };
        Assert.Equal("Terminated", ended.Status.Reason);
        Tell(new Assignment.Changed(ended));
        Assert.Empty(_cluster.Asked);
        Stop();

        _cluster.Store(ended);
        Start(Web());
        Tell(new Assignment.Snapshot([ended]) { Node = Node("node-uid") });
        Assert.Equal(("Running", 1u), (_cluster.StatusOf("web-n1").Phase, _runtime.Newest("app").Attempt));
        Assert.Equal("m1", Assert.IsType<Delete>(Assert.Single(_cluster.Asked).Command).Options.Preconditions?.Uid);
        Tell(new Assignment.Removed("default", "web-n1", "m1"));
        Assert.IsType<Create>(_cluster.Asked[^1].Command);
        Tell(new Assignment.Changed(Mirror(Web(), "m2")));
        Assert.Equal("Running", _cluster.Reports[^1].Phase);
    }

    private static Pod Mirror(Pod pod, string uid) => pod with
    {
        Metadata = pod.Metadata with
        {
            Uid = uid,
            Annotations = pod.Metadata.Annotations.With(StaticPods.MirrorAnnotation, pod.Metadata.Uid!),
        },
        Status = new PodStatus { Phase = "Pending" },
    };

    private static Node Node(string uid) => new()
    {
        Metadata = new ObjectMeta { Name = "n1", Uid = uid },
        Status = new NodeStatus
        {
            Allocatable = ValueMap<Quantity>.From(
            [
                new("cpu", Quantity.Parse("4")), new("memory", Quantity.Parse("8Gi")), new("pods", Quantity.Parse("9")),
            ]),
        },
    };

    private void Tell(Assignment assignment)
    {
        _cluster.Assign(assignment);
        _loop.Settle();
    }

    private void Start(params Pod[] pods)
    {
        _manifests?.Tell(pods);
        var settings = new NodeSettings { NodeName = "n1", HostIps = ["192.168.0.1"], Version = "v1" };
        _agent = _loop.System.ActorOf(NodeSupervisor.Props(settings, new NodePorts(
            _runtime, _cluster, _files, new FakeProber(), new FakeMachine(), _loop.Time, _log,
            AgentInstruments.Shared) { Manifests = _manifests }));
        _loop.Settle();
    }

    private void Stop()
    {
        _loop.System.Stop(_agent!);
        _loop.Settle();
        _cluster = new FakeCluster();
        _manifests = new FakeManifests();
    }

    private sealed class FakeManifests : IManifestSource
    {
        private readonly Channel<ManifestReading> _readings = Channel.CreateUnbounded<ManifestReading>();

        public void Tell(params Pod[] pods) => Tell(new ManifestReading(pods, ManifestReading.None.Problems));

        public void Tell(ManifestReading reading) => _readings.Writer.TryWrite(reading);

        public IAsyncEnumerable<ManifestReading> ReadingsAsync(CancellationToken cancellation) =>
            _readings.Reader.StreamAsync(cancellation);
    }
}
