using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>Who owns the fields of subresources, and the other groups and paths of the same objects.</summary>
public sealed class OwnershipTests(SharedCluster shared)
{
    private const string Apply = "application/apply-patch+yaml";

    [Fact]
    public async Task Who_gives_up_a_condition_leaves_those_of_the_cluster()
    {
        await using var space = await shared.NewSpaceAsync();
        using var api = space.Api();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        await ApplyStatusAsync("""[{"type":"lb.io/ready","status":"True"}]""");
        await ApplyStatusAsync("[]");
        var types = (await kubectl.PathAsync("pod/p", ".status.conditions[*].type")).Split(' ').Order();
        Assert.Equal(["ContainersReady", "Initialized", "PodReadyToStartContainers", "PodScheduled", "Ready"], types);
        var owners = await kubectl.OkAsync(
            "get", "pod", "p", "--show-managed-fields", "-o",
            "jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.subresource};{end}");
        owners.Says("kubelet Update status;");

        async Task ApplyStatusAsync(string conditions)
        {
            var answer = await api.SendAsync(
                HttpMethod.Patch, $"{space.Pods}/p/status?fieldManager=lb&force=true",
                $$$"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"status":{"conditions":{{{conditions}}}}}
                """,
                Apply);
            Assert.Equal(HttpStatusCode.OK, answer.Code);
        }
    }

    [Fact]
    public async Task A_patch_of_the_status_keeps_annotations()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Pod("p", "exec sleep 1000"));
        await kubectl.OkAsync(
            "patch", "pod", "p", "--subresource=status", "--type=merge", "-p",
            """{"metadata":{"annotations":{"checked":"yes"}},"spec":{"nodeName":"other"}}""");
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        Assert.Equal("yes", await kubectl.PathAsync("pod/p", ".metadata.annotations.checked"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Who_scales_owns_the_replicas_by_the_scale(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        using var api = space.Api();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Deployment("web", 0));
        var scale = $"{space.Path("apis/apps/v1", "deployments")}/web/scale?fieldManager=hpa";
        const string one =
            """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"web"},"spec":{"replicas":1}}""";
        var refused = await api.SendAsync(HttpMethod.Patch, scale, one, Apply);
        Assert.Equal((HttpStatusCode.Conflict, "Conflict"), (refused.Code, refused.Reason));
        Assert.Equal(
            HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Patch, scale + "&force=true", one, Apply)).Code);
        await kubectl.RolledOutAsync("web");
        Assert.Contains("hpa Apply scale;", await OwnersAsync(), StringComparison.Ordinal);
        (await kubectl.OkAsync("scale", "deployment/web", "--replicas=0")).Says("scaled");
        Assert.Contains(" Update scale;", await OwnersAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("hpa", await OwnersAsync(), StringComparison.Ordinal);

        async Task<string> OwnersAsync()
        {
            var managed = (await api.GetAsync($"{space.Path("apis/apps/v1", "deployments")}/web"))["metadata"]!;
            return string.Concat(managed["managedFields"]!.AsArray().Select(each =>
                $"{each!["manager"]} {each["operation"]} {each["subresource"]};"));
        }
    }

    [Fact]
    public async Task A_stateful_set_is_scaled_though_nothing_acts_on_it()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(
            Manifests.Deployment("db", 1).Replace("kind: Deployment", "kind: StatefulSet", StringComparison.Ordinal)
                .Replace("  replicas: 1", "  serviceName: db\n  replicas: 1", StringComparison.Ordinal));
        (await kubectl.OkAsync("scale", "statefulset/db", "--replicas=3")).Says("scaled");
        Assert.Equal("3", await kubectl.PathAsync("statefulset/db", ".spec.replicas"));
    }

    [Fact]
    public async Task Clients_that_know_older_versions_create_by_them()
    {
        await using var space = await shared.NewSpaceAsync(Kubectl.Old);
        var kubectl = space.Kubectl;
        (await kubectl.OkAsync("create", "pdb", "b", "--selector=app=web", "--min-available=1")).Says("created");
        (await kubectl.OkAsync(
            "create", "cronjob", "c", "--image=busybox:1.35", "--schedule=*/5 * * * *", "--", "date")).Says("created");
        var current = space.Cluster.Kubectl(space.Name);
        Assert.Equal("policy/v1", await current.PathAsync("pdb/b", ".apiVersion"));
        Assert.Equal("batch/v1", await current.PathAsync("cronjob/c", ".apiVersion"));
    }

    [Fact]
    public async Task Events_are_the_same_by_both_groups_and_a_path_with_a_name_watches_one_object()
    {
        await using var space = await shared.NewSpaceAsync();
        using var api = space.Api();
        var kubectl = space.Kubectl;
        var created = await api.SendAsync(
            HttpMethod.Post, space.Path("apis/events.k8s.io/v1", "events"),
            $$"""
            {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e"},
            "eventTime":"2026-01-01T00:00:00.000001Z","reportingController":"x.io/robot","reportingInstance":"r-1",
            "action":"Weld","reason":"Welded","type":"Normal",
            "regarding":{"kind":"Pod","namespace":"{{space.Name}}","name":"p"},"note":"all welded"}
            """, "application/json");
        Assert.Equal(HttpStatusCode.Created, created.Code);
        (await kubectl.OkAsync("get", "events")).Says("Welded", "pod/p", "all welded");
        (await kubectl.OkAsync("get", "events.events.k8s.io", "e", "-o", "jsonpath={.apiVersion} {.note}"))
            .Says("events.k8s.io/v1 all welded");

        await kubectl.CreateAsync(Manifests.ConfigMap("a", ("k", "1")));
        await kubectl.CreateAsync(Manifests.ConfigMap("b", ("k", "1")));
        var watched = await api.SendAsync(
            HttpMethod.Get, $"/api/v1/watch/namespaces/{space.Name}/configmaps/a?timeoutSeconds=1", null, null);
        Assert.Contains("\"name\":\"a\"", watched.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"name\":\"b\"", watched.Text, StringComparison.Ordinal);
    }
}
