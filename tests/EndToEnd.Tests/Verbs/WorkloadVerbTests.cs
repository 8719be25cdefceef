using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl scale, set, rollout, logs, expose, run, get events.</summary>
public sealed class WorkloadVerbTests(SharedCluster shared)
{
    private const string Revision = ".metadata.annotations.deployment\\.kubernetes\\.io/revision";

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Scale_changes_the_number_of_pods(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        (await kubectl.OkAsync("scale", "deployment/web", "--replicas=3")).Says("deployment.apps/web scaled");
        await kubectl.RolledOutAsync("web");
        Assert.Equal("3", await kubectl.PathAsync("deployment/web", ".status.readyReplicas"));
        (await kubectl.RunAsync("scale", "deployment/web", "--replicas=5", "--current-replicas=2")).Fails();
        await kubectl.OkAsync("scale", "deployment/web", "--replicas=0", "--current-replicas=3");
        await Eventually.BecomesAsync("no pod", async () =>
            (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines, lines => lines.Count == 0);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_rollout_can_be_followed_paused_resumed_undone_and_repeated(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Deployment("web", 2));
        await kubectl.RolledOutAsync("web");
        (await kubectl.OkAsync("set", "image", "deployment/web", "main=nginx:1.25.3")).Says("image updated");
        await kubectl.RolledOutAsync("web");
        Assert.Equal(["nginx:1.25.3"], await ImagesAsync(space));
        (await kubectl.OkAsync("rollout", "history", "deployment/web")).Says("REVISION", "1", "2");
        (await kubectl.OkAsync("rollout", "history", "deployment/web", "--revision=1")).Says("nginx:1.25");

        (await kubectl.OkAsync("rollout", "pause", "deployment/web")).Says("paused");
        await kubectl.OkAsync("set", "env", "deployment/web", "COLOR=blue");
        Assert.Equal("2", await kubectl.PathAsync("deployment/web", Revision));
        (await kubectl.RunAsync("rollout", "undo", "deployment/web")).Fails("paused");
        (await kubectl.OkAsync("rollout", "resume", "deployment/web")).Says("resumed");
        await kubectl.RolledOutAsync("web");
        Assert.Equal("3", await kubectl.PathAsync("deployment/web", Revision));

        (await kubectl.OkAsync("rollout", "undo", "deployment/web", "--to-revision=1")).Says("rolled back");
        await kubectl.RolledOutAsync("web");
        Assert.Equal(["nginx:1.25"], await ImagesAsync(space));
        var before = (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines;
        (await kubectl.OkAsync("rollout", "restart", "deployment/web")).Says("restarted");
        await kubectl.RolledOutAsync("web");
        await Eventually.BecomesAsync("other pods than before", async () =>
            (await kubectl.OkAsync("get", "pods", "-o", "name")).Lines, after => !after.Intersect(before).Any());
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Logs_in_all_their_forms(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await kubectl.CreateAsync(Manifests.Pod("p", "for i in 1 2 3 4 5; do echo line $i; done; exec sleep 1000"));
        await kubectl.WaitAsync("pod/p", "condition=Ready");
        await Eventually.HoldsAsync("five lines", async () => (await kubectl.OkAsync("logs", "p")).Lines.Count == 5);
        Assert.Equal(["line 4", "line 5"], (await kubectl.OkAsync("logs", "p", "--tail=2")).Lines);
        Assert.Equal(["line 1"], (await kubectl.OkAsync("logs", "p", "--limit-bytes=7")).Lines);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT[^ ]+ line 1", (await kubectl.OkAsync("logs", "p", "--timestamps")).Text);
        Assert.Equal(5, (await kubectl.OkAsync("logs", "p", "--since=1h", "-c", "main")).Lines.Count);
        await Eventually.HoldsAsync("the lines to be older than a second", async () =>
            (await kubectl.OkAsync("logs", "p", "--since=1s")).Lines.Count == 0);
        Assert.Empty((await kubectl.OkAsync("logs", "p", "--since-time=2100-01-01T00:00:00Z")).Lines);
        Assert.Equal(5, (await kubectl.OkAsync("logs", "p", "--all-containers")).Lines.Count);
        (await kubectl.OkAsync("logs", "-l", "app=p")).Says("line 5");
        (await kubectl.RunAsync("logs", "p", "-c", "other")).Fails("container other is not valid for pod p");
        (await kubectl.RunAsync("logs", "p", "--previous")).Fails("previous terminated container");
        (await kubectl.RunAsync("logs", "nobody")).Fails("NotFound");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Logs_are_followed_to_the_end_of_the_container(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", "echo first; sleep 3; echo last", spec: "restartPolicy: Never\n"));
        await Eventually.HoldsAsync("the container to run or to have run", async () =>
            await space.Kubectl.PathAsync("pod/p", ".status.phase") is "Running" or "Succeeded");
        await using var log = space.Kubectl.Follow("logs", "-f", "p");
        await log.SeesAsync("both lines", lines => lines.SequenceEqual(["first", "last"]));
        await Eventually.HoldsAsync("kubectl logs -f to end", () => log.HasEnded);
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Logs_of_the_previous_container_are_kept(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        const string script = "if [ -e /scratch/again ]; then echo second life; exec sleep 1000; fi; "
            + "touch /scratch/again; echo first life; exit 3";
        await space.Kubectl.CreateAsync(Manifests.Pod(
            "p", script, "volumeMounts: [{name: scratch, mountPath: /scratch}]\n",
            "volumes: [{name: scratch, emptyDir: {}}]\n"));
        await Eventually.HoldsAsync("the second life", async () =>
            (await space.Kubectl.RunAsync("logs", "p")).Text.Contains("second life"));
        Assert.Equal(["first life"], (await space.Kubectl.OkAsync("logs", "p", "--previous")).Lines);
        Assert.Equal("3", await space.Kubectl.PathAsync(
            "pod/p", ".status.containerStatuses[0].lastState.terminated.exitCode"));
        Assert.Equal("1", await space.Kubectl.PathAsync("pod/p", ".status.containerStatuses[0].restartCount"));
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Expose_makes_a_service(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        await space.Kubectl.CreateAsync(Manifests.Deployment("web", 1));
        (await space.Kubectl.OkAsync("expose", "deployment", "web", "--port=80", "--target-port=8080"))
            .Says("service/web exposed");
        Assert.Equal("8080", await space.Kubectl.PathAsync("service/web", ".spec.ports[0].targetPort"));
        Assert.Equal("web", await space.Kubectl.PathAsync("service/web", ".spec.selector.app"));
        (await space.Kubectl.OkAsync("get", "services")).Says("NAME", "TYPE", "CLUSTER-IP", "PORT(S)", "80/TCP");
    }

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Run_starts_a_pod_and_its_events_tell_how(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        (await space.Kubectl.OkAsync("run", "web", "--image=nginx:1.25")).Says("pod/web created");
        await space.Kubectl.WaitAsync("pod/web", "condition=Ready");
        await Eventually.BecomesAsync("the events of a start", async () =>
            (await space.Kubectl.OkAsync("get", "events", "--field-selector", "involvedObject.name=web")).Text,
            text => new[] { "Scheduled", "Pulled", "Created", "Started" }.All(text.Contains));
    }

    private static async Task<string[]> ImagesAsync(Space space) =>
    [
        .. (await Eventually.BecomesAsync("pods of one image", async () => (await space.Kubectl.OkAsync(
            "get", "pods", "-o", "jsonpath={.items[*].spec.containers[0].image}")).Text.Split(' ').Distinct().ToList(),
            images => images.Count == 1)),
    ];
}
