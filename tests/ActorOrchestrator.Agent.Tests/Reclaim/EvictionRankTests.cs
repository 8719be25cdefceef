using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Reclaim;

public sealed class EvictionRankTests
{
    private const int Critical = 2_000_000_000;

    /// <summary>Pods as name, priority, requested and used MiB of memory, and the order in which they go.</summary>
    [Theory]
    [InlineData("a 1000 100 180; b 0 100 120; c 0 500 400", "b a c")]
    [InlineData("a 0 0 10; b 0 0 20; c 0 100 119", "b c a")]
    [InlineData("a 0 100 90; b 0 100 50; c -5 100 10", "c a b")]
    [InlineData("a 2000000000 0 900; b 0 100 1", "b")]
    [InlineData("a 0 0 0; b 0 100 101", "b a")]
    public void Pods_go_in_kubelets_order(string pods, string order)
    {
        var usages = pods.Split("; ").Select(each => each.Split(' ')).Select(each =>
            Usage(each[0], int.Parse(each[1]), long.Parse(each[2]), long.Parse(each[3]))).ToList();
        var gone = new List<string>();
        while (EvictionRank.First(usages, Signal.MemoryAvailable) is { } first)
        {
            gone.Add(first.Pod.Metadata.Name!);
            usages.Remove(first);
        }

        Assert.Equal(order, string.Join(' ', gone));
    }

    [Fact]
    public void Of_processes_who_has_most_goes_whatever_was_requested()
    {
        var usages = new[] { Usage("a", 0, 1000, 3), Usage("b", 0, 0, 2) };
        Assert.Equal("a", EvictionRank.First(usages, Signal.PidAvailable)?.Pod.Metadata.Name);
    }

    [Fact]
    public void What_a_pod_requests_as_a_whole_is_its_own()
    {
        var (a, b) = (Usage("a", 0, 10, 100), Usage("b", 0, 10, 50));
        var requests = ValueMap<Quantity>.From([new("memory", Quantity.FromBytes(100 << 20))]);
        a = a with { Pod = a.Pod.With(spec => spec with { Resources = new() { Requests = requests } }) };
        Assert.Equal("b", EvictionRank.First([a, b], Signal.MemoryAvailable)?.Pod.Metadata.Name);
    }

    [Fact]
    public void A_static_pod_never_goes()
    {
        var usage = Usage("a", 0, 0, 10);
        Assert.NotNull(EvictionRank.First([usage], Signal.MemoryAvailable));
        foreach (var annotation in (string[])["kubernetes.io/config.mirror", "kubernetes.io/config.source"])
        {
            var pod = usage.Pod with
            {
                Metadata = usage.Pod.Metadata with { Annotations = ValueMap<string>.From([new(annotation, "file")]) },
            };
            Assert.Null(EvictionRank.First([usage with { Pod = pod }], Signal.MemoryAvailable));
        }
    }

    [Fact]
    public void The_message_is_kubelets()
    {
        var breach = new Breach(
            new Threshold(Signal.MemoryAvailable, true), default, 100 << 20, new Supply(90 << 20, 1L << 30));
        const string Low = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. ";
        Assert.Equal(
            Low + "Container app was using 30Mi, request is 10Mi, has larger consumption of memory. ",
            EvictionRank.MessageOf(Usage("a", 0, 10, 30), breach));
        Assert.Equal(Low, EvictionRank.MessageOf(Usage("a", 0, 30, 30), breach));
        Assert.Equal(
            "The node was low on resource: pids. Threshold quantity: 50, available: 3. ",
            EvictionRank.MessageOf(Usage("a", 0, 10, 30), breach with
            {
                Threshold = new Threshold(Signal.PidAvailable, true), Limit = 50, Supply = new Supply(3, 100),
            }));
    }

    /// <summary>The conditions of the node, whether the pod requests anything, tolerates the lack of memory, or is
    /// critical, and whether it is taken.</summary>
    [Theory]
    [InlineData("", false, false, 0, true)]
    [InlineData("MemoryPressure", false, false, 0, false)]
    [InlineData("MemoryPressure", true, false, 0, true)]
    [InlineData("MemoryPressure", false, true, 0, true)]
    [InlineData("MemoryPressure", false, false, Critical, true)]
    [InlineData("DiskPressure", true, true, 0, false)]
    [InlineData("DiskPressure", true, true, Critical, true)]
    [InlineData("PIDPressure", true, true, 0, false)]
    [InlineData("DiskPressure MemoryPressure", true, true, 0, false)]
    public void A_node_that_is_short_takes_what_kubelet_takes(
        string conditions, bool requests, bool tolerates, int priority, bool isTaken)
    {
        var pod = Usage("a", priority, requests ? 10 : 0, 0).Pod;
        if (tolerates)
        {
            pod = pod.With(spec => spec with
            {
                Tolerations = [new Toleration { Key = "node.kubernetes.io/memory-pressure", Operator = "Exists" }],
            });
        }

        var refusal = PressureAdmission.Refusal(
            pod, conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(isTaken, refusal is null);
        Assert.Equal(isTaken ? null : "Evicted", refusal?.Reason);
        Assert.Equal(isTaken ? null : $"The node had condition: [{conditions}]. ", refusal?.Message);
    }

    private static PodUsage Usage(string name, int priority, long requestedMi, long usedMi)
    {
        var requests = requestedMi == 0
            ? ValueMap<Quantity>.Empty
            : ValueMap<Quantity>.From([new("memory", Quantity.FromBytes(requestedMi << 20))]);
        var pod = PodSpecs.Of(PodSpecs.App("app") with { Resources = new() { Requests = requests } })
            .With(spec => spec with { Priority = priority });
        pod = pod with { Metadata = pod.Metadata with { Name = name, Uid = name } };
        return new PodUsage(pod, new Dictionary<string, long> { ["app"] = usedMi << 20 }, usedMi << 20);
    }
}
