using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl get in all its forms, explain, api-resources, cluster-info, auth, version.</summary>
public sealed class ReadTests(SharedCluster shared)
{
    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Get_prints_the_columns_that_people_know(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await kubectl.RolledOutAsync("web");
        AssertColumns(await kubectl.OkAsync("get", "deployments"), "NAME READY UP-TO-DATE AVAILABLE AGE");
        AssertColumns(await kubectl.OkAsync("get", "deployments", "-o", "wide"),
            "NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR");
        AssertColumns(await kubectl.OkAsync("get", "rs"), "NAME DESIRED CURRENT READY AGE");
        AssertColumns(await kubectl.OkAsync("get", "pods"), "NAME READY STATUS RESTARTS AGE");
        var wide = await kubectl.OkAsync("get", "po", "-o", "wide");
        AssertColumns(wide, "NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES");
        wide.Says("1/1", "Running", "10.");
        AssertColumns(await kubectl.OkAsync("get", "nodes"), "NAME STATUS ROLES AGE VERSION");
        AssertColumns(await kubectl.OkAsync("get", "ns", space.Name), "NAME STATUS AGE");
        AssertColumns(await kubectl.OkAsync("get", "pods", "-A"), "NAMESPACE NAME READY STATUS RESTARTS AGE");
        var events = await Eventually.BecomesAsync(
            "events", () => kubectl.OkAsync("get", "events"), output => output.Lines.Count > 0);
        AssertColumns(events, "LAST SEEN TYPE REASON OBJECT MESSAGE");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Get_prints_every_format(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.ConfigMap("one", ("a", "1")));
        (await kubectl.OkAsync("get", "configmap", "one", "-o", "yaml"))
            .Says("apiVersion: v1", "kind: ConfigMap", "  a: \"1\"", $"namespace: {space.Name}", "resourceVersion:");
        var json = await kubectl.JsonAsync("get", "configmap", "one");
        Assert.Equal("1", json["data"]!["a"]!.GetValue<string>());
        var list = await kubectl.JsonAsync("get", "configmaps");
        Assert.Equal("List", list["kind"]!.GetValue<string>());
        (await kubectl.OkAsync("get", "configmaps", "-o", "name")).Says("configmap/one");
        (await kubectl.OkAsync("get", "cm", "-o", "custom-columns=N:.metadata.name,A:.data.a")).Says("one");
        (await kubectl.OkAsync("get", "cm", "one", "-o", "go-template={{.data.a}}")).Says("1");
        (await kubectl.RunAsync("get", "configmap", "two")).Fails("NotFound", "configmaps \"two\" not found");
        (await kubectl.OkAsync("get", "deployments")).Says($"No resources found in {space.Name} namespace.");
        (await kubectl.RunAsync("get", "unicorns")).Fails("doesn't have a resource type \"unicorns\"");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Get_selects_by_labels_and_fields(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        foreach (var (name, tier) in new[] { ("a", "front"), ("b", "back"), ("c", "front") })
        {
            await kubectl.CreateAsync(Manifests.ConfigMap(name, ("k", "v")));
            await kubectl.OkAsync("label", "configmap", name, $"tier={tier}");
        }
        (string Selector, string Expected)[] cases =
        [
            ("tier=front", "a c"), ("tier!=front,tier", "b"), ("tier in (front,back)", "a b c"),
            ("tier notin (back),tier", "a c"), ("!tier", ""), ("tier==back", "b"),
        ];
        foreach (var (selector, expected) in cases)
        {
            var found = await kubectl.OkAsync(
                "get", "cm", "-l", selector, "-o", "jsonpath={.items[*].metadata.name}");
            Assert.Equal((selector, expected), (selector, WithoutRootCa(found.Text)));
        }
        var byField = await kubectl.OkAsync(
            "get", "cm", "--field-selector", "metadata.name=b", "-o", "jsonpath={.items[*].metadata.name}");
        Assert.Equal("b", byField.Text);
        (await kubectl.RunAsync("get", "cm", "--field-selector", "spec.nothing=b")).Fails(
            "\"spec.nothing\" is not a known field selector");
        (await kubectl.RunAsync("get", "cm", "-l", "tier=(")).Fails();
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Get_watches(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.ConfigMap("seen", ("a", "1")));
        await using var watch = space.Kubectl.Follow("get", "configmaps", "-w", "--output-watch-events");
        await watch.SeesAsync("the object that was there", lines => Saw(lines, "ADDED", "seen"));
        await space.Kubectl.CreateAsync(Manifests.ConfigMap("later", ("a", "1")));
        await space.Kubectl.OkAsync("delete", "configmap", "later");
        await watch.SeesAsync("the creation and the deletion", lines =>
            Saw(lines, "ADDED", "later") && Saw(lines, "DELETED", "later"));
        Assert.False(watch.HasEnded);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Long_lists_come_in_pages(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var manifests = string.Join(
            "\n---\n", Enumerable.Range(0, 25).Select(n => Manifests.ConfigMap($"m{n:00}", ("n", $"{n}"))));
        await space.Kubectl.CreateAsync(manifests);
        var found = await space.Kubectl.OkAsync("get", "cm", "--chunk-size=7", "-o", "name");
        Assert.Equal(25, found.Lines.Count(line => line.StartsWith("configmap/m", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Explain_documents_fields(string version)
    {
        var kubectl = (await shared.GetAsync()).Kubectl("default", version);
        (await kubectl.OkAsync("explain", "pod.spec.containers.image")).Says("image");
        (await kubectl.OkAsync("explain", "deployment.spec.strategy.rollingUpdate")).Says("maxSurge", "maxUnavailable");
        (await kubectl.OkAsync("explain", "configmap")).Says("data", "KIND:", "VERSION:");
        (await kubectl.RunAsync("explain", "pod.spec.nothing")).Fails("nothing");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task The_cluster_describes_itself(string version)
    {
        var cluster = await shared.GetAsync();
        var kubectl = cluster.Kubectl("default", version);
        (await kubectl.OkAsync("api-resources")).Says(
            "deployments", "deploy", "replicasets", "pods", "po", "services", "configmaps", "ingresses", "jobs",
            "cronjobs", "horizontalpodautoscalers", "persistentvolumeclaims", "storageclasses", "leases");
        (await kubectl.OkAsync("api-resources", "--namespaced=false", "-o", "name")).Says("nodes", "namespaces");
        (await kubectl.OkAsync("api-versions")).Says("apps/v1", "batch/v1", "networking.k8s.io/v1", "v1");
        (await kubectl.OkAsync("cluster-info")).Says(cluster.Listen);
        (await kubectl.OkAsync("version", "-o", "json")).Says("serverVersion");
        (await kubectl.OkAsync("get", "--raw", "/readyz")).Says("ok");
        (await kubectl.OkAsync("get", "--raw", "/livez")).Says("ok");
        (await kubectl.OkAsync("get", "--raw", "/metrics")).Says("# TYPE");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Auth_tells_what_may_be_done(string version)
    {
        var cluster = await shared.GetAsync();
        var kubectl = cluster.Kubectl("default", version);
        Assert.Equal("yes", (await kubectl.OkAsync("auth", "can-i", "create", "deployments")).Text.Trim());
        Assert.Equal("yes", (await kubectl.OkAsync("auth", "can-i", "*", "*", "-A")).Text.Trim());
    }

    [Fact]
    public async Task Strangers_are_turned_away()
    {
        var cluster = await shared.GetAsync();
        using var stranger = ApiClient.Anonymous(cluster.Kubeconfig);
        var answer = await stranger.SendAsync(HttpMethod.Get, "/api/v1/namespaces", null, null);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.Code);
        Assert.Equal("Unauthorized", answer.Reason);
        (string, string)[] badToken = [("Authorization", "Bearer nonsense")];
        answer = await stranger.SendAsync(HttpMethod.Get, "/api/v1/namespaces", null, null, badToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.Code);
    }

    private static bool Saw(IReadOnlyList<string> lines, string type, string name) =>
        lines.Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, var second, ..]
            && first == type && second == name);

    private static string WithoutRootCa(string names) =>
        string.Join(' ', names.Split(' ').Where(name => name != "kube-root-ca.crt"));

    private static void AssertColumns(Output output, string columns)
    {
        var header = string.Join(' ', output.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(header == columns, $"expected the columns '{columns}' of {output}");
    }
}
