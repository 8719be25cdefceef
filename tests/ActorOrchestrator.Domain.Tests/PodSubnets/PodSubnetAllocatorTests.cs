using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.PodSubnets;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.PodSubnets;

/// <summary>Who gets which subnet, of a cluster that has four.</summary>
public sealed class PodSubnetAllocatorTests
{
    private static readonly SubnetSettings Four = new(Subnet.Parse("10.244.0.0/22"), NodePrefix: 24);

    private readonly Cluster _cluster = new(Four);

    [Fact]
    public void A_node_is_told_of_its_subnet_only_when_the_claim_is_in_the_log()
    {
        _cluster.Put(Node("m1"));
        var (to, message) = Assert.Single(_cluster.Run.TakeTold());
        Assert.Equal(("kube-system", "pod-subnets"), (to.Namespace, to.Name));
        var table = Assert.IsType<ConfigMap>(Assert.IsType<Create>(message).Object);
        Assert.Equal("m1 uid-m1", table.Data["10.244.0.0-24"]);

        _cluster.Put(table with { Metadata = table.Metadata with { ResourceVersion = "7" } });
        (to, message) = Assert.Single(_cluster.Run.TakeTold());
        Assert.Equal("m1", to.Name);
        Assert.Equal(new AssignPodSubnet("uid-m1", "10.244.0.0/24", "10.244.0.0/22"), message);
    }

    [Fact]
    public void Many_that_come_at_once_get_one_each_by_a_single_write()
    {
        _cluster.Put(Node("m1"), Node("m2"), Node("m3")).Settle();
        Assert.Equal(
            ["m1 10.244.0.0/24", "m2 10.244.1.0/24", "m3 10.244.2.0/24"], _cluster.Assigned());
        Assert.Equal(1, _cluster.Writes);
    }

    [Fact]
    public void Of_two_allocators_that_write_at_once_one_is_refused_and_takes_what_the_other_wrote()
    {
        var other = new Cluster(Four).Put(Node("m2"), Node("m1"));
        _cluster.Put(Node("m1"));
        var first = (ConfigMap)((Create)_cluster.Run.TakeTold()[0].Message).Object;
        Assert.IsType<Create>(other.Run.TakeTold()[0].Message);

        // The second one's write is refused; it sees the first one's, and claims only what is left.
        other.Put(first with { Metadata = first.Metadata with { ResourceVersion = "7", Uid = "t" } });
        var told = other.Run.TakeTold();
        var replaced = (ConfigMap)told.Select(one => one.Message).OfType<Replace>().Single().Object;
        Assert.Equal("7", replaced.Metadata.ResourceVersion);
        Assert.Equal("m1 uid-m1", replaced.Data["10.244.0.0-24"]);
        Assert.Equal("m2 uid-m2", replaced.Data["10.244.1.0-24"]);
        Assert.Equal("m1", Assert.Single(told, one => one.Message is AssignPodSubnet).To.Name);
    }

    [Fact]
    public void Lost_messages_are_said_again()
    {
        _cluster.Put(Node("m1"));
        _cluster.Run.TakeTold();
        _cluster.Run.EndBatch();
        Assert.Empty(_cluster.Run.TakeTold());
        _cluster.Run.SleepUntilWoken();
        Assert.IsType<Create>(Assert.Single(_cluster.Run.Told).Message);
        _cluster.Settle(isHeard: false);
        _cluster.Run.SleepUntilWoken();
        Assert.IsType<AssignPodSubnet>(Assert.Single(_cluster.Run.Told).Message);
        _cluster.Settle();
        Assert.Equal(["m1 10.244.0.0/24"], _cluster.Assigned());
    }

    [Fact]
    public void A_node_that_comes_again_under_its_name_gets_what_it_had()
    {
        _cluster.Put(Node("m1"), Node("m2")).Settle().Remove("m1").Settle();
        Assert.Matches("^m1 uid-m1 2026-01-01T", _cluster.Table["10.244.0.0-24"]);
        _cluster.Put(Node("m3")).Settle();
        Assert.Equal(["m2 10.244.1.0/24", "m3 10.244.2.0/24"], _cluster.Assigned());
        _cluster.Put(Node("m1", "again")).Settle();
        Assert.Equal(["m1 10.244.0.0/24", "m2 10.244.1.0/24", "m3 10.244.2.0/24"], _cluster.Assigned());
        Assert.Equal("m1 again", _cluster.Table["10.244.0.0-24"]);
    }

    [Fact]
    public void When_all_are_in_use_the_node_says_so_and_gets_the_one_that_was_given_back_first_when_its_time_is_over()
    {
        _cluster.Put(Node("m1"), Node("m2"), Node("m3"), Node("m4")).Settle().Put(Node("m5")).Settle();
        Assert.Contains("all 4 subnets of 10.244.0.0/22 are in use", _cluster.Refusals["m5"]);
        Assert.Contains(_cluster.Run.RecordedEvents, told => told.Reason == "CIDRNotAvailable");

        _cluster.Remove("m3").Settle();
        _cluster.Run.Now += TimeSpan.FromMinutes(1);
        _cluster.Remove("m2").Settle();
        Assert.DoesNotContain(_cluster.Assigned(), one => one.StartsWith("m5", StringComparison.Ordinal));
        _cluster.Run.Now += Four.ReuseAfter - TimeSpan.FromMinutes(1);
        _cluster.Run.EndBatch();
        _cluster.Settle();
        Assert.Contains("m5 10.244.2.0/24", _cluster.Assigned());
        Assert.Equal("m5 uid-m5", _cluster.Table["10.244.2.0-24"]);
    }

    [Fact]
    public void One_that_had_a_subnet_before_has_it_again_unless_another_has()
    {
        _cluster.Put(Node("m1", wish: "any 10.244.2.0/24"), Node("m2", wish: "any 10.244.2.0/24")).Settle();
        Assert.Equal(["m1 10.244.2.0/24", "m2 10.244.0.0/24"], _cluster.Assigned());
    }

    [Fact]
    public void A_fixed_one_is_had_or_refused_with_whose_it_is()
    {
        _cluster.Put(Node("m1", wish: "10.9.0.0/16"), Node("m2", wish: "10.9.7.0/24")).Settle();
        Assert.Equal(["m1 10.9.0.0/16"], _cluster.Assigned());
        Assert.Contains("overlaps 10.9.0.0/16, which is m1's", _cluster.Refusals["m2"]);
    }

    [Fact]
    public void Those_that_were_written_by_hand_are_given_to_nobody_else_and_nodes_without_pods_of_ours_get_none()
    {
        var byHand = Node("a", wish: null);
        byHand = byHand with { Spec = new NodeSpec { PodCIDR = "10.244.0.0/23", PodCIDRs = ["10.244.0.0/23"] } };
        _cluster.Put(byHand, Node("b", wish: null), Node("m1")).Settle();
        Assert.Equal(["a 10.244.0.0/23", "m1 10.244.2.0/24"], _cluster.Assigned());
    }

    [Fact]
    public void A_table_that_somebody_deleted_or_spoiled_is_made_anew_from_what_was_known()
    {
        _cluster.Put(Node("m1"), Node("m2")).Settle().Remove("m1").Settle();
        var before = _cluster.Table;
        _cluster.RemoveTable().Settle();
        Assert.Equal(before, _cluster.Table);
        _cluster.Put(Node("m3")).Settle();
        Assert.Equal(["m2 10.244.1.0/24", "m3 10.244.2.0/24"], _cluster.Assigned());
    }

    [Fact]
    public void A_changed_range_is_told_to_nodes_that_have_their_subnets()
    {
        _cluster.Put(Node("m1")).Settle();
        var wider = new Cluster(Four with { Cluster = Subnet.Parse("10.244.0.0/16") });
        wider.Put([.. _cluster.Run.Objects]);
        var (to, message) = Assert.Single(wider.Run.TakeTold());
        Assert.Equal("m1", to.Name);
        Assert.Equal(new AssignPodSubnet("uid-m1", "10.244.0.0/24", "10.244.0.0/16"), message);
    }

    /// <summary>Somebody has put another range into the settings: nodes that have pods keep their parts of the former
    /// one, and who comes anew, or again after its Node was deleted, gets a part of the new one.</summary>
    [Fact]
    public void Of_another_range_only_nodes_get_a_part_that_have_none()
    {
        _cluster.Put(Node("m1")).Settle();
        var other = new Cluster(Four with { Cluster = Subnet.Parse("10.99.0.0/22") });
        other.Put([.. _cluster.Run.Objects]).Put(Node("m2")).Settle();
        Assert.Equal(["m1 10.244.0.0/24", "m2 10.99.0.0/24"], other.Assigned());
        Assert.Empty(other.Refusals);
    }

    private static Node Node(string name, string? uid = null, string? wish = "any") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Uid = uid ?? $"uid-{name}",
            Annotations = wish is null
                ? ValueMap<string>.Empty
                : ValueMap<string>.From([KeyValuePair.Create(PodSubnetNotes.WishAnnotation, wish)]),
        },
    };

    /// <summary>The entities that the allocator speaks to, as far as it needs them: they take what it says.</summary>
    private sealed class Cluster
    {
        private int _version = 10;

        public Cluster(SubnetSettings settings)
        {
            Run = new ProjectionRun(new PodSubnetAllocator(settings));
            Run.Put(new Namespace { Metadata = new ObjectMeta { Name = "kube-system" } }).Start();
        }

        public ProjectionRun Run { get; }

        public int Writes { get; private set; }

        public Dictionary<string, string> Refusals { get; } = [];

        public ValueMap<string> Table => Run.Objects.OfType<ConfigMap>().Single().Data;

        public Cluster Put(params KubeObject[] objects)
        {
            Run.Put(objects).EndBatch();
            return this;
        }

        public Cluster Remove(string node)
        {
            Run.Remove(Run.Objects.OfType<Node>().Single(one => one.Metadata.Name == node)).EndBatch();
            return this;
        }

        public Cluster RemoveTable()
        {
            Run.Remove(Run.Objects.OfType<ConfigMap>().Single()).EndBatch();
            return this;
        }

        /// <summary>Until the allocator has nothing more to say.</summary>
        /// <param name="isHeard">Whether Nodes hear of it.</param>
        public Cluster Settle(bool isHeard = true)
        {
            while (Run.TakeTold() is { Count: > 0 } told)
            {
                foreach (var (to, message) in told)
                {
                    Hear(to, message, isHeard);
                }

                Run.EndBatch();
            }

            return this;
        }

        public IReadOnlyList<string> Assigned() =>
        [
            .. Run.Objects.OfType<Node>().Where(node => node.Spec.PodCIDR is not null)
                .Select(node => $"{node.Metadata.Name} {node.Spec.PodCIDR}").Order(StringComparer.Ordinal),
        ];

        private void Hear(EntityKey to, Message message, bool isHeard)
        {
            switch (message)
            {
                case Create { Object: ConfigMap made } when Run.Get(to) is null:
                    Store(made);
                    break;
                case Replace { Object: ConfigMap changed }
                    when Run.Get(to)?.Metadata.ResourceVersion == changed.Metadata.ResourceVersion:
                    Store(changed);
                    break;
                case AssignPodSubnet assigned
                    when isHeard && Run.Get(to) is Node node && node.Metadata.Uid == assigned.Uid:
                    Run.Put(node with
                    {
                        Metadata = node.Metadata with
                        {
                            Annotations = node.Metadata.Annotations.With(
                                PodSubnetNotes.ClusterAnnotation, assigned.Cluster),
                        },
                        Spec = node.Spec with { PodCIDR = assigned.Subnet, PodCIDRs = [assigned.Subnet] },
                    });
                    break;
                case NoPodSubnet refused:
                    Refusals[to.Name] = refused.Why;
                    break;
            }
        }

        private void Store(ConfigMap table)
        {
            Writes++;
            Run.Put(table with { Metadata = table.Metadata with { Uid = "t", ResourceVersion = $"{++_version}" } });
        }
    }
}
