using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>What clients find in a cluster that nobody has used yet; the table is docs/fresh-cluster.md.</summary>
public sealed class FreshClusterTests
{
    [Fact]
    public async Task What_clients_expect_is_there_and_stays()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false, Address = "0.0.0.0" });
        var kubectl = cluster.Kubectl();
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim().Replace("node/", "");
        var port = cluster.Listen.Split(':')[1];
        // Of several, such as a bridge's of other tests, the first one is the machine's main one.
        var address = (await kubectl.PathAsync(
            $"node/{node}", ".status.addresses[?(@.type==\"InternalIP\")].address")).Split(' ')[0];

        await EndpointsAsync($"{address}:{port}");
        Assert.Equal($"443 {port}", await kubectl.PathAsync(
            "service/kubernetes", ".spec.ports[0].port} {.spec.ports[0].targetPort"));
        await kubectl.DescribesAsync(["service", "kubernetes"], $"{address}:{port}", "component=apiserver");
        (await kubectl.OkAsync("get", "endpointslices", "kubernetes", "-o", "wide")).Says("IPv4", port, address);
        foreach (var space in new[] { "default", "kube-system", "kube-public", "kube-node-lease" })
        {
            await Eventually.BecomesAsync(
                $"what every namespace has, in {space}",
                () => kubectl.In(space).OkAsync("get", "serviceaccounts,configmaps", "-o", "name"),
                output => new[] { "serviceaccount/default", "configmap/kube-root-ca.crt" }.All(output.Text.Contains));
        }

        (await kubectl.In("kube-system").OkAsync(
            "get", "configmap", "extension-apiserver-authentication", "-o", "yaml")).Says("BEGIN CERTIFICATE");
        (await kubectl.OkAsync("get", "priorityclasses", "-o", "name")).Says("critical", "system-node-critical");
        (await kubectl.DescribesAsync(["node", node], $"HolderIdentity:  {node}", "RenewTime:", "NodeReady"))
            .DoesNotSay("not found");

        await kubectl.OkAsync("delete", "service,endpoints,endpointslice", "kubernetes");
        await EndpointsAsync($"{address}:{port}");
        await kubectl.In("kube-system").OkAsync("delete", "configmap", "extension-apiserver-authentication");
        await Eventually.HoldsAsync("it to be made again", async () => (await kubectl.In("kube-system").RunAsync(
            "get", "configmap", "extension-apiserver-authentication")).ExitCode == 0);

        Task EndpointsAsync(string wanted) => Eventually.BecomesAsync(
            "the endpoints of the API", async () => (await kubectl.RunAsync(
                "get", "endpoints", "kubernetes", "-o",
                "jsonpath={.subsets[0].addresses[0].ip}:{.subsets[0].ports[0].port}")).Text,
            text => text == wanted);
    }

    [Fact]
    public async Task A_member_has_one_lease_whatever_becomes_of_it()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl("kube-system");
        var first = await HolderAsync();
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        await Eventually.BecomesAsync("the lease to be taken over", HolderAsync, holder => holder != first);
        Assert.Equal("1", await kubectl.PathAsync(
            "lease", ".items[0].spec.leaseTransitions"));

        Task<string> HolderAsync() => Eventually.BecomesAsync(
            "one lease", async () => (await kubectl.OkAsync(
                "get", "leases", "-l", "apiserver.kubernetes.io/identity=kube-apiserver", "-o",
                "jsonpath={.items[*].spec.holderIdentity}")).Text,
            text => text.Length > 0 && !text.Contains(' ', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_of_one_second_are_listed_in_order()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000").Replace("busybox:1.35", "busybox"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        var reasons = await Eventually.BecomesAsync(
            "the event of the start",
            async () => (await kubectl.OkAsync(
                "get", "events", "--field-selector=involvedObject.name=p", "-o", "jsonpath={.items[*].reason}")).Text,
            text => text.Contains("Started", StringComparison.Ordinal));
        Assert.Matches("^Scheduled .*Created Started$", reasons);
    }
}
