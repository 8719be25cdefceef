using System.Text;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Projections;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.DaemonSets;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.PersistentVolumeClaims;
using ActorOrchestrator.Domain.PodDisruptionBudgets;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Domain.ReplicaSets;
using Akka.Actor;

namespace ActorOrchestrator.Actors.Tests.Serialization;

/// <summary>What members say to each other, as it crosses the network. A golden file is never changed again: members of
/// two releases must understand each other while a cluster is renewed.</summary>
public sealed class MessageFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static readonly EntityKey Owner = new("replicasets.apps", "default", "web");

    private static readonly Pod Pod = new()
    {
        Metadata = new ObjectMeta { Name = "web-1", Namespace = "default", Uid = "u-1" },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "nginx:1.25" }] },
        Status = new PodStatus { Phase = "Running" },
    };

    private static readonly Node Node = new()
    {
        Metadata = new ObjectMeta { Name = "n1" }, Status = new NodeStatus { Phase = "Running" },
    };

    private static readonly Message[] Samples =
    [
        new Create(Pod) { DryRun = true },
        new Replace(Pod) { Subresource = "status" },
        new SetScale(3, "17") { Writer = new FieldWriter("kubectl", "apps/v1", "scale", Noon) },
        new Delete(new DeleteOptions { GracePeriodSeconds = 5, Preconditions = new() { Uid = "u-1" } }),
        new BindPod("u-1", "n1"),
        new ChildReport(EntityKey.Of(Pod), "u-1", Pod),
        new ChildRefused(EntityKey.Of(Pod), "u-1", Statuses.Forbidden("pods", "web-1", "no")),
        new ReportToOwner(Owner, "u-1"),
        Resync.Instance,
        new AdoptableFound([Pod]),
        new Adopt(Owner, "u-1", new OwnerReference
        {
            ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "web", Uid = "u-9",
        }),
        new Release("u-1", "u-9"),
        new ResizeReplicaSet(
            new EntityKey("deployments.apps", "default", "web"), "u-8", "u-9", Generation: 3, Available: 2,
            Replicas: 4, MinReadySeconds: 5, ValueMap<string>.From([KeyValuePair.Create("revision", "7")])),
        new FinalizerDone("u-1", "foregroundDeletion"),
        new NamespaceContent(
            "u-2", ValueMap<int>.From([KeyValuePair.Create("pods", 2)]),
            ValueMap<int>.From([KeyValuePair.Create("example.com/hold", 1)])),
        new PodStatusReported("u-1", Pod.Status),
        new PodStopped("u-1", Pod.Status),
        new PodUnschedulable("u-1", "Unschedulable", "0/1 nodes are available"),
        new DisruptPod("u-3", "web-1", Noon, IsReady: true) { DryRun = true },
        new BudgetCounted("u-3", "17", new PodDisruptionBudgetStatus
        {
            ObservedGeneration = 2,
            CurrentHealthy = 3,
            DesiredHealthy = 2,
            ExpectedPods = 4,
            DisruptionsAllowed = 1,
            DisruptedPods = ValueMap<DateTimeOffset>.From([KeyValuePair.Create("web-1", Noon)]),
        }),
        new NodesMatched("u-4", Generation: 2, [new("n1", NodeFit.Fit), new("n2", NodeFit.Unfit)]),
        new RenumberRevision(new EntityKey("daemonsets.apps", "default", "logs"), "u-4", "u-5", Number: 3),
        new ProvideVolumeClaim(
            new EntityKey("statefulsets.apps", "default", "web"), "u-6", "web-0", "u-7",
            new PersistentVolumeClaim
            {
                Metadata = new ObjectMeta
                {
                    Name = "data-web-0",
                    Namespace = "default",
                    OwnerReferences =
                    [
                        new OwnerReference { ApiVersion = "apps/v1", Kind = "StatefulSet", Name = "web", Uid = "u-6" },
                    ],
                },
            },
            Creates: true),
        new VolumeClaimProvided(
            "u-6", "data-web-0", "u-6", Creates: true, VolumeClaimOutcome.Refused,
            Statuses.Forbidden("persistentvolumeclaims", "data-web-0", "no")),
        new RegisterNode(Node),
        new NodeHeartbeat(Node.Status),
        new NodeStopping("10.0.0.1:7946#17"),
        new MemberUnheard("10.0.0.1:7946#17", IsRemoved: true),
        new MachineHeard("10.0.0.1:7946#17/3"),
        new MachineUnheard("10.0.0.1:7946#17/3"),
        new CarrierUnheard("10.0.0.1:7946#17"),
        new NodeLives(),
        new RenewNodeLease(90),
        new AssignPodSubnet("u-7", "10.244.3.0/24", "10.244.0.0/16"),
        new NoPodSubnet("u-7", "all subnets are in use"),
        Wake.Instance,
    ];

    /// <summary>What an entity tells only itself: its own turn, and its timers; and what is of no release that is
    /// known.</summary>
    private static readonly Type[] HaveNoFormat =
    [
        typeof(Reconcile), typeof(AskAgain), typeof(CheckSilence), typeof(CheckAdrift),
        typeof(FenceDue), typeof(UnknownMessage),
    ];

    public static TheoryData<string> Manifests => [.. MessageFormats.All.Select(format => format.Manifest)];

    private static string Golden(string manifest) =>
        Path.Combine(AppContext.BaseDirectory, "GoldenMessages", $"{manifest}.json");

    [Fact]
    public void Every_message_that_may_go_to_another_member_has_a_format() => Assert.Equal(
        new[] { typeof(Message).Assembly, typeof(Wake).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(Message)) && !type.IsAbstract).Except(HaveNoFormat)
            .Select(type => type.Name).Order(),
        MessageFormats.All.Select(format => format.Type.Name).Order());

    [Fact]
    public void Every_message_has_a_sample() => Assert.Equal(
        MessageFormats.All.Select(format => format.Type.Name).Order(),
        Samples.Select(sample => sample.GetType().Name).Order());

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_message_is_written_as_the_golden_file_has_it_and_read_back_the_same(string manifest)
    {
        var format = MessageFormats.Find(manifest)!;
        var sample = Samples.Single(one => one.GetType() == format.Type);
        var written = Encoding.UTF8.GetString(format.Encode(sample));
        if (Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_REWRITE") is { Length: > 0 })
        {
            File.WriteAllText(Golden(manifest), written);
        }

        Assert.Equal(File.ReadAllText(Golden(manifest)), written);
        AssertSame(sample, format.Decode(File.ReadAllBytes(Golden(manifest))));
    }

    /// <summary>Members of a release before it read the deletion without its reason.</summary>
    [Fact]
    public void A_deletion_carries_its_reason_beside_what_it_was()
    {
        var format = MessageFormats.Find("delete.v1")!;
        var deletion = Delete.Exactly("u-1") with { Disruption = PodDisruption.Evicted };
        var written = Encoding.UTF8.GetString(format.Encode(deletion));
        Assert.Equal(deletion, format.Decode(Encoding.UTF8.GetBytes(written)));
        Assert.Contains(
            "\"disruption\":{\"reason\":\"EvictionByEvictionAPI\",\"message\":\"Eviction API: evicting\"}", written,
            StringComparison.Ordinal);
    }

    /// <summary>One of a release before it deletes a pod that has ended, too.</summary>
    [Fact]
    public void A_deletion_carries_that_what_has_ended_is_to_stay()
    {
        var format = MessageFormats.Find("delete.v1")!;
        var deletion = Delete.Exactly("u-1") with { UnlessFinished = true };
        Assert.Equal(deletion, format.Decode(format.Encode(deletion)));
    }

    /// <summary>Members of a release before it read the words of an agent without its member.</summary>
    [Fact]
    public void The_words_of_an_agent_carry_its_member_beside_what_they_were()
    {
        Message[] words =
            [new RegisterNode(Node) { Member = "10.0.0.1:7946#17" }, new NodeHeartbeat(Node.Status) { Member = "m" }];
        foreach (var word in words)
        {
            var format = MessageFormats.For(word);
            AssertSame(word, format.Decode(format.Encode(word)));
        }
    }

    /// <summary>As deep as an object may be.</summary>
    [Fact]
    public void A_message_holds_a_deep_object()
    {
        var deep = RawJson.Parse($"{new string('[', KubeJson.DepthMax - 1)}{new string(']', KubeJson.DepthMax - 1)}");
        var create = new Create(new ControllerRevision { Metadata = new ObjectMeta { Name = "r" }, Data = deep });
        var format = MessageFormats.Find("create.v1")!;
        AssertSame(create, format.Decode(format.Encode(create)));
    }

    [Fact]
    public async Task What_crosses_the_network_comes_back_the_same()
    {
        var system = ActorSystem.Create("wire", "akka { loggers = [], stdout-loglevel = OFF }");
        var serializer = new MessageSerializer((ExtendedActorSystem)system);
        object[] messages =
        [
            new EntityEnvelope(Owner, new ReportToOwner(Owner, "u-1"), 7),
            new CommandAnswer(7, new Reply.Accepted(Pod, Removed: true), 99),
            new CommandAnswer(8, new Reply.Rejected(Statuses.NotFound("pods", "web-1")), 100),
            new CommandFailed(9, CommandFailure.NotStored, "no space left"),
            new RowsCommitted(123),
            new EntityStopped(Owner),
            new FindAdoptable(Owner, new LabelSelector
            {
                MatchLabels = ValueMap<string>.From([KeyValuePair.Create("app", "web")]),
            }),
            new FindNodes(Owner),
            StopEntity.Instance,
            MemberLost.Instance,
        ];
        foreach (var message in messages)
        {
            var manifest = serializer.Manifest(message);
            Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), manifest));
        }

        await system.Terminate();
    }

    [Theory]
    [InlineData("tell:move-object.v1", """{"to":"elsewhere"}""")]
    [InlineData("tell:create.v1", """{"object":{"apiVersion":"example.com/v9","kind":"Thing"}}""")]
    [InlineData("tell:nodes-matched.v1", """{"nodes":[{"name":"n1","fit":"Somehow"}]}""")]
    public async Task What_a_newer_release_says_to_an_entity_comes_to_it_as_unknown_and_goes_on_as_it_came(
        string manifest, string payload)
    {
        var system = ActorSystem.Create("wire", "akka { loggers = [], stdout-loglevel = OFF }");
        var serializer = new MessageSerializer((ExtendedActorSystem)system);
        var known = serializer.ToBinary(new EntityEnvelope(Owner, Wake.Instance, 7));
        var header = known.Length - MessageFormats.For(Wake.Instance).Encode(Wake.Instance).Length;
        byte[] wire = [.. known.AsSpan(0, header), .. Encoding.UTF8.GetBytes(payload)];

        var envelope = Assert.IsType<EntityEnvelope>(serializer.FromBinary(wire, manifest));
        Assert.Equal((Owner, 7), (envelope.To, envelope.RequestId));
        Assert.Equal(manifest, $"tell:{Assert.IsType<UnknownMessage>(envelope.Message).Manifest}");
        Assert.Equal(manifest, serializer.Manifest(envelope));
        Assert.Equal(wire, serializer.ToBinary(envelope));
        await system.Terminate();
    }

    [Fact]
    public async Task What_a_newer_release_says_otherwise_is_unknown_too()
    {
        var system = ActorSystem.Create("wire", "akka { loggers = [], stdout-loglevel = OFF }");
        var read = new MessageSerializer((ExtendedActorSystem)system).FromBinary([1, 2], "rows.v2");
        Assert.Equal("rows.v2", Assert.IsType<UnknownMessage>(read).Manifest);
        await system.Terminate();
    }

    /// <summary>Lists inside records compare by reference.</summary>
    private static void AssertSame(Message expected, Message actual)
    {
        if (expected is AdoptableFound found)
        {
            Assert.Equal(found.Objects, Assert.IsType<AdoptableFound>(actual).Objects);
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }
}
