using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Scheduling;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Tests;

public sealed class ControlPlaneTests
{
    [Fact]
    public async Task An_acknowledged_write_is_in_the_view_with_the_logs_sequence_as_its_version()
    {
        await using var test = await TestControlPlane.StartAsync();
        var created = await test.CreateAsync(Settings("a", "1"));
        var seen = Assert.Single(test.List<ConfigMap>());
        Assert.Equal(created, seen);
        Assert.Equal(test.Plane.View.Sequence.ToString(), created.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_stale_version_gets_a_conflict_and_changes_nothing()
    {
        await using var test = await TestControlPlane.StartAsync();
        var first = (ConfigMap)await test.CreateAsync(Settings("a", "1"));
        await test.AcceptedAsync(first, new Replace(first with { Data = Data("2") }));
        var status = await test.RefusedAsync(first, new Replace(first with { Data = Data("3") }));
        Assert.Equal((409, "Conflict"), (status.Code, status.Reason));
        Assert.Equal("2", Assert.Single(test.List<ConfigMap>()).Data["key"]);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart_and_watches_resume_without_loss_or_repeat()
    {
        await using var test = await TestControlPlane.StartAsync();
        var kind = KindRegistry.Of<ConfigMap>();
        var start = test.Plane.View.Sequence;
        for (var i = 0; i < 50; i++)
        {
            await test.CreateAsync(Settings($"c{i:00}", "1"));
        }

        var before = test.List<ConfigMap>();
        await test.RestartAsync();
        Assert.Equal(before, test.List<ConfigMap>());
        using var watch = test.Plane.View.Watch(kind, "default", start)!;
        var names = new List<string>();
        while (watch.Changes.TryRead(out var change))
        {
            names.Add(change.New!.Metadata.Name!);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"c{i:00}"), names);
    }

    [Fact]
    public async Task A_replica_set_gets_its_pods_placed_and_makes_no_more_after_a_restart()
    {
        await using var test = await TestControlPlane.StartAsync();
        await test.CreateAsync(Node("n1"));
        await test.CreateAsync(Set("web", 3));
        var pods = await test.UntilAsync<Pod>(
            "3 bound pods", "default", all => all.Count == 3 && all.All(pod => pod.Spec.NodeName == "n1"));
        await test.RestartAsync();
        await test.CreateAsync(Set("other", 2));
        var after = await test.UntilAsync<Pod>(
            "5 bound pods", "default", all => all.Count == 5 && all.All(pod => pod.Spec.NodeName == "n1"));
        Assert.Subset(
            after.Select(pod => pod.Metadata.Uid!).ToHashSet(), pods.Select(pod => pod.Metadata.Uid!).ToHashSet());
    }

    [Fact]
    public async Task Nothing_is_created_in_a_namespace_that_does_not_exist()
    {
        await using var test = await TestControlPlane.StartAsync();
        var lost = Settings("a", "1") with { Metadata = new ObjectMeta { Name = "a", Namespace = "nowhere" } };
        var status = await test.RefusedAsync(lost, new Create(lost));
        Assert.Equal((404, "namespaces \"nowhere\" not found"), (status.Code, status.Message));
    }

    [Fact]
    public async Task What_is_refused_in_a_namespace_that_is_going_names_that_as_its_cause()
    {
        await using var test = await TestControlPlane.StartAsync();
        var going = await test.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "going" } });
        var held = Settings("held", "1") with
        {
            Metadata = new ObjectMeta { Name = "held", Namespace = "going", Finalizers = ["a.b/c"] },
        };
        await test.CreateAsync(held);
        await test.AcceptedAsync(going, Delete.Background);
        var late = held with { Metadata = held.Metadata with { Name = "late" } };
        var status = await test.RefusedAsync(late, new Create(late));
        var cause = Assert.Single(status.Details!.Causes);
        Assert.Equal(
            (403, "NamespaceTerminating", "metadata.namespace", "namespace going is being terminated"),
            (status.Code, cause.Reason, cause.Field, cause.Message));
    }

    [Fact]
    public async Task A_pod_finds_the_class_that_was_just_acknowledged_and_one_of_before_a_restart()
    {
        await using var test = await TestControlPlane.StartAsync();
        var high = new PriorityClass { Metadata = new ObjectMeta { Name = "high" }, Value = 1000 };
        var early = Important("early");
        Assert.EndsWith(
            "no PriorityClass with name high was found",
            (await test.RefusedAsync(early, new Create(early))).Message);
        await test.CreateAsync(high);
        Assert.Equal(1000, ((Pod)await test.CreateAsync(early)).Spec.Priority);

        await test.RestartAsync();
        Assert.Equal(1000, ((Pod)await test.CreateAsync(Important("late"))).Spec.Priority);
        await test.AcceptedAsync(high, Delete.Background);
        var never = Important("never");
        Assert.Equal(403, (await test.RefusedAsync(never, new Create(never))).Code);
    }

    [Fact]
    public async Task Entities_that_leave_memory_at_every_chance_lose_no_write()
    {
        const int entities = 8;
        await using var test = await TestControlPlane.StartAsync(passivateAfter: TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < entities; i++)
        {
            await test.CreateAsync(Settings($"c{i}", "0"));
        }

        // Each rests while the others have their turn, for about as long as its leaving takes.
        for (var round = 1; round <= 40; round++)
        {
            for (var i = 0; i < entities; i++)
            {
                await test.AcceptedAsync(Settings($"c{i}", ""), new Replace(Settings($"c{i}", $"{round}")));
            }
        }

        Assert.All(test.List<ConfigMap>(), map => Assert.Equal("40", map.Data["key"]));
    }

    private static Pod Important(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            PriorityClassName = "high", Containers = [new Container { Name = "main", Image = "busybox" }],
        },
    };

    private static ConfigMap Settings(string name, string value) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Data = Data(value) };

    private static ValueMap<string> Data(string value) => ValueMap<string>.From([KeyValuePair.Create("key", value)]);

    private static Node Node(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Status = new NodeStatus
        {
            Allocatable = ValueMap<Quantity>.From(
            [
                KeyValuePair.Create("cpu", Quantity.Parse("4")),
                KeyValuePair.Create("memory", Quantity.Parse("8Gi")),
                KeyValuePair.Create("pods", Quantity.Parse("110")),
            ]),
            Conditions = [new NodeCondition { Type = "Ready", Status = "True" }],
        },
    };

    private static ReplicaSet Set(string name, int replicas)
    {
        var labels = ValueMap<string>.From([KeyValuePair.Create("app", name)]);
        return new ReplicaSet
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Spec = new ReplicaSetSpec
            {
                Replicas = replicas,
                Selector = new LabelSelector { MatchLabels = labels },
                Template = new PodTemplateSpec
                {
                    Metadata = new ObjectMeta { Labels = labels },
                    Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "busybox" }] },
                },
            },
        };
    }
}
