using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl delete: graceful, forced, and what becomes of the dependents; kubectl wait.</summary>
public sealed class DeleteTests(SharedCluster shared)
{
    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Graceful_deletion_lets_the_container_finish(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        const string script = "trap \"echo finishing; exit 0\" TERM; echo started; while true; do sleep 0.1; done";
        await space.Kubectl.CreateAsync(Manifests.Pod("p", script, grace: 30));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        await using var log = space.Kubectl.Follow("logs", "-f", "p");
        await log.SeesAsync("the start", lines => lines.Contains("started"));
        (await space.Kubectl.OkAsync("delete", "pod", "p")).Says("pod \"p\" deleted");
        await log.SeesAsync("the reaction to SIGTERM", lines => lines.Contains("finishing"));
        (await space.Kubectl.RunAsync("get", "pod", "p")).Fails("NotFound");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_pod_that_ignores_the_signal_is_killed_after_its_grace(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(
            Manifests.Pod("stubborn", "trap \"\" TERM; while true; do sleep 0.1; done"));
        await space.Kubectl.WaitAsync("pod/stubborn", "condition=Ready");
        await space.Kubectl.OkAsync("delete", "pod", "stubborn", "--grace-period=1");
        (await space.Kubectl.RunAsync("get", "pod", "stubborn")).Fails("NotFound");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Forced_deletion_does_not_wait(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "trap \"\" TERM; while true; do sleep 0.1; done", grace: 300));
        await space.Kubectl.WaitAsync("pod/p", "condition=Ready");
        await space.Kubectl.OkAsync("delete", "pod", "p", "--force", "--grace-period=0");
        (await space.Kubectl.RunAsync("get", "pod", "p")).Fails("NotFound");
        await Eventually.BecomesAsync("the container to be gone from containerd", async () =>
            (await space.Cluster.CtrAsync(
                "containers", "ls", "-q", $"labels.\"io.kubernetes.pod.namespace\"=={space.Name}")).Ok().Lines,
            lines => lines.Count == 0);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Deleting_a_deployment_takes_its_pods_along(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await space.Kubectl.RolledOutAsync("web");
        await space.Kubectl.OkAsync("delete", "deployment", "web");
        await Eventually.BecomesAsync("no ReplicaSet and no pod", async () =>
            (await space.Kubectl.OkAsync("get", "rs,pods", "-o", "name")).Lines, lines => lines.Count == 0);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Orphans_stay_and_can_be_adopted(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var manifest = Manifests.Deployment("web", 2);
        await space.Kubectl.CreateAsync(manifest);
        await space.Kubectl.RolledOutAsync("web");
        var before = await NamesAsync(space, "pods");
        await space.Kubectl.OkAsync("delete", "deployment", "web", "--cascade=orphan");
        var replicaSet = Assert.Single(await NamesAsync(space, "rs"));
        await Eventually.BecomesAsync("the ReplicaSet to have no owner", () =>
            space.Kubectl.PathAsync(replicaSet, ".metadata.ownerReferences"), owners => owners.Length == 0);
        Assert.Equal(before, await NamesAsync(space, "pods"));
        await space.Kubectl.CreateAsync(manifest);
        await space.Kubectl.RolledOutAsync("web");
        Assert.Equal("web", await space.Kubectl.PathAsync(replicaSet, ".metadata.ownerReferences[0].name"));
        Assert.Equal(before, await NamesAsync(space, "pods"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Foreground_deletion_ends_with_the_owner(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await space.Kubectl.RolledOutAsync("web");
        await space.Kubectl.OkAsync("delete", "deployment", "web", "--cascade=foreground");
        Assert.Empty(await NamesAsync(space, "rs"));
        (await space.Kubectl.RunAsync("get", "deployment", "web")).Fails("NotFound");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Collections_are_deleted_by_selector(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        foreach (var name in new[] { "a", "b", "c" })
        {
            await space.Kubectl.CreateAsync(Manifests.ConfigMap(name, ("k", "v")));
        }

        await space.Kubectl.OkAsync("label", "configmap", "a", "b", "drop=yes");
        await space.Kubectl.OkAsync("delete", "configmap", "-l", "drop=yes");
        var left = await NamesAsync(space, "configmap");
        Assert.Equal(["configmap/c"], left.Where(name => !name.EndsWith("kube-root-ca.crt")));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_namespace_goes_with_all_that_is_in_it(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var name = space.Name + "-gone";
        await space.Kubectl.In(null).OkAsync("create", "namespace", name);
        var inside = space.Kubectl.In(name);
        await inside.CreateAsync(Manifests.Deployment("web", 1));
        await inside.CreateAsync(Manifests.ConfigMap("c", ("a", "1")));
        await inside.RolledOutAsync("web");
        (await space.Kubectl.In(null).RunAsync(
            ["delete", "namespace", name, "--timeout=120s"], "", TimeSpan.FromSeconds(150))).Ok();
        (await space.Kubectl.In(null).RunAsync("get", "namespace", name)).Fails("NotFound");
        (await inside.RunAsync(["create", "-f", "-"], Manifests.ConfigMap("late", ("a", "1"))))
            .Fails($"namespaces \"{name}\" not found");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Finalizers_hold_an_object_until_they_are_removed(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n");
        await space.Kubectl.OkAsync("delete", "configmap", "held", "--wait=false");
        Assert.NotEqual("", await space.Kubectl.PathAsync("configmap/held", ".metadata.deletionTimestamp"));
        await space.Kubectl.OkAsync(
            "patch", "configmap", "held", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}");
        (await space.Kubectl.RunAsync("get", "configmap", "held")).Fails("NotFound");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Wait_sees_conditions_and_deletions(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await space.Kubectl.WaitAsync("deployment/web", "condition=Available");
        (await space.Kubectl.RunAsync("wait", "deployment/web", "--for=condition=Nonsense", "--timeout=1s"))
            .Fails("timed out waiting for the condition");
        await space.Kubectl.OkAsync("delete", "deployment", "web", "--wait=false");
        var gone = await space.Kubectl.RunAsync("wait", "deployment/web", "--for=delete", "--timeout=60s");

        // kubectl 1.20 calls it an error when the object is gone before it looks.
        if (version != "1.20" || gone.ExitCode == 0)
        {
            gone.Ok();
        }
        else
        {
            gone.Fails("no matching resources found");
        }
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(Space space, string resource) =>
        [.. (await space.Kubectl.OkAsync("get", resource, "-o", "name")).Lines.Order(StringComparer.Ordinal)];
}
