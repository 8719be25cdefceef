using ActorOrchestrator.Api.Core;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

/// <summary>Random nodes and pods with every kind of constraint, from a seed.</summary>
internal sealed class RandomCluster(int seed)
{
    private static readonly string[] Zones = ["z0", "z1", "z2"];

    private readonly Random _random = new(seed);
    private int _pods;

    public IEnumerable<Node> Nodes(int count) => Enumerable.Range(0, count).Select(MakeNode);

    /// <summary>The pods of a few owners; those of one owner are alike.</summary>
    public IEnumerable<Pod> Owner(string owner, int replicas)
    {
        var template = MakePod("template").OwnedBy(owner).Labelled("app", owner);
        template = Constrain(template, owner);
        return [.. Enumerable.Range(0, replicas).Select(_ => Rename(template, $"{owner}-{_pods++}"))];
    }

    public int Next(int limit) => _random.Next(limit);

    private static Pod Rename(Pod pod, string name) => pod with
    {
        Metadata = pod.Metadata with { Name = name, Uid = "uid-" + name },
    };

    private Node MakeNode(int i)
    {
        var node = Node($"n{i}", $"{1 + Next(8)}", $"{1 + Next(16)}Gi", $"{3 + Next(10)}");
        if (Next(10) > 0)
        {
            node = node.Labelled("zone", Zones[Next(Zones.Length)]);
        }

        if (Next(2) == 0)
        {
            node = node.Labelled("disk", Next(2) == 0 ? "ssd" : "hdd");
        }

        if (Next(4) == 0)
        {
            node = node.Tainted("dedicated", "gpu", Next(2) == 0 ? "NoSchedule" : "PreferNoSchedule");
        }

        return Next(8) == 0 ? node.Cordoned() : node;
    }

    private Pod MakePod(string name)
    {
        var pod = Pod(name, $"{50 * Next(30)}m", $"{64 * Next(30)}Mi");
        if (Next(4) == 0)
        {
            pod = pod.Tolerating(new Toleration { Key = "dedicated", Operator = "Exists" });
        }

        if (Next(5) == 0)
        {
            pod = pod.With(spec => spec with { NodeSelector = Map(("disk", "ssd")) });
        }

        return Next(5) == 0 ? pod.With(spec => spec with { Priority = Next(3) * 100 }) : pod;
    }

    private Pod Constrain(Pod pod, string owner) => Next(6) switch
    {
        0 => pod.AwayFrom("app", owner, "kubernetes.io/hostname"),
        1 => pod.Spread("zone", 1 + Next(2), "app", owner),
        2 => pod.Near("app", Next(2) == 0 ? owner : "web-0", "zone"),
        3 => pod.AwayFrom("app", "web-1", "zone"),
        _ => pod,
    };
}
