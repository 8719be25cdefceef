using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Groups;

namespace ActorOrchestrator.Agent.Tests.Groups;

/// <summary>Pods' control groups, in directories that stand for those of the kernel: it makes a group's files with the
/// group, so here they are there before.</summary>
public sealed class LinuxPodGroupsTests : IDisposable
{
    private static readonly ResourceConfig s_limits = new()
    {
        CpuShares = 512, CpuQuota = 20_000, MemoryLimitBytes = 64 << 20,
    };

    private readonly string _home = Directory.CreateTempSubdirectory("groups-").FullName;

    private string Root => Path.Combine(_home, "cgroup");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void With_a_hierarchy_for_each_controller_the_limits_are_in_two_of_them()
    {
        Make("cpu/k8s.io/podu1", "cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us");
        Make("memory/k8s.io/podu1", "memory.limit_in_bytes", "memory.use_hierarchy");
        Write("memory/k8s.io/podu1/memory.use_hierarchy", "0");
        Assert.Equal("/k8s.io/podu1", Groups().Prepare("u1", s_limits));
        Assert.Equal(
            ["512", "100000", "20000", "67108864", "1"],
            Read(
                "cpu/k8s.io/podu1/cpu.shares", "cpu/k8s.io/podu1/cpu.cfs_period_us",
                "cpu/k8s.io/podu1/cpu.cfs_quota_us", "memory/k8s.io/podu1/memory.limit_in_bytes",
                "memory/k8s.io/podu1/memory.use_hierarchy"));
        Assert.True(Groups().AlertAllContainers);

        Write("cpu/k8s.io/podu1/cpu.cfs_quota_us", "");
        Groups().Prepare("u1", new ResourceConfig { CpuShares = 2 });
        Assert.Equal(["-1"], Read("cpu/k8s.io/podu1/cpu.cfs_quota_us"));
    }

    [Theory]
    [InlineData(2, "1")]
    [InlineData(512, "20")]
    [InlineData(1024, "39")]
    [InlineData(262_144, "10000")]
    public void With_one_hierarchy_controllers_are_handed_down_and_shares_are_a_weight(long shares, string weight)
    {
        Make("", "cgroup.controllers", "cgroup.subtree_control");
        Make("k8s.io", "cgroup.subtree_control");
        Make("k8s.io/podu1", "cpu.weight", "cpu.max", "memory.max");
        Write("cgroup.subtree_control", "cpu io memory\n");
        Assert.Equal("/k8s.io/podu1", Groups().Prepare("u1", s_limits with { CpuShares = shares }));
        Assert.Equal(
            [weight, "20000 100000", "67108864", "cpu io memory\n", "+memory"],
            Read(
                "k8s.io/podu1/cpu.weight", "k8s.io/podu1/cpu.max", "k8s.io/podu1/memory.max", "cgroup.subtree_control",
                "k8s.io/cgroup.subtree_control"));
        Assert.False(Groups().AlertAllContainers);
    }

    [Fact]
    public void With_one_hierarchy_a_pod_without_limits_has_a_weight_alone()
    {
        Make("", "cgroup.controllers", "cgroup.subtree_control");
        Make("k8s.io", "cgroup.subtree_control");
        Make("k8s.io/podu1", "cpu.weight", "cpu.max");
        Groups().Prepare("u1", new ResourceConfig { CpuShares = 1024 });
        Assert.Equal(
            ["39", "max 100000", "+cpu"],
            Read("k8s.io/podu1/cpu.weight", "k8s.io/podu1/cpu.max", "k8s.io/cgroup.subtree_control"));
    }

    [Theory]
    [InlineData("", "the machine has no control groups of the controller cpu")]
    [InlineData("cpu", "the machine has no control groups of the controller memory")]
    [InlineData("memory", "the machine has no control groups of the controller cpu")]
    public void What_the_machine_lacks_is_said_and_not_made(string controllers, string problem)
    {
        Directory.CreateDirectory(Root);
        var had = controllers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var controller in had)
        {
            Make($"{controller}/k8s.io/podu1", "cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us");
        }

        var refused = Assert.Throws<ContainerConfigException>(() => Groups().Prepare("u1", s_limits));
        Assert.StartsWith($"failed to make the pod's control group: {problem}", refused.Message);
        Assert.Equal(had, Directory.GetDirectories(Root).Select(Path.GetFileName));
    }

    [Fact]
    public void A_controller_that_is_there_but_not_handed_down_is_said_to_be_missing()
    {
        Make("", "cgroup.controllers", "cgroup.subtree_control");
        Make("k8s.io", "cgroup.subtree_control");
        Make("k8s.io/podu1", "cpu.weight", "cpu.max");
        var refused = Assert.Throws<ContainerConfigException>(() => Groups().Prepare("u1", s_limits));
        Assert.Contains("memory.max", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_goes_from_all_hierarchies_with_those_in_it_and_others_stay()
    {
        Make("cpu/k8s.io/podu1/dead/deader");
        Make("memory/k8s.io/podu1");
        Make("pids/k8s.io/podu2");
        Groups().Remove("u1");
        Groups().Remove("u1");
        Assert.Empty(Directory.GetDirectories(Root + "/cpu/k8s.io"));
        Assert.Empty(Directory.GetDirectories(Root + "/memory/k8s.io"));
        Assert.Single(Directory.GetDirectories(Root + "/pids/k8s.io"));
    }

    [Fact]
    public void A_pod_that_has_a_group_has_a_directory_by_which_it_is_found()
    {
        Make("cpu/k8s.io/podu1", "cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us");
        Make("cpu/k8s.io/podof-another-server");
        Groups().Prepare("u1", new ResourceConfig());
        foreach (var file in Directory.GetFiles(Root, "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        Groups().RemoveAll();
        Assert.Equal(
            ["podof-another-server"], Directory.GetDirectories(Root + "/cpu/k8s.io").Select(Path.GetFileName));
    }

    private LinuxPodGroups Groups() => new(Path.Combine(_home, "pods"), Root);

    private void Make(string group, params string[] files)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Root, group)).FullName;
        foreach (var file in files)
        {
            File.WriteAllText(Path.Combine(directory, file), "");
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(Root, file), text);

    private string[] Read(params string[] files) =>
        [.. files.Select(file => File.ReadAllText(Path.Combine(Root, file)))];
}
