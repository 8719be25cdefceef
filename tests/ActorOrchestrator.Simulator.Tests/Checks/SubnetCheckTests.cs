using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>What counts as a subnet of two.</summary>
public sealed class SubnetCheckTests : IDisposable
{
    private readonly CheckWorld _world = new(new SubnetCheck());

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Two_nodes_have_two_and_one_that_is_back_has_its_own()
    {
        _world.Create(Node("m1", "10.244.0.0/24"));
        _world.Create(Node("m2", null));
        _world.Replace(Node("m2", "10.244.1.0/24"));
        _world.Delete(Node("m1", "10.244.0.0/24"));
        _world.Create(Node("m1", "10.244.0.0/24"));
    }

    [Theory]
    [InlineData("10.244.0.0/24")]
    [InlineData("10.244.0.0/16")]
    public void One_that_overlaps_anothers_is_found(string subnet)
    {
        _world.Create(Node("m1", "10.244.0.0/24"));
        _world.Refuses(world => world.Create(Node("m2", subnet)), "nodes//m2", "m1 has 10.244.0.0/24");
    }

    [Fact]
    public void That_of_a_node_that_is_gone_is_not_anothers_while_there_are_more()
    {
        _world.Create(Node("m1", "10.244.0.0/24"));
        _world.Delete(Node("m1", "10.244.0.0/24"));
        _world.Refuses(world => world.Create(Node("m2", "10.244.0.0/24")), "which m1 had");
    }

    [Fact]
    public void One_that_a_node_has_stays()
    {
        _world.Create(Node("m1", "10.244.0.0/24"));
        _world.Refuses(world => world.Replace(Node("m1", "10.244.4.0/24")), "had the pods' subnet 10.244.0.0/24");
    }

    private static Node Node(string name, string? subnet) => new()
    {
        Metadata = new ObjectMeta { Name = name, Uid = name },
        Spec = new NodeSpec { PodCIDR = subnet, PodCIDRs = subnet is null ? [] : [subnet] },
    };
}
