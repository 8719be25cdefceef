using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Namespaces;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Tests.Deployments;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Objects;

/// <summary>When an entity may leave memory. That what is at rest has nothing to do is held by <see cref="World"/>
/// after each decision of each test that it runs.</summary>
public sealed class RestTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly World _world = new(seed: 5, new Unkindness());

    [Fact]
    public void A_deployment_and_its_sets_are_at_rest_once_all_pods_are_available_and_no_sooner()
    {
        _world.Ask(DeploymentBuilder.Key, new Create(DeploymentBuilder.Make(3)));
        var restless = new List<string>();
        while (_world.Step())
        {
            var isReady = _world.All<Pod>().Count(World.IsReady) == 3;
            restless.AddRange(isReady ? [] : _world.All<Deployment>().Where(Rest.IsAtRest).Select(web => $"{web}"));
        }

        Assert.Empty(restless);
        Assert.Empty(_world.Restless());
        Assert.All(_world.All<KubeObject>(), value => Assert.True(Rest.IsAtRest(value), value.Kind));
    }

    [Fact]
    public void After_a_restart_a_set_is_at_rest_when_all_its_pods_have_answered()
    {
        _world.Ask(DeploymentBuilder.Key, new Create(DeploymentBuilder.Make(2)));
        _world.RunUntilQuiet();
        var set = EntityKey.Of(_world.All<ReplicaSet>().Single()).ToString();

        _world.Restart(set);
        Assert.Equal([set], _world.Restless());

        _world.RunUntilQuiet();
        Assert.Empty(_world.Restless());
    }

    [Fact]
    public void A_broken_rollout_and_a_paused_one_are_not_at_rest()
    {
        _world.Ask(DeploymentBuilder.Key, new Create(DeploymentBuilder.Make(2)));
        _world.RunUntilQuiet();
        var web = _world.Find<Deployment>(DeploymentBuilder.Key)!;

        _world.Ask(DeploymentBuilder.Key, new Replace(web.WithSpec(spec => spec with { Paused = true })));
        _world.RunUntilQuiet();
        Assert.Equal([DeploymentBuilder.Key.ToString()], _world.Restless());

        _world.Ask(DeploymentBuilder.Key, new Replace(web.WithImage("broken")));
        _world.RunUntilQuiet();
        Assert.Contains(DeploymentBuilder.Key.ToString(), _world.Restless());
    }

    [Theory]
    //          what the status of 2 wanted replicas shows           at rest
    [InlineData("replicas 2 ready 2 available 2 terminating 0 seen 1", true)]
    [InlineData("replicas 2 ready 2 available 2 terminating 1 seen 1", false)]
    [InlineData("replicas 3 ready 2 available 2 terminating 0 seen 1", false)]
    [InlineData("replicas 2 ready 1 available 1 terminating 0 seen 1", false)]
    [InlineData("replicas 2 ready 2 available 1 terminating 0 seen 1", false)]
    [InlineData("replicas 2 ready 2 available 2 terminating 0 seen 0", false)]
    public void A_set_is_judged_by_its_status(string status, bool expected)
    {
        var words = status.Split(' ');
        int Number(string name) => int.Parse(words[Array.IndexOf(words, name) + 1]);
        var set = new ReplicaSet
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default", Generation = 1 },
            Spec = new ReplicaSetSpec { Replicas = 2 },
            Status = new ReplicaSetStatus
            {
                Replicas = Number("replicas"), ReadyReplicas = Number("ready"), AvailableReplicas = Number("available"),
                TerminatingReplicas = Number("terminating"), ObservedGeneration = Number("seen"),
            },
        };

        Assert.Equal(expected, Rest.IsAtRest(set));
        Assert.False(Rest.IsAtRest(Terminating(set)));
    }

    [Fact]
    public void A_node_is_at_rest_only_when_its_silence_is_written_down()
    {
        IBehavior behavior = new NodeDecider(NodeSettings.Default);
        var run = new EntityRun(behavior, new EntityKey("nodes", "", "n"));
        run.Send(new RegisterNode(new Node
        {
            Metadata = new ObjectMeta { Name = "n" },
            Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] },
        }));
        Assert.False(run.IsAtRest);

        run.Restart();
        Assert.False(run.IsAtRest);

        run.Pass(NodeSettings.Default.SilenceMax);
        Assert.True(run.IsAtRest);
        Assert.True(Rest.IsAtRest(run.Object!));

        run.Send(new NodeHeartbeat(NodeStatus.Empty));
        Assert.False(run.IsAtRest);
    }

    [Fact]
    public void A_namespace_is_at_rest_until_it_goes_and_what_is_only_stored_always()
    {
        var space = DefaultNamespaces.Labelled(new Namespace { Metadata = new ObjectMeta { Name = "team" } });
        var config = new ConfigMap { Metadata = new ObjectMeta { Name = "c", Namespace = "team" } };

        Assert.True(Rest.IsAtRest(space));
        Assert.False(Rest.IsAtRest(Terminating(space)));
        Assert.True(Rest.IsAtRest(config));
        Assert.True(Rest.IsAtRest(Terminating(config)));
    }

    private static KubeObject Terminating(KubeObject value) =>
        value with { Metadata = value.Metadata with { DeletionTimestamp = Time } };
}
