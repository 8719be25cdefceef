namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Machines for the tests of a class, which leave them running.</summary>
public sealed class SixMachines : IAsyncLifetime
{
    private MachineCluster? _cluster;

    internal MachineCluster Cluster => _cluster ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => _cluster = await MachineCluster.SixAsync();

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}

/// <summary>Three members and three machines that only run pods, made from nothing by the commands of the
/// documentation, are one cluster to kubectl and to pods, and stay one whatever befalls a machine; scripts/members
/// --machines runs more faults.</summary>
public sealed class MachinesTests(SixMachines machines) : IClassFixture<SixMachines>
{
    private const int Replicas = 12;

    [Fact]
    public async Task Random_faults_of_machines_under_load_lose_and_double_nothing()
    {
        await machines.Cluster.Workload!.StartAsync();
        await FaultRounds.RunAsync(machines.Cluster, usual: 3);
    }

    [Fact]
    public async Task Pods_of_six_machines_reach_each_other_and_every_member_reaches_them()
    {
        var cluster = machines.Cluster;
        await cluster.First.Kubectl().ApplyAsync(PodMesh.Deployment(Replicas));
        await cluster.Members[1].Kubectl().RolledOutAsync("mesh");
        var names = cluster.Machines.Select(MachineCluster.NameOf).ToList();
        foreach (var member in cluster.Members)
        {
            var nodes = await member.Kubectl().OkAsync("get", "nodes", "--no-headers");
            Assert.All(nodes.Lines, line => Assert.Contains(" Ready ", line, StringComparison.Ordinal));
            Assert.Equal(names, nodes.Lines.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        }

        var pods = (await cluster.Members[2].Kubectl().OkAsync(
            "get", "pods", "-l", "app=mesh", "-o",
            "jsonpath={range .items[*]}{.spec.nodeName} {.metadata.name}{\"\\n\"}{end}"))
            .Lines.Select(line => line.Split(' ')).ToLookup(pair => pair[0], pair => pair[1]);
        Assert.All(names, name => Assert.Equal(Replicas / names.Count, pods[name].Count()));
        foreach (var member in cluster.Members)
        {
            await Task.WhenAll(names.Select(name => SpeaksAsync(member, pods[name].First())));
        }

        await PodMesh.AllReachAllAsync(cluster, Replicas);
        await cluster.First.Kubectl().OkAsync("delete", "deployment", "mesh");
    }

    /// <summary>With its log, and by a command in it.</summary>
    private static async Task SpeaksAsync(ControlMember through, string pod)
    {
        var kubectl = through.Kubectl();
        (await kubectl.OkAsync("logs", pod)).Says($"{pod} serves");
        Assert.Equal(pod, (await kubectl.OkAsync("exec", pod, "--", "hostname")).Text.Trim());
    }
}
