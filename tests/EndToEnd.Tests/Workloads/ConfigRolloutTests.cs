using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Verbs;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Workloads that ask to roll with their ConfigMaps and Secrets, on real containers.</summary>
public sealed class ConfigRolloutTests(SharedCluster shared)
{
    private static string Workload(string kind, string spec = "", string asks = "true") => $$"""
        apiVersion: apps/v1
        kind: {{kind}}
        metadata: {name: web, annotations: {actor-orchestrator/config-rollout: "{{asks}}"} }
        spec:
          {{spec}}
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: busybox:1.35
                command: [sleep, "100000"]
                env: [{name: WORD, valueFrom: {secretKeyRef: {name: words, key: word} } }]
                volumeMounts: [{name: files, mountPath: /files}]
              volumes: [{name: files, configMap: {name: app} }]
        """;

    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task A_changed_config_map_or_secret_rolls_and_an_undo_brings_the_old_content_back(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        await ConfigureAsync(kubectl, "one", "alpha");
        await kubectl.ApplyAsync(Workload("Deployment", "replicas: 2"));
        await RunsOnAsync(kubectl, "deployment", pods: 2, "one", "alpha");
        Assert.Equal(1, await RevisionsAsync(kubectl));

        await ConfigureAsync(kubectl, "two", "alpha");
        await RunsOnAsync(kubectl, "deployment", pods: 2, "two", "alpha");
        await ConfigureAsync(kubectl, "two", "beta");
        await RunsOnAsync(kubectl, "deployment", pods: 2, "two", "beta");

        await kubectl.OkAsync("rollout", "undo", "deployment/web", "--to-revision=1");
        await RunsOnAsync(kubectl, "deployment", pods: 2, "one", "alpha");
        await ConfigureAsync(kubectl, "three", "gamma");
        await kubectl.OkAsync("rollout", "restart", "deployment/web");
        await RunsOnAsync(kubectl, "deployment", pods: 2, "one", "alpha");
        await kubectl.ApplyAsync(Workload("Deployment", "replicas: 2"));
        await RunsOnAsync(kubectl, "deployment", pods: 2, "three", "gamma");

        // Copies are nobody's to change, and go with the last revision that uses them.
        var copies = await CopiesAsync(kubectl);
        (await kubectl.RunAsync(["patch", copies[0], "-p", """{"data":{"text":"eA=="}}"""], "")).Fails("immutable");
        await kubectl.OkAsync("patch", "deployment/web", "-p", """{"spec":{"revisionHistoryLimit":0}}""");
        await Eventually.HoldsAsync(
            "only the copies in use to be left", async () => (await CopiesAsync(kubectl)).Count == 2);
        await RunsOnAsync(kubectl, "deployment", pods: 2, "three", "gamma");
        await kubectl.OkAsync("delete", "deployment", "web");
        await Eventually.HoldsAsync(
            "the copies to go with the Deployment", async () => (await CopiesAsync(kubectl)).Count == 0);
    }

    [Theory]
    [InlineData("StatefulSet", "replicas: 2", 2)]
    [InlineData("DaemonSet", "", 1)]
    public async Task So_do_the_other_kinds_with_revisions(string kind, string spec, int pods)
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await ConfigureAsync(kubectl, "one", "alpha");
        await kubectl.ApplyAsync(Workload(kind, spec));
        await RunsOnAsync(kubectl, kind, pods, "one", "alpha");
        await ConfigureAsync(kubectl, "two", "beta");
        await RunsOnAsync(kubectl, kind, pods, "two", "beta");
        await kubectl.OkAsync("rollout", "undo", $"{kind}/web");
        await RunsOnAsync(kubectl, kind, pods, "one", "alpha");
    }

    [Fact]
    public async Task Who_does_not_ask_keeps_its_pods_and_a_missing_source_keeps_what_runs()
    {
        await using var space = await shared.NewSpaceAsync();
        var kubectl = space.Kubectl;
        await ConfigureAsync(kubectl, "one", "alpha");
        await kubectl.ApplyAsync(Workload("Deployment", asks: "false"));
        await RunsOnAsync(kubectl, "deployment", pods: 1, "one", "alpha");
        await ConfigureAsync(kubectl, "two", "alpha");
        await kubectl.OkAsync("annotate", "deployment/web", "actor-orchestrator/config-rollout=true", "--overwrite");
        await RunsOnAsync(kubectl, "deployment", pods: 1, "two", "alpha");
        await kubectl.OkAsync("delete", "configmap/app", "secret/words");
        await kubectl.OkAsync("rollout", "restart", "deployment/web");
        await Eventually.BecomesAsync("a third revision", () => RevisionsAsync(kubectl), count => count == 3);
        await RunsOnAsync(kubectl, "deployment", pods: 1, "two", "alpha");
        Assert.Equal(3, await RevisionsAsync(kubectl));
    }

    [Fact]
    public async Task A_server_that_is_killed_over_and_over_rolls_to_the_last_content()
    {
        await using var cluster = await Cluster.StartAsync();
        var kubectl = cluster.Kubectl();
        await ConfigureAsync(kubectl, "0", "alpha");
        await kubectl.ApplyAsync(Workload("Deployment", "replicas: 2"));
        await RunsOnAsync(kubectl, "deployment", pods: 2, "0", "alpha");
        for (var round = 1; round <= 4; round++)
        {
            await ConfigureAsync(kubectl, $"{round}", "alpha");

            // A change settles for a second; then each round is cut a little later.
            await Task.Delay(TimeSpan.FromMilliseconds(900 + 100 * round), TestContext.Current.CancellationToken);
            await cluster.KillServerAsync();
            await cluster.StartServerAsync();
        }

        await RunsOnAsync(kubectl, "deployment", pods: 2, "4", "alpha");
    }

    private static Task<Output> ConfigureAsync(Kubectl kubectl, string text, string word) => kubectl.ApplyAsync($$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: app}
        data: {text: "{{text}}"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: words}
        stringData: {word: "{{word}}"}
        """);

    private static async Task<int> RevisionsAsync(Kubectl kubectl) =>
        (await kubectl.OkAsync("get", "replicasets", "-o", "name")).Lines.Count;

    /// <summary>They cannot be changed, and nothing else here is like that.</summary>
    private static async Task<IReadOnlyList<string>> CopiesAsync(Kubectl kubectl) => (await kubectl.OkAsync(
        "get", "configmaps,secrets",
        "-o", "jsonpath={range .items[?(@.immutable==true)]}{.kind}/{.metadata.name}{\"\\n\"}{end}")).Lines;

    /// <summary>All pods, as many as there are to be, run with this content, and none with another.</summary>
    private static Task RunsOnAsync(Kubectl kubectl, string kind, int pods, string text, string word) =>
        Eventually.HoldsAsync($"{pods} pods of the {kind} to run on {text} and {word}", async () =>
        {
            var names = (await kubectl.OkAsync("get", "pods", "-l", "app=web", "-o", "name")).Lines;
            if (names.Count != pods)
            {
                return false;
            }

            foreach (var name in names)
            {
                var said = await kubectl.RunAsync("exec", name, "--", "sh", "-c", "cat /files/text; echo /$WORD");
                if (said.ExitCode != 0 || said.Text.Trim() != $"{text}/{word}")
                {
                    return false;
                }
            }

            return true;
        });
}
