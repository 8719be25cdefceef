using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>What the cluster completes, refuses and warns of when pods are made, and what its node does not
/// take.</summary>
public sealed class AdmissionTests(SharedCluster shared)
{
    private const string Fat = "resources: {requests: {cpu: \"500\"}}\n";

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_pod_of_a_missing_service_account_is_refused_until_there_is_one(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        var robot = Manifests.Pod("r", "exec sleep 1000", spec: "serviceAccountName: robot\n");
        var refusal = $"error looking up service account {space.Name}/robot: serviceaccount \"robot\" not found";
        (await kubectl.RunAsync(["create", "--dry-run=server", "-f", "-"], robot)).Fails("Forbidden", refusal);
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await kubectl.OkAsync("set", "serviceaccount", "deployment", "web", "robot");
        await kubectl.DescribesAsync(["replicasets"], "FailedCreate", refusal);

        await kubectl.OkAsync("create", "serviceaccount", "robot");
        await kubectl.RolledOutAsync("web");
        await kubectl.CreateAsync(robot);
    }

    [Fact]
    public async Task A_node_does_not_take_what_was_bound_past_the_scheduler_and_does_not_fit()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")).Text;
        await kubectl.CreateAsync(Manifests.Pod("fat", "exec sleep 1000", Fat, $"nodeName: {node}\n"));
        await kubectl.CreateAsync(
            Manifests.Pod("picky", "exec sleep 1000", spec: $"nodeName: {node}\nnodeSelector: {{disk: ssd}}\n"));
        await StatusBecomesAsync(kubectl, "fat", "OutOfcpu");
        await StatusBecomesAsync(kubectl, "picky", "NodeAffinity");
        await kubectl.DescribesAsync(
            ["pod", "fat"],
            "Status:", "Failed", "Reason:", "OutOfcpu",
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 500000");
        await kubectl.DescribesAsync(
            ["pod", "picky"],
            "Warning", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
        await kubectl.CreateAsync(Manifests.Pod("plain", "exec sleep 1000", spec: $"nodeName: {node}\n"));
        await kubectl.WaitAsync("pod/plain", "condition=Ready");
    }

    [Fact]
    public async Task Pods_that_a_node_refuses_are_not_replaced_in_a_tight_loop()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")).Text;
        await kubectl.CreateAsync(Manifests.Deployment("fat", 1, container: Fat)
            .Replace("      terminationGracePeriodSeconds: 2", $"      nodeName: {node}", StringComparison.Ordinal));
        await Eventually.BecomesAsync(
            "three refusals", async () => (await kubectl.OkAsync("get", "pods", "--no-headers")).Lines.ToList(),
            pods => pods.Count(pod => pod.Contains("OutOfcpu", StringComparison.Ordinal)) >= 3);
        var made = (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.Count;
        Assert.InRange(made, 3, 6);
    }

    [Fact]
    public async Task A_limit_range_completes_and_refuses()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(
            """
            apiVersion: v1
            kind: LimitRange
            metadata:
              name: sizes
            spec:
              limits:
              - type: Container
                max: {memory: 64Mi}
                default: {memory: 32Mi}
                defaultRequest: {memory: 16Mi}
            """);
        await kubectl.CreateAsync(Manifests.Pod("small", "exec sleep 1000"));
        Assert.Equal(
            """{"limits":{"memory":"32Mi"},"requests":{"memory":"16Mi"}}""",
            await kubectl.PathAsync("pod/small", ".spec.containers[0].resources"));
        await kubectl.WaitAsync("pod/small", "condition=Ready");
        var large = Manifests.Pod("large", "exit 0", "resources: {limits: {memory: 1Gi}}\n");
        (await kubectl.RunAsync(["create", "-f", "-"], large))
            .Fails("Forbidden", "maximum memory usage per Container is 64Mi, but limit is 1Gi");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_quota_shows_what_is_used_and_refuses_what_exceeds_it(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.OkAsync("create", "quota", "small", "--hard=pods=2,requests.cpu=100m");
        await kubectl.CreateAsync(Manifests.Deployment("web", 3, container: "resources: {requests: {cpu: 10m}}\n"));
        await UsedBecomesAsync("""{"pods":"2","requests.cpu":"20m"}""");
        await kubectl.DescribesAsync(
            ["replicasets"], "exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2");
        await kubectl.DescribesAsync(["quota", "small"], "pods", "2", "2", "requests.cpu", "20m", "100m");
        (await kubectl.RunAsync(["create", "-f", "-"], Manifests.Pod("silent", "exit 0")))
            .Fails("Forbidden", "failed quota: small: must specify requests.cpu for: main");

        await kubectl.OkAsync("scale", "deployment/web", "--replicas=1");
        await UsedBecomesAsync("""{"pods":"1","requests.cpu":"10m"}""");
        await kubectl.OkAsync("patch", "quota", "small", "-p", "{\"spec\":{\"hard\":{\"pods\":\"5\"}}}");
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=3");
        await kubectl.RolledOutAsync("web");

        Task UsedBecomesAsync(string used) => Eventually.BecomesAsync(
            "the quota to show it", () => kubectl.PathAsync("quota/small", ".status.used"), text => text == used);
    }

    [Fact]
    public async Task A_namespace_keeps_its_pods_to_a_standard_and_warns_of_what_does_not_keep_to_it()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.OkAsync(
            "label", "namespace", space.Name, "pod-security.kubernetes.io/enforce=baseline",
            "pod-security.kubernetes.io/warn=restricted");
        (await kubectl.RunAsync(["create", "-f", "-"], Manifests.Pod("host", "exit 0", spec: "hostPID: true\n")))
            .Fails("violates PodSecurity \"baseline:latest\": host namespaces (hostPID=true)");
        (await kubectl.CreateAsync(Manifests.Deployment("web", 1))).Says(
            "Warning: would violate PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container "
            + "\"main\" must set securityContext.allowPrivilegeEscalation=false)");
        await kubectl.RolledOutAsync("web");
        (await kubectl.RunAsync(
            "label", "--overwrite", "namespace", space.Name, "pod-security.kubernetes.io/enforce=severe"))
            .Fails("must be one of privileged, baseline, restricted");
    }

    private static Task StatusBecomesAsync(Kubectl kubectl, string pod, string status) => Eventually.BecomesAsync(
        $"{pod} to be refused", async () => (await kubectl.OkAsync("get", "pod", pod, "--no-headers")).Text,
        text => text.Contains(status, StringComparison.Ordinal));
}
