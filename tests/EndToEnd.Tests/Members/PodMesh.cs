using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Pods, as many on each machine, that each serve and ask all others; and machines that ask them.</summary>
internal static class PodMesh
{
    /// <summary>More than an MTU, and than a window.</summary>
    private const int Payload = 300_000;

    public static string Deployment(int replicas) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: mesh}
        spec:
          replicas: {{replicas}}
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
                  echo "$HOSTNAME serves"
                  exec httpd -f -p 8080 -h /www
        """;

    /// <summary>Until the pods that are ready are as many as told, and each reaches each.</summary>
    public static async Task AllReachAllAsync(MachineCluster cluster, int count)
    {
        var pods = await Eventually.BecomesAsync(
            $"{count} pods that are ready", () => PodsAsync(cluster), pods => pods.Count == count);
        Assert.Equal(pods.Count, pods.Select(pod => pod.Address).Distinct().Count());
        var members = cluster.Members.Where(member => member.IsRunning).ToList();
        var machines = cluster.Machines.Where(machine => machine.IsRunning);
        var addresses = string.Join(' ', pods.Select(pod => pod.Address));
        foreach (var (index, pod) in pods.Index())
        {
            // Told apart only by what it answers: a route that is on its way may be late.
            await Eventually.BecomesAsync(
                $"{pod.Name} on {pod.Node} to reach all pods of {addresses}",
                async () => (await members[index % members.Count].Kubectl().RunAsync(
                    "exec", pod.Name, "--", "sh", "-c", Script(addresses))).Text,
                text => text == string.Concat(pods.Select(other => $"{other.Address} {pod.Address}\n")));
        }

        foreach (var machine in machines)
        {
            foreach (var pod in pods)
            {
                (await machine.RunAsync("busybox", "sh", "-c", Ask(pod.Address))).Ok().Says("200 OK");
            }

            var address = await AddressAsync(cluster, machine);
            var port = machine is ControlMember ? 6443 : 10250;
            (await cluster.First.Kubectl().RunAsync(
                "exec", pods[0].Name, "--", "sh", "-c", $"nc -w 10 {address} {port} </dev/null")).Ok();
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
        MachineCluster cluster)
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

    private static async Task<string> AddressAsync(MachineCluster cluster, ServerProcess machine) =>
        (await cluster.First.Kubectl().OkAsync(
            "get", "node", MachineCluster.NameOf(machine), "-o", "jsonpath={.status.addresses[0].address}"))
        .Text.Trim();
}
