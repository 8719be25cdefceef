using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Verbs;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>kubectl cordon, uncordon, drain, taint: on a cluster of its own, since all pods are affected.</summary>
public sealed class NodeTests
{
    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_node_is_cordoned_drained_tainted_and_taken_back(string version)
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl("default", version);
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim().Replace("node/", "");
        await kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await kubectl.RolledOutAsync("web");

        (await kubectl.OkAsync("cordon", node)).Says("cordoned");
        (await kubectl.OkAsync("get", "nodes")).Says("Ready,SchedulingDisabled");
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=3");
        await PendingAsync(kubectl, pods: 1, "0/1 nodes are available", "unschedulable");
        (await kubectl.RunAsync(
            ["drain", node, "--ignore-daemonsets", "--timeout=180s"], "", TimeSpan.FromSeconds(210))).Ok()
            .Says("evicting pod", version == "1.20" ? $"node/{node} evicted" : $"node/{node} drained");
        await PendingAsync(kubectl, pods: 3, "0/1 nodes are available");
        (await kubectl.OkAsync("uncordon", node)).Says("uncordoned");
        await kubectl.RolledOutAsync("web");

        (await kubectl.OkAsync("taint", "nodes", node, "dedicated=db:NoSchedule")).Says("tainted");
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=4");
        await PendingAsync(kubectl, pods: 1, "untolerated taint");
        await kubectl.OkAsync("taint", "nodes", node, "dedicated-");
        await kubectl.RolledOutAsync("web");
    }

    [Fact]
    public async Task A_drain_takes_what_the_budget_allows_and_goes_on_when_another_pod_is_ready()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim().Replace("node/", "");
        await kubectl.CreateAsync(Manifests.Deployment("web", 3));
        await kubectl.OkAsync("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=2");
        await kubectl.RolledOutAsync("web");
        await AllowsAsync(kubectl, disruptions: 1);
        var pods = (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.ToList();

        await using var drain = kubectl.Follow("drain", node, "--ignore-daemonsets", "--timeout=600s");
        await PendingAsync(kubectl, pods: 1, "0/1 nodes are available");
        // The replacement waits from the eviction on, while the evicted pod still has its grace to end in.
        await Eventually.BecomesAsync("one of the three pods to be gone", LeftAsync, left => left == 2);
        await drain.SeesAsync("refusals by the budget in two rounds", lines => lines.Count(line => line.Contains(
            "Cannot evict pod as it would violate the pod's disruption budget.", StringComparison.Ordinal)) >= 4);
        Assert.Equal(2, await LeftAsync());
        (await kubectl.OkAsync("get", "pdb", "web", "--no-headers")).Says("N/A");
        await AllowsAsync(kubectl, disruptions: 0);

        (await kubectl.OkAsync("uncordon", node)).Says("uncordoned");
        await drain.SeesAsync(
            "the drain to end", lines => lines.Contains($"node/{node} drained"), TimeSpan.FromMinutes(5));
        await kubectl.RolledOutAsync("web");
        Assert.Empty((await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.Intersect(pods));
        await AllowsAsync(kubectl, disruptions: 1);

        async Task<int> LeftAsync() =>
            (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.Intersect(pods).Count();
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_drain_starts_the_new_pod_first_where_that_is_asked_for(string version)
    {
        await using var cluster = await Cluster.StartAsync();
        await using var space = await Space.NewAsync(cluster, version);
        await using var watch = await PodWatch.StartAsync(space);
        var kubectl = space.Kubectl;
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim().Replace("node/", "");
        await kubectl.CreateAsync(Manifests.Deployment("web", 1).Replace(
            "    metadata:\n      labels:",
            "    metadata:\n      annotations: {actor-orchestrator/evict: after-replacement}\n      labels:",
            StringComparison.Ordinal));
        await kubectl.OkAsync("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=1");
        await kubectl.RolledOutAsync("web");
        var pod = (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.Single();
        await Eventually.HoldsAsync(
            "the watch to see it available", () => watch.Instants[^1].Any(each => each.Available));
        var ready = watch.Instants.Count - 1;

        await using var drain = kubectl.Follow("drain", node, "--ignore-daemonsets", "--timeout=600s");
        await drain.SeesAsync("two refusals", lines => lines.Count(line => line.Contains(
            "Cannot evict pod before the one that replaces it is available", StringComparison.Ordinal)) >= 2);
        await PendingAsync(kubectl, pods: 1, "0/1 nodes are available");
        await kubectl.OkAsync("get", pod);
        (await kubectl.OkAsync("uncordon", node)).Says("uncordoned");
        await drain.SeesAsync("the drain to end", lines => lines.Any(line =>
            line.StartsWith($"node/{node} ", StringComparison.Ordinal) && line.EndsWith("ed", StringComparison.Ordinal)
            && !line.Contains("cordoned", StringComparison.Ordinal)));
        await kubectl.RolledOutAsync("web");
        Assert.NotEqual(pod, (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines.Single());
        Assert.All(watch.Instants.Skip(ready), pods => Assert.Contains(pods, each => each.Available));
    }

    private static Task AllowsAsync(Kubectl kubectl, int disruptions) => Eventually.BecomesAsync(
        $"{disruptions} disruptions to be allowed", () => kubectl.PathAsync("pdb/web", ".status.disruptionsAllowed"),
        allowed => allowed == $"{disruptions}");

    [Fact]
    public async Task Pods_that_fit_nowhere_wait_and_say_why()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Manifests.Pod("big", "exec sleep 1000", "resources: {requests: {cpu: \"1000\"}}\n"));
        await PendingAsync(kubectl, pods: 1, "Insufficient cpu");
        await kubectl.OkAsync("delete", "pod", "big");
        await kubectl.CreateAsync(Manifests.Pod("picky", "exec sleep 1000", spec: "nodeSelector: {disk: ssd}\n"));
        await PendingAsync(kubectl, pods: 1, "node affinity/selector");
        await kubectl.OkAsync("label", "nodes", "--all", "disk=ssd");
        await kubectl.WaitAsync("pod/picky", "condition=Ready");
    }

    private static async Task PendingAsync(Kubectl kubectl, int pods, params string[] reasons)
    {
        await Eventually.BecomesAsync($"{pods} pods to wait with the reason {string.Join(", ", reasons)}", async () =>
            (await kubectl.OkAsync("get", "pods", "--field-selector=status.phase=Pending", "-o",
                "jsonpath={range .items[*]}{.status.conditions[?(@.type==\"PodScheduled\")].message}{\"\\n\"}{end}"))
            .Lines, lines => lines.Count == pods && lines.All(line => reasons.All(line.Contains)));
    }
}
