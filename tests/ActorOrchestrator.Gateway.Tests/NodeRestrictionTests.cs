using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Of what a node may write, that it is its own: a line a rule, allowed and refused.</summary>
public sealed class NodeRestrictionTests
{
    private const string Nodes = "/api/v1/nodes";
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    private const string Merge = "application/merge-patch+json";

    private const string Mirror =
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"m-n1","annotations":{"kubernetes.io/config.mirror":"u"},
        "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n1","uid":"UID","controller":true}]},
        "spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}}
        """;

    [Theory]
    [InlineData("""{"metadata":{"annotations":{"a":"b"}}}""")]
    [InlineData("""{"metadata":{"labels":{"disk":"ssd","example.com/x":"y"}}}""")]
    [InlineData("""{"metadata":{"labels":{"kubernetes.io/hostname":"n1","topology.kubernetes.io/zone":"z"}}}""")]
    [InlineData("""{"metadata":{"labels":{"kubelet.kubernetes.io/x":"y","sub.node.kubernetes.io/x":"y"}}}""")]
    [InlineData("""{"metadata":{"labels":{"node-restriction.kubernetes.io/x":"y"}}}""",
        "is not allowed to modify labels: node-restriction.kubernetes.io/x")]
    [InlineData("""{"metadata":{"labels":{"a.node-restriction.kubernetes.io/x":"y"}}}""",
        "is not allowed to modify labels: a.node-restriction.kubernetes.io/x")]
    [InlineData("""{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":""}}}""",
        "is not allowed to modify labels: node-role.kubernetes.io/control-plane")]
    [InlineData("""{"metadata":{"labels":{"x.k8s.io/a":"1","kubernetes.io/b":"2"}}}""",
        "is not allowed to modify labels: kubernetes.io/b, x.k8s.io/a")]
    [InlineData("""{"metadata":{"labels":{"kept.k8s.io/a":null}}}""",
        "is not allowed to modify labels: kept.k8s.io/a")]
    [InlineData("""{"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}""", "is not allowed to modify taints")]
    [InlineData("""{"spec":{"taints":null}}""", "is not allowed to modify taints")]
    [InlineData(
        """{"spec":{"podCIDR":"10.0.0.0/8","podCIDRs":["10.0.0.0/8"]}}""", "is not allowed to modify its podCIDR")]
    [InlineData(
        """{"metadata":{"annotations":{"actor-orchestrator/cluster-cidr":"0.0.0.0/0"}}}""",
        "is not allowed to modify its podCIDR")]
    [InlineData("""{"metadata":{"annotations":{"actor-orchestrator/pod-subnet":"any"}}}""")]
    [InlineData(
        """{"metadata":{"annotations":{"actor-orchestrator/member":"10.0.0.2:7946#1"}}}""",
        "is not allowed to say which member carries it")]
    [InlineData(
        """{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u"}]}}""",
        "is not allowed to modify ownerReferences")]
    public async Task Its_own_Node_but_for_taints_owners_and_labels_of_others(string patch, string? refusal = null)
    {
        await using var gateway = await StartAsync();
        await ExpectAsync(gateway, "PATCH", $"{Nodes}/n1", patch, refusal is null ? null : $"node \"n1\" {refusal}");
    }

    [Theory]
    [InlineData("PATCH", "nodes/n2", """{"metadata":{"annotations":{"a":"b"}}}""",
        "node \"n1\" is not allowed to modify node \"n2\"")]
    [InlineData("PATCH", "nodes/n2/status", """{"status":{"phase":"Running"}}""",
        "node \"n1\" is not allowed to modify node \"n2\"")]
    [InlineData("PATCH", "nodes/n1/status", """{"metadata":{"labels":{"a":"b"}}}""",
        "node \"n1\" cannot update labels or annotations through node status")]
    [InlineData("PATCH", "nodes/n1/status",
        """{"status":{"addresses":[{"type":"Hostname","address":"n1"},{"type":"ExternalIP","address":"10.0.0.2"}]}}""",
        "node \"n1\" is not allowed to report an address of node \"n2\"")]
    [InlineData("PATCH", "namespaces/default/pods/theirs/status", """{"status":{"phase":"Failed"}}""",
        "node \"n1\" can only update pod status for pods with spec.nodeName set to itself")]
    [InlineData("PATCH", "namespaces/default/pods/free/status", """{"status":{"phase":"Failed"}}""",
        "node \"n1\" can only update pod status for pods with spec.nodeName set to itself")]
    [InlineData("PATCH", "namespaces/default/pods/ours/status", """{"metadata":{"labels":{"a":"b"}}}""",
        "node \"n1\" cannot update labels or annotations through pod status")]
    [InlineData("DELETE", "namespaces/default/pods/theirs", "",
        "node \"n1\" can only delete pods with spec.nodeName set to itself")]
    [InlineData("DELETE", "namespaces/default/pods/free", "",
        "node \"n1\" can only delete pods with spec.nodeName set to itself")]
    public async Task Nothing_of_others(string method, string path, string body, string refusal)
    {
        await using var gateway = await StartAsync();
        await ExpectAsync(gateway, method, $"/api/v1/{path}", body, refusal);
    }

    [Theory]
    [InlineData("\"nodeName\"", "\"nodeName\"")]
    [InlineData("config.mirror", "config.other",
        "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"n1\" can only create mirror pods")]
    [InlineData("\"nodeName\":\"n1\"", "\"nodeName\":\"n2\"",
        "node \"n1\" can only create pods with spec.nodeName set to itself")]
    [InlineData("\"kind\":\"Node\",\"name\":\"n1\"", "\"kind\":\"Node\",\"name\":\"n2\"",
        "node \"n1\" can only create pods with an owner reference set to itself")]
    [InlineData(",\"controller\":true", "",
        "node \"n1\" can only create pods with a controller owner reference set to itself")]
    [InlineData("\"controller\":true", "\"controller\":true,\"blockOwnerDeletion\":true",
        "node \"n1\" must not set blockOwnerDeletion on an owner reference")]
    [InlineData("UID", "another", "node \"n1\" UID mismatch: expected * got another")]
    [InlineData("\"containers\"", "\"serviceAccountName\":\"default\",\"containers\"",
        "node \"n1\" can not create pods that reference serviceaccounts")]
    [InlineData("\"containers\"",
        "\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}],\"containers\"",
        "node \"n1\" can not create pods that reference secrets")]
    public async Task Pods_are_created_as_mirrors_only(string change, string to, string? refusal = null)
    {
        await using var gateway = await StartAsync();
        var uid = gateway.Cluster.View.Get(KindRegistry.Of<Node>(), null, "n1")!.Metadata.Uid!;
        var body = Mirror.Replace(change, to, StringComparison.Ordinal).Replace("UID", uid, StringComparison.Ordinal);
        await ExpectAsync(
            gateway, "POST", Pods, body, refusal?.Replace("*", uid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_Node_has_no_labels_of_others_and_may_have_taints()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string Body(string name, string label) =>
            $$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{name}}","labels":{"{{label}}":"x"} },
            "spec":{"taints":[{"key":"k","effect":"NoSchedule"}]} }
            """;
        await ExpectAsync(
            gateway, "POST", Nodes, Body("n1", "node-restriction.kubernetes.io/a"),
            "node \"n1\" is not allowed to set the following labels: node-restriction.kubernetes.io/a");
        await ExpectAsync(
            gateway, "POST", Nodes, Body("n3", "disk"), "node \"n1\" is not allowed to modify node \"n3\"");
        await ExpectAsync(gateway, "POST", Nodes, Body("n1", "disk"), null);
    }

    [Fact]
    public async Task A_status_that_a_node_writes_is_the_report_of_its_agent()
    {
        await using var gateway = await StartAsync();
        await ExpectAsync(gateway, "PATCH", $"{Nodes}/n1/status", """{"status":{"phase":"Running"}}""", null);
        Assert.IsType<NodeHeartbeat>(gateway.Cluster.Sent[^1].Command);
        await ExpectAsync(gateway, "PATCH", $"{Nodes}/n1/status", "{}", null);
        Assert.IsType<NodeLives>(gateway.Cluster.Sent[^1].Command);
        await ExpectAsync(gateway, "PATCH", $"{Pods}/ours/status", """{"status":{"phase":"Running"}}""", null);
        var report = Assert.IsType<PodStatusReported>(gateway.Cluster.Sent[^1].Command);
        Assert.Equal(
            gateway.Cluster.View.Get(KindRegistry.Of<Pod>(), "default", "ours")!.Metadata.Uid, report.Uid);
    }

    [Fact]
    public async Task A_dry_run_reports_nothing()
    {
        await using var gateway = await StartAsync();
        const string patch = """{"status":{"phase":"Running"}}""";
        await ExpectAsync(gateway, "PATCH", $"{Nodes}/n1/status?dryRun=All", patch, null);
        Assert.True(Assert.IsType<Replace>(gateway.Cluster.Sent[^1].Command).DryRun);
    }

    [Fact]
    public async Task A_deletion_means_the_pod_that_was_judged()
    {
        await using var gateway = await StartAsync();
        var uid = gateway.Cluster.View.Get(KindRegistry.Of<Pod>(), "default", "ours")!.Metadata.Uid;
        await ExpectAsync(gateway, "DELETE", $"{Pods}/ours?gracePeriodSeconds=0", null, null);
        var sent = Assert.IsType<Delete>(gateway.Cluster.Sent[^1].Command);
        Assert.Equal(uid, sent.Options.Preconditions?.Uid);
    }

    [Fact]
    public async Task What_the_view_does_not_show_is_not_written()
    {
        await using var gateway = await StartAsync();
        using var node = gateway.NewClient(RunningGateway.NodeToken);
        var sent = gateway.Cluster.Sent.Count;
        const string another = """{"preconditions":{"uid":"another"}}""";
        Assert.Equal(404, (await gateway.SendAsync("DELETE", $"{Pods}/absent", client: node)).Code);
        Assert.Equal(404, (await gateway.SendAsync("DELETE", $"{Pods}/ours", another, client: node)).Code);
        const string status =
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"ours","uid":"another"},"status":{"phase":"Failed"}}
            """;
        Assert.Equal(404, (await gateway.SendAsync("PUT", $"{Pods}/ours/status", status, client: node)).Code);
        Assert.Equal(sent, gateway.Cluster.Sent.Count);

        // A version that the member has not seen yet may have other taints and labels.
        const string patch = """{"metadata":{"resourceVersion":"999","annotations":{"a":"b"}}}""";
        Assert.Equal(409, (await gateway.SendAsync("PATCH", $"{Nodes}/n1", patch, Merge, client: node)).Code);
        var stored = gateway.Cluster.View.Get(KindRegistry.Of<Node>(), null, "n1")!;
        Assert.False(stored.Metadata.Annotations.ContainsKey("a"));
    }

    [Fact]
    public async Task A_deletion_without_grace_of_a_pod_that_is_going_says_that_it_has_stopped()
    {
        await using var gateway = await StartAsync();
        var ours = gateway.Cluster.View.Get(KindRegistry.Of<Pod>(), "default", "ours")!;
        gateway.Cluster.Change(ours with
        {
            Metadata = ours.Metadata with { DeletionTimestamp = TimeProvider.System.GetUtcNow() },
        });
        using var node = gateway.NewClient(RunningGateway.NodeToken);
        gateway.Cluster.Before = (_, _) => new Reply.Accepted(ours, Removed: true);
        var answer = await gateway.SendAsync("DELETE", $"{Pods}/ours?gracePeriodSeconds=0", client: node);
        Assert.Equal(200, answer.Code);
        Assert.Equal(new PodStopped(ours.Metadata.Uid!, null), gateway.Cluster.Sent[^1].Command);
    }

    [Fact]
    public async Task The_renewal_of_its_Lease_is_a_sign_of_life()
    {
        await using var gateway = await StartAsync();
        static string Lease(string name) =>
            $$"""
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"{{name}}"},
            "spec":{"holderIdentity":"n1"} }
            """;
        await ExpectAsync(
            gateway, "POST", Leases, Lease("n2"),
            "can only access node lease with the same name as the requesting node");
        await ExpectAsync(gateway, "POST", Leases, Lease("n1"), null);
        Assert.Equal(
            (EntityKey.Of(KindRegistry.Of<Node>(), null, "n1"), new NodeLives()), gateway.Cluster.Sent[^1]);
        await ExpectAsync(
            gateway, "PATCH", $"{Leases}/n1", """{"spec":{"renewTime":"2026-11-30T10:00:00.000000Z"}}""", null);
        Assert.IsType<NodeLives>(gateway.Cluster.Sent[^1].Command);
    }

    [Fact]
    public async Task What_a_machine_has_seen_is_waited_for_before_it_is_judged()
    {
        await using var gateway = await StartAsync(options => options with
        {
            FutureVersionWait = TimeSpan.FromMinutes(1),
        });
        using var node = gateway.NewClient(RunningGateway.NodeToken);
        var free = (Pod)gateway.Cluster.View.Get(KindRegistry.Of<Pod>(), "default", "free")!;
        var report = $$$"""{"metadata":{"name":"free","uid":"{{{free.Metadata.Uid}}}"},"status":{"phase":"Running"}}""";
        gateway.Cluster.Before = (_, _) => new Reply.Accepted(free);
        Task<Answer> ReportAsync() => gateway.SendAsync("PUT", $"{Pods}/free/status", report, client: node);
        Assert.Equal(403, (await ReportAsync()).Code);

        var bound = gateway.Cluster.View.Sequence + 1;
        node.DefaultRequestHeaders.Add(SeenVersion.Header, $"{bound}");
        var waiting = ReportAsync();
        Assert.False(waiting.IsCompleted);
        gateway.Cluster.Change(free with { Spec = free.Spec with { NodeName = "n1" } });
        Assert.Equal(200, (await waiting).Code);
    }

    private static async Task<RunningGateway> StartAsync(Func<GatewayOptions, GatewayOptions>? configure = null)
    {
        var gateway = await RunningGateway.StartAsync(configure);
        gateway.Cluster.Put(new Node
        {
            Metadata = new()
            {
                Name = "n1", Labels = ValueMap<string>.From([KeyValuePair.Create("kept.k8s.io/a", "b")]),
            },
            Spec = new() { Taints = [new() { Key = "theirs", Effect = "NoSchedule" }] },
        });
        gateway.Cluster.Put(new Node
        {
            Metadata = new() { Name = "n2" },
            Status = new() { Addresses = [new() { Type = NodeAddresses.Internal, Address = "10.0.0.2" }] },
        });
        foreach (var (name, node) in new[] { ("ours", "n1"), ("theirs", "n2"), ("free", null) })
        {
            gateway.Cluster.Put(new Pod
            {
                Metadata = new() { Namespace = "default", Name = name },
                Spec = new() { NodeName = node, Containers = [new() { Name = "c", Image = "i" }] },
            });
        }

        return gateway;
    }

    private static async Task ExpectAsync(
        RunningGateway gateway, string method, string path, string? body, string? refusal)
    {
        using var node = gateway.NewClient(RunningGateway.NodeToken);
        var contentType = method == "PATCH" ? Merge : "application/json";
        var sent = gateway.Cluster.Sent.Count;
        var answer = await gateway.SendAsync(method, path, body, contentType, client: node);
        if (refusal is null)
        {
            Assert.True(answer.Code is 200 or 201, answer.Text);
            return;
        }

        Assert.Equal((403, "Forbidden"), (answer.Code, answer.Reason));
        Assert.EndsWith($" is forbidden: {refusal}", answer.Message, StringComparison.Ordinal);
        Assert.Equal(sent, gateway.Cluster.Sent.Count);
    }
}
