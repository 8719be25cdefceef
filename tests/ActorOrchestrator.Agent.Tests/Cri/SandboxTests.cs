using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

public sealed class SandboxTests(ContainerdFixture fixture) : ContainerdTests(fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_runtime_names_itself_and_is_ready_with_a_network()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var version = await Fixture.Runtime.VersionAsync(cancellation);
        Assert.Equal("containerd", version.Name);
        Assert.NotEmpty(version.Version);
        var health = await Fixture.Runtime.StatusAsync(cancellation);
        Assert.Equal(new RuntimeHealth(true, true, "", ""), health);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sandbox_runs_with_an_address_of_the_pod_subnet_and_its_labels_and_is_gone_after_removal()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var config = Fixture.Sandbox("one") with
        {
            Attempt = 3, Annotations = new Dictionary<string, string> { ["note"] = "kept" },
        };
        string id;
        await using (var pod = await PodOnContainerd.RunAsync(Fixture.Runtime, config, cancellation))
        {
            id = pod.Id;
            var status = await Fixture.Runtime.SandboxStatusAsync(id, cancellation);
            Assert.NotNull(status);
            Assert.True(status.Ready);
            Assert.Equal(("one", "default", config.Uid, 3u),
                (status.Name, status.Namespace, status.Uid, status.Attempt));
            Assert.Equal("kept", status.Annotations["note"]);
            var subnet = System.Net.IPNetwork.Parse(Fixture.Settings.Network.PodSubnet!);
            var ip = Assert.Single(status.Ips);
            Assert.True(subnet.Contains(System.Net.IPAddress.Parse(ip)), $"{ip} is not in {subnet}");
            Assert.Contains(
                await Fixture.Runtime.ListSandboxesAsync(cancellation), each => each.Id == id && each.Ready);

            await Fixture.Runtime.StopSandboxAsync(id, cancellation);
            var stopped = await Fixture.Runtime.SandboxStatusAsync(id, cancellation);
            Assert.False(stopped!.Ready);
        }
        Assert.Null(await Fixture.Runtime.SandboxStatusAsync(id, cancellation));
        await Fixture.Runtime.StopSandboxAsync(id, cancellation);
        await Fixture.Runtime.RemoveSandboxAsync(id, cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_another_agent_runs_in_the_same_runtime_is_not_listed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var other = Fixture.NewRuntime("somebody-else");
        await using var pod = await PodOnContainerd.RunAsync(other, Fixture.Sandbox("theirs"), cancellation);
        var container = await pod.StartAsync("c", "sleep", "1000");
        Assert.Contains(await other.ListSandboxesAsync(cancellation), each => each.Id == pod.Id);
        Assert.DoesNotContain(await Fixture.Runtime.ListSandboxesAsync(cancellation), each => each.Id == pod.Id);
        Assert.DoesNotContain(await Fixture.Runtime.ListContainersAsync(cancellation), each => each.Id == container);
        Assert.Null(await Fixture.Runtime.ContainerStatusAsync(container, cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pods_hostname_dns_and_sysctls_are_as_asked_for()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var config = Fixture.Sandbox("named") with
        {
            DnsServers = ["10.96.0.10"], DnsSearches = ["default.svc.cluster.local"], DnsOptions = ["ndots:5"],
            Sysctls = new Dictionary<string, string> { ["net.ipv4.ip_unprivileged_port_start"] = "80" },
        };
        await using var pod = await PodOnContainerd.RunAsync(Fixture.Runtime, config, cancellation);
        var container = await pod.StartAsync("c", "sleep", "1000");
        Assert.Equal("named\n", await OutputAsync(container, "hostname"));
        Assert.Equal(
            "search default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
            await OutputAsync(container, "cat", "/etc/resolv.conf"));
        Assert.Equal("80\n", await OutputAsync(container, "cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_pods_reach_each_other_by_address_and_the_machine_reaches_a_host_port()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var hostPort = FreePort.Next();
        var config = Fixture.Sandbox("web") with { Ports = [new PortMapping("TCP", 8080, hostPort, null)] };
        await using var web = await PodOnContainerd.RunAsync(Fixture.Runtime, config, cancellation);
        await web.StartAsync(
            "httpd", "sh", "-c", "mkdir /www; echo hello >/www/index.html; exec httpd -f -p 8080 -h /www");
        await using var client = await PodOnContainerd.RunAsync(
            Fixture.Runtime, Fixture.Sandbox("client"), cancellation);
        var shell = await client.StartAsync("c", "sleep", "1000");
        var ip = (await Fixture.Runtime.SandboxStatusAsync(web.Id, cancellation))!.Ips[0];
        Assert.Equal("hello\n", await OutputAsync(
            shell, "sh", "-c",
            $"for i in $(seq 50); do wget -q -O- http://{ip}:8080/ && exit; sleep 0.1; done; exit 1"));
        // portmap does not answer on 127.0.0.1 by itself; the bridge's address is the machine's own as well.
        using var http = new HttpClient();
        var bridge = System.Net.IPNetwork.Parse(Fixture.Settings.Network.PodSubnet!).BaseAddress.ToString()[..^1]
            + "1";
        Assert.Equal("hello\n", await http.GetStringAsync($"http://{bridge}:{hostPort}/", cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pod_reaches_another_network_by_the_machines_address()
    {
        var cancellation = TestContext.Current.CancellationToken;
        // A namespace that knows no way to the pod subnet: it can only answer to the machine's own address.
        var name = "t" + Fixture.Directory[^6..];
        var net = Fixture.Settings.Network.PodSubnet!.Replace("10.", "11.").Replace(".0/24", "");
        string[] setup =
        [
            $"netns add {name}", $"link add {name} type veth peer name eth0 netns {name}",
            $"addr add {net}.1/24 dev {name}",
            $"link set {name} up", $"-n {name} addr add {net}.2/24 dev eth0", $"-n {name} link set eth0 up",
        ];
        foreach (var command in setup)
        {
            await ContainerdFixture.RunAsync("ip", command.Split(' '));
        }

        using var server = System.Diagnostics.Process.Start(
            "ip", $"netns exec {name} busybox httpd -f -p 8080 -h {Fixture.Directory}");
        try
        {
            await File.WriteAllTextAsync(Fixture.Directory + "/far", "far away\n", cancellation);
            await using var pod = await PodOnContainerd.RunAsync(
                Fixture.Runtime, Fixture.Sandbox("traveller"), cancellation);
            var shell = await pod.StartAsync("c", "sleep", "1000");
            Assert.Equal("far away\n", await OutputAsync(shell, "wget", "-q", "-O-", $"http://{net}.2:8080/far"));
        }
        finally
        {
            server.Kill();
            await ContainerdFixture.RunAsync("ip", "netns", "delete", name);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_host_network_pod_has_the_machines_interfaces()
    {
        var cancellation = TestContext.Current.CancellationToken;
        // The bridge is there from the first pod on that has a network of its own.
        await using var neighbour = await PodOnContainerd.RunAsync(
            Fixture.Runtime, Fixture.Sandbox("neighbour"), cancellation);
        var config = Fixture.Sandbox("host") with { Network = NamespaceMode.Node, Hostname = null };
        await using var pod = await PodOnContainerd.RunAsync(Fixture.Runtime, config, cancellation);
        var container = await pod.StartAsync("c", "sleep", "1000");
        Assert.Contains(Fixture.Settings.Network.BridgeName, await OutputAsync(container, "ls", "/sys/class/net"));
    }

    private async Task<string> OutputAsync(string container, params string[] command)
    {
        var result = await Fixture.Runtime.ExecAsync(container, command, TimeSpan.FromSeconds(20), Cancellation);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Output}");
        return result.Output;
    }
}
