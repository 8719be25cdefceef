using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.ReplicaSets;

namespace ActorOrchestrator.TestKit.Tests;

/// <summary>The real Deployment in the real engine; its ReplicaSets are the test's.</summary>
public sealed class TestProbeTests : IDisposable
{
    private static readonly EntityKey Web = new("deployments.apps", "default", "web");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Stage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void A_deployment_asks_for_one_replica_set_and_grows_the_new_one_by_its_surge()
    {
        var sets = _stage.ProbeAll("replicasets.apps");
        _stage.Ask(Web, new Create(Deployment("app:v1")));
        var first = Asked(sets);
        Assert.Equal(4, first.Spec.Replicas);
        sets.Report(Web, Running(first, 4));

        Assert.IsType<Reply.Accepted>(_stage.Ask(Web, new Replace(Deployment("app:v2"))));
        var second = Asked(sets);
        Assert.Equal(1, second.Spec.Replicas);
        Assert.NotEqual(first.Metadata.Name, second.Metadata.Name);

        // Nothing is taken away from the old one before the new one has come up.
        sets.Report(Web, Running(second, 0));
        sets.ExpectNoMessage(TimeSpan.FromSeconds(4));
        sets.Report(Web, Running(second, 1));
        var resize = sets.FishForMessage<ResizeReplicaSet>(Soon);
        Assert.Equal((first.Metadata.Name, 3), (resize.To.Name, resize.Message.Replicas));
    }

    [Fact]
    public void What_is_not_answered_is_asked_again_also_by_the_next_life()
    {
        var sets = _stage.ProbeAll("replicasets.apps");
        _stage.Ask(Web, new Create(Deployment("app:v1")));
        var wished = sets.ExpectMessage<Create>(Soon);
        sets.FishForMessage<ReportToOwner>(TimeSpan.FromSeconds(10));

        _stage.Restart();
        sets.Forget();
        var again = sets.FishForMessage<ReportToOwner>(TimeSpan.FromSeconds(20));
        Assert.Equal(wished.To, again.To);
    }

    [Fact]
    public void A_probe_speaks_for_one_entity_and_all_others_are_themselves()
    {
        var probe = _stage.Probe(new EntityKey("configmaps", "default", "played"));
        Assert.IsType<Reply.Rejected>(_stage.Ask(new("configmaps", "default", "played"), Delete.Background));
        probe.ExpectMessage<Delete>(TimeSpan.Zero);
        _stage.Ask(new("configmaps", "default", "real"), new Create(new ConfigMap
        {
            Metadata = new ObjectMeta { Name = "real", Namespace = "default" },
        }));
        probe.ExpectNoMessage(TimeSpan.FromMinutes(5));
        Assert.NotNull(_stage.Find(new("configmaps", "default", "real")));
    }

    [Fact]
    public void Waiting_in_vain_says_for_what_and_takes_virtual_time_only()
    {
        var probe = _stage.Probe(Web);
        var began = _stage.Now;
        var failure = Assert.Throws<TestKitException>(() => probe.ExpectMessage<Create>(TimeSpan.FromHours(1)));
        Assert.Equal("deployments.apps/default/web expected a Create within 01:00:00, and heard nothing",
            failure.Message);
        Assert.Equal(TimeSpan.FromHours(1), _stage.Now - began);
    }

    [Fact]
    public void Another_message_than_the_expected_one_is_shown()
    {
        var probe = _stage.Probe(Web);
        _stage.Tell(Web, new Release("child", "owner"));
        var failure = Assert.Throws<TestKitException>(() => probe.ExpectMessage<Create>(Soon));
        Assert.Contains("was told Release { ChildUid \"child\", OwnerUid \"owner\" }", failure.Message,
            StringComparison.Ordinal);
        _stage.Tell(Web, new Release("child", "owner"));
        Assert.Throws<TestKitException>(() => probe.ExpectNoMessage(Soon));
    }

    /// <summary>The ReplicaSet that the Deployment asks for next.</summary>
    private static ReplicaSet Asked(TestProbe sets)
    {
        var asked = sets.FishForMessage<Create>(Soon);
        return (ReplicaSet)asked.Message.Object;
    }

    private static ReplicaSet Running(ReplicaSet set, int available) => set with
    {
        Metadata = set.Metadata with { Generation = 1 },
        Status = new ReplicaSetStatus
        {
            Replicas = set.Spec.Replicas ?? 0,
            ReadyReplicas = available,
            AvailableReplicas = available,
            ObservedGeneration = 1,
        },
    };

    private static Deployment Deployment(string image)
    {
        var labels = ValueMap<string>.From([KeyValuePair.Create("app", "web")]);
        return Defaults.Apply(new Deployment
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
            Spec = new DeploymentSpec
            {
                Replicas = 4,
                Selector = new LabelSelector { MatchLabels = labels },
                Strategy = new DeploymentStrategy
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new RollingUpdateDeployment { MaxSurge = 1, MaxUnavailable = 0 },
                },
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = labels },
                    Spec = new PodSpec { Containers = [new Container { Name = "app", Image = image }] },
                },
            },
        });
    }
}
