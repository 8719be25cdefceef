using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Images;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>The small pure tables between a pod's spec and the runtime's configuration.</summary>
public sealed class ConfigTests
{
    private static readonly NodeResources s_node = new(4000, 4L << 30, 100L << 30);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)-$(B)", "1-2")]
    [InlineData("$(NONE)", "$(NONE)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$(A", "$(A")]
    [InlineData("$A $", "$A $")]
    [InlineData("$()", "$()")]
    public void References_are_expanded(string text, string expanded) =>
        Assert.Equal(expanded, Expansion.Expand(text, name => name switch { "A" => "1", "B" => "2", _ => null }));

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest", "Always")]
    [InlineData("nginx:1.25", "docker.io/library/nginx:1.25", "IfNotPresent")]
    [InlineData("team/app", "docker.io/team/app:latest", "Always")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app:v1", "IfNotPresent")]
    [InlineData("reg.example/a/b", "reg.example/a/b:latest", "Always")]
    [InlineData("a@sha256:0123456789abcdef0123456789abcdef",
        "docker.io/library/a@sha256:0123456789abcdef0123456789abcdef", "IfNotPresent")]
    [InlineData("Upper", null, null)]
    [InlineData("a:b:c", null, null)]
    [InlineData("", null, null)]
    [InlineData("-x", null, null)]
    public void Image_names_are_completed(string text, string? full, string? policy)
    {
        var reference = ImageReference.Parse(text);

        Assert.Equal(full, reference?.ToString());
        Assert.Equal(policy, reference?.DefaultPullPolicy);
    }

    /// <summary>Parts that fit twice would try some of these for years.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("a.a")]
    [InlineData("a-")]
    [InlineData("a__")]
    [InlineData("a@a+")]
    public void Long_texts_that_name_no_image_are_seen_to(string part) =>
        Assert.Null(ImageReference.Parse(string.Concat(Enumerable.Repeat(part, 50_000)) + "!"));

    [Theory]
    //           requests      limits        shares quota   memory      oom
    [InlineData("", "", "", "", 2, 0, 0, 1000)]
    [InlineData("500m", "1Gi", "", "", 512, 0, 0, 750)]
    [InlineData("500m", "1Gi", "1500m", "2Gi", 512, 150_000, 2L << 30, 750)]
    [InlineData("", "", "1", "1Gi", 1024, 100_000, 1L << 30, -997)]
    [InlineData("1m", "1Ki", "2m", "1Mi", 2, 1000, 1 << 20, 999)]
    public void Resources_become_cgroup_values(
        string cpuRequest, string memoryRequest, string cpuLimit, string memoryLimit, long shares, long quota,
        long memory, int oomScore)
    {
        var container = PodSpecs.App("app") with
        {
            Resources = new ResourceRequirements
            {
                Requests = Amounts(cpuRequest, memoryRequest), Limits = Amounts(cpuLimit, memoryLimit),
            },
        };
        var result = CgroupResources.Of(PodSpecs.Of(container), container, s_node);

        Assert.Equal(
            (shares, quota, memory, oomScore),
            (result.CpuShares, result.CpuQuota, result.MemoryLimitBytes, result.OomScoreAdj));
    }

    [Theory]
    [InlineData("ClusterFirst", false, "10.96.0.10",
        "shop.svc.cluster.local svc.cluster.local cluster.local corp", "ndots:5")]
    [InlineData("ClusterFirst", true, "1.1.1.1", "corp", "")]
    [InlineData("ClusterFirstWithHostNet", true, "10.96.0.10",
        "shop.svc.cluster.local svc.cluster.local cluster.local corp", "ndots:5")]
    [InlineData("Default", false, "1.1.1.1", "corp", "")]
    [InlineData("None", false, "", "", "")]
    public void The_dns_policy_decides(string policy, bool hostNetwork, string servers, string searches, string options)
    {
        var pod = PodSpecs.Of().With(s => s with { DnsPolicy = policy, HostNetwork = hostNetwork });
        var machine = DnsConfig.Parse("# comment\nnameserver 1.1.1.1\nsearch corp.\n");

        var dns = DnsPlan.Of(pod, new ClusterDns(["10.96.0.10"], "cluster.local"), machine);

        Assert.Equal(
            (servers, searches, options),
            (string.Join(' ', dns.Servers), string.Join(' ', dns.Searches), string.Join(' ', dns.Options)));
    }

    [Fact]
    public void Services_are_told_as_variables()
    {
        var service = new Service
        {
            Metadata = new ObjectMeta { Name = "my-db", Namespace = "shop" },
            Spec = new ServiceSpec
            {
                ClusterIP = "10.96.0.5",
                Ports =
                [
                    new ServicePort { Name = "sql", Port = 5432 },
                    new ServicePort { Name = "adm", Port = 81, Protocol = "UDP" },
                ],
            },
        };
        var headless = service with { Spec = service.Spec with { ClusterIP = "None" } };

        var all = ServiceEnvironment.Of([service]).Select(e => $"{e.Key}={e.Value}").ToList();

        Assert.Equal(
            [
                "MY_DB_SERVICE_HOST=10.96.0.5", "MY_DB_SERVICE_PORT=5432", "MY_DB_SERVICE_PORT_SQL=5432",
                "MY_DB_SERVICE_PORT_ADM=81", "MY_DB_PORT=tcp://10.96.0.5:5432",
                "MY_DB_PORT_5432_TCP=tcp://10.96.0.5:5432",
                "MY_DB_PORT_5432_TCP_PROTO=tcp", "MY_DB_PORT_5432_TCP_PORT=5432", "MY_DB_PORT_5432_TCP_ADDR=10.96.0.5",
                "MY_DB_PORT_81_UDP=udp://10.96.0.5:81", "MY_DB_PORT_81_UDP_PROTO=udp", "MY_DB_PORT_81_UDP_PORT=81",
                "MY_DB_PORT_81_UDP_ADDR=10.96.0.5",
            ],
            all);
        Assert.Empty(ServiceEnvironment.Of([headless]));
    }

    [Theory]
    [InlineData("limits.cpu", "1m", "1500")]
    [InlineData("limits.cpu", "", "2")]
    [InlineData("requests.memory", "1Mi", "64")]
    [InlineData("limits.memory", "1Mi", "4096")]
    public void Resource_fields_are_told_in_their_divisor(string resource, string divisor, string expected)
    {
        var container = PodSpecs.App("app") with
        {
            Resources = new ResourceRequirements
            {
                Limits = Amounts("1500m", ""), Requests = Amounts("", "64Mi"),
            },
        };
        var selector = new ResourceFieldSelector
        {
            Resource = resource, Divisor = divisor.Length == 0 ? null : Quantity.Parse(divisor),
        };

        Assert.Equal(expected, FieldPaths.Resource(PodSpecs.Of(container).Spec, container, selector, s_node));
    }

    [Fact]
    public void The_back_off_doubles_to_five_minutes_and_is_forgotten()
    {
        var now = DateTimeOffset.UnixEpoch;
        var delays = new List<double>();
        BackOff? entry = null;
        for (var i = 0; i < 7; i++)
        {
            entry = BackOff.Next(entry, now, now);
            delays.Add(entry.Delay.TotalSeconds);
            now += entry.Delay;
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], delays);
        Assert.Equal(10, BackOff.Next(entry, now + TimeSpan.FromMinutes(11), now).Delay.TotalSeconds);
    }

    private static ValueMap<Quantity> Amounts(string cpu, string memory) => ValueMap<Quantity>.From(
        new[] { ("cpu", cpu), ("memory", memory) }.Where(a => a.Item2.Length > 0)
            .Select(a => KeyValuePair.Create(a.Item1, Quantity.Parse(a.Item2))));
}
