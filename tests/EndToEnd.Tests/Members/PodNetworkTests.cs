using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Pods of all machines reach each other, on one network and through a router.</summary>
public sealed class PodNetworkTests
{
    /// <summary>More than an MTU, and than a window.</summary>
    private const int Payload = 300_000;

    private static readonly string s_deployment = $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: mesh}
        spec:
          replicas: 2
          selector: {matchLabels: {app: mesh} }
          template:
            metadata: {labels: {app: mesh} }
            spec:
              terminationGracePeriodSeconds: 0
              topologySpreadConstraints:
              - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule,
                 labelSelector: {matchLabels: {app: mesh} } }
              containers:
              - name: main
                image: busybox:1.35
                readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
                command: [sh, -c]
                args:
                - |
                  mkdir -p /www/cgi-bin
                  cat > /www/cgi-bin/who <<'END'
                  #!/bin/sh
                  echo
                  echo "$REMOTE_ADDR"
                  head -c {{Payload}} /dev/zero | tr '\0' x
                  END
                  chmod +x /www/cgi-bin/who
                  exec httpd -f -p 8080 -h /www
        """;

    [Fact]
    public async Task Pods_and_machines_reach_each_other_whatever_joins_leaves_or_is_killed()
    {
        await using var cluster = await RoutedCluster.StartAsync();
        var second = await cluster.JoinAsync(isFar: false);
        var kubectl = cluster.First.Kubectl();
        await kubectl.ApplyAsync(s_deployment);
        await kubectl.RolledOutAsync("mesh");
        await AllReachAllAsync(cluster, 2);
        (await cluster.OnAsync(second, "ip", "link")).Ok().DoesNotSay("aov-");

        // The first one behind a router: those before it have another MTU, and keep their connections.
        var third = await cluster.JoinAsync(isFar: true);
        await kubectl.OkAsync("scale", "deployment", "mesh", "--replicas=6");
        await kubectl.RolledOutAsync("mesh");
        await AllReachAllAsync(cluster, 6);
        (await cluster.OnAsync(second, "ip", "link", "show", "type", "bridge")).Ok().Says("mtu 1450");

        await second.KillAsync();
        second.Arguments =
            ["server", "--data-dir", second.DataDirectory, "--set", "node.images.high-threshold=100"];
        await second.UntilReadyAsync();
        using var api = second.Api();
        await api.UntilNodesAreReadyAsync(3);
        await AllReachAllAsync(cluster, 6);

        var former = await cluster.SubnetOfAsync(third);
        (await Tool.RunAsync(
            Places.Orchestrator, ["leave", "--data-dir", third.DataDirectory], timeout: TimeSpan.FromMinutes(3))).Ok();
        await RoutesAreAsync(cluster, cluster.First, 1, former);
        var fourth = await cluster.JoinAsync(isFar: true);
        Assert.NotEqual(former, await cluster.SubnetOfAsync(fourth));
        await kubectl.OkAsync("rollout", "restart", "deployment", "mesh");
        await kubectl.RolledOutAsync("mesh");
        await AllReachAllAsync(cluster, 6);
    }

    /// <summary>Until the pods that are ready are as many as told, and each reaches each.</summary>
    private static async Task AllReachAllAsync(RoutedCluster cluster, int count)
    {
        var pods = await Eventually.BecomesAsync(
            $"{count} pods that are ready", () => PodsAsync(cluster), pods => pods.Count == count);
        Assert.Equal(pods.Count, pods.Select(pod => pod.Address).Distinct().Count());
        var members = cluster.Members.Where(member => member.IsRunning).ToList();
        var addresses = string.Join(' ', pods.Select(pod => pod.Address));
        foreach (var pod in pods)
        {
            // Told apart only by what it answers: a route that is on its way may be late.
            await Eventually.BecomesAsync(
                $"{pod.Name} on {pod.Node} to reach all pods of {addresses}",
                async () => (await cluster.First.Kubectl().RunAsync(
                    "exec", pod.Name, "--", "sh", "-c", Script(addresses))).Text,
                text => text == string.Concat(pods.Select(other => $"{other.Address} {pod.Address}\n")));
        }

        foreach (var member in members)
        {
            foreach (var pod in pods)
            {
                (await cluster.OnAsync(member, "busybox", "sh", "-c", Ask(pod.Address))).Ok().Says("200 OK");
            }

            var machine = await AddressAsync(cluster, member);
            (await cluster.First.Kubectl().RunAsync(
                "exec", pods[0].Name, "--", "sh", "-c", $"nc -w 10 {machine} 6443 </dev/null")).Ok();
        }
    }

    /// <summary>Prints of each pod its address and that under which it sees the caller; and that more than an MTU came
    /// both as a stream and in fragments.</summary>
    private static string Script(string addresses) => $$"""
        for ip in {{addresses}}; do
          {{Ask("$ip")}} >/tmp/answer
          from=$(grep -a -m 1 -o 'ffff:[0-9.]*' /tmp/answer)
          [ $(wc -c </tmp/answer) -gt {{Payload}} ] || continue
          ping -q -c 1 -W 10 -s 4000 $ip >/dev/null && echo "$ip ${from#ffff:}"
        done
        """;

    /// <summary>busybox has a client that crashes.</summary>
    private static string Ask(string address) =>
        $@"printf 'GET /cgi-bin/who HTTP/1.0\r\n\r\n' | busybox nc -w 10 {address} 8080";

    private static async Task<IReadOnlyList<(string Name, string Node, string Address)>> PodsAsync(
        RoutedCluster cluster)
    {
        var list = await cluster.First.Kubectl().JsonAsync("get", "pods", "-l", "app=mesh");
        return
        [
            .. from pod in list["items"]!.AsArray()
               where pod!["metadata"]!["deletionTimestamp"] is null && IsReady(pod)
               select (
                   (string)pod["metadata"]!["name"]!, (string)pod["spec"]!["nodeName"]!,
                   (string)pod["status"]!["podIP"]!),
        ];
    }

    private static bool IsReady(JsonNode pod) => pod["status"]?["conditions"] is JsonArray conditions
        && conditions.Any(one => (string?)one!["type"] == "Ready" && (string?)one["status"] == "True");

    private static async Task<string> AddressAsync(RoutedCluster cluster, ControlMember member) =>
        (await cluster.First.Kubectl().OkAsync(
            "get", "node", RoutedCluster.NameOf(member), "-o", "jsonpath={.status.addresses[0].address}")).Text.Trim();

    private static Task RoutesAreAsync(RoutedCluster cluster, ControlMember at, int count, string former) =>
        Eventually.BecomesAsync(
            $"{count} routes to other machines' pods, none to {former}",
            async () => (await cluster.OnAsync(at, "ip", "route", "show", "proto", "158")).Ok(),
            routes => routes.Lines.Count == count && !routes.Text.Contains(former, StringComparison.Ordinal));
}
