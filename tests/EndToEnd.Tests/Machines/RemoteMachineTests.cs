using System.Globalization;
using System.Text.RegularExpressions;
using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Verbs;

namespace ActorOrchestrator.EndToEnd.Tests.Machines;

/// <summary>A machine that only runs pods: it is no member, and speaks to the API with a certificate of its
/// own.</summary>
public sealed partial class RemoteMachineTests
{
    private const string Away = "away";

    private static readonly ClusterOptions Processes = new()
    {
        Containers = false, MoreArguments = ["--set", "node.name=control"],
    };

    /// <summary>Pods of a machine whose process is killed are still there when it is back.</summary>
    private static readonly ClusterOptions Patient = Processes with
    {
        MoreArguments = [.. Processes.MoreArguments, "--set", "node-loss.unreachable-toleration=300s"],
    };

    [Fact]
    public async Task A_Deployment_spreads_over_it_and_its_pods_are_reached_through_the_control_plane()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        var kubectl = cluster.Kubectl();
        await kubectl.ApplyAsync(Spread);
        await kubectl.RolledOutAsync("web");
        var nodes = (await kubectl.OkAsync("get", "pods", "-o", "jsonpath={.items[*].spec.nodeName}")).Text.Split(' ');
        Assert.Equal([Away, Away, "control", "control"], nodes.Order());

        foreach (var pod in await PodsOnAsync(kubectl, Away))
        {
            foreach (var version in Versions.Both)
            {
                await ReachesAsync(cluster.Kubectl("default", version.Data), pod, machine.Port);
            }
        }

        // What a volume is made of follows, and so does a new environment.
        var directory = VolumeOf(machine, await UidOfAsync(kubectl, (await PodsOnAsync(kubectl, Away))[0]));
        Assert.Equal("hello", await File.ReadAllTextAsync(directory, TestContext.Current.CancellationToken));
        await kubectl.ApplyAsync(Map("changed"));
        await Eventually.BecomesAsync(
            "the volume to follow", () => File.ReadAllTextAsync(directory), text => text == "changed");

        (await kubectl.OkAsync("get", "events", "-o", "jsonpath={.items[*].reason}")).Says("Started");
        (await kubectl.OkAsync("-n", "kube-node-lease", "get", "lease", Away)).Says(Away);
        await kubectl.OkAsync("delete", "deployment", "web", "--cascade=foreground", "--timeout=90s");
        await Eventually.BecomesAsync(
            "its pods to be gone", async () => await PodsOnAsync(kubectl, Away), pods => pods.Count == 0);
        Assert.All(
            Directory.EnumerateFiles(machine.Pki), file =>
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.False(File.Exists(Path.Combine(machine.DataDirectory, "journal.db")));
    }

    [Fact]
    public async Task It_shows_its_pods_to_members_only()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Lone("lone", "sleep 1000"));
        await kubectl.WaitAsync("pod/lone", "condition=Ready");
        var log = $"https://{RemoteMachine.Address}:{machine.Port}/api/v1/namespaces/default/pods/lone/log";
        var pki = Path.Combine(cluster.DataDirectory, "pki");
        Assert.Equal("401", await CodeAsync(log));
        Assert.Equal("403", await CodeAsync(log, Certificate(machine.Pki, "node")));
        Assert.Equal("403", await CodeAsync(log, Certificate(pki, "admin")));
        // A member that says nothing of who asks has no say itself.
        Assert.Equal("403", await CodeAsync(log, Certificate(pki, "member")));
        foreach (var path in (string[])["/api/v1/namespaces/default/pods/lone", "/metrics", "/api/v1/secrets", "/"])
        {
            Assert.Equal("404", await CodeAsync(
                $"https://{RemoteMachine.Address}:{machine.Port}{path}", Certificate(pki, "member")));
        }

        (await kubectl.RunAsync("logs", "lone", "--as=somebody")).Fails("Forbidden", "somebody");
    }

    [Fact]
    public async Task While_the_control_plane_is_away_pods_are_restarted_and_that_is_told_later()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        await cluster.Kubectl().OkAsync("create", "namespace", "other");
        var kubectl = cluster.Kubectl("other");
        await Eventually.HoldsAsync(
            "the namespace to have its account",
            async () => (await kubectl.RunAsync("get", "serviceaccount", "default")).ExitCode == 0);
        await kubectl.ApplyAsync(Map("hello"));
        var pids = Path.Combine(Path.GetDirectoryName(machine.LogFile)!, "pids");
        await kubectl.CreateAsync(Lone("crashing", $"echo $$$$ $G >> {pids}; while true; do sleep 0.2; done"));
        await kubectl.WaitAsync("pod/crashing", "condition=Ready");
        var first = await LinesAsync(pids, 1);

        await cluster.KillServerAsync();
        await Eventually.HoldsAsync(
            "it to say that nobody answers",
            () => machine.LogTail().Contains("No member of the control plane answers"));
        (await Tool.RunAsync("/bin/kill", ["-KILL", first[0].Split(' ')[0]])).Ok();
        var both = await LinesAsync(pids, 2);
        Assert.EndsWith(" hello", both[1], StringComparison.Ordinal);

        await cluster.StartServerAsync();
        await Eventually.BecomesAsync(
            "the restart to be told",
            () => kubectl.PathAsync("pod/crashing", ".status.containerStatuses[0].restartCount"),
            count => count == "1");
        await kubectl.WaitAsync("pod/crashing", "condition=Ready");
        Assert.Equal(2, (await File.ReadAllLinesAsync(pids, TestContext.Current.CancellationToken)).Length);
        (await kubectl.RunAsync("exec", "crashing", "--", "true")).Ok();
    }

    [Fact]
    public async Task Its_process_may_be_killed_and_its_containers_run_on()
    {
        await using var cluster = await Cluster.StartAsync(Patient);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        var kubectl = cluster.Kubectl();
        await kubectl.ApplyAsync(Map("hello"));
        var pids = Path.Combine(Path.GetDirectoryName(machine.LogFile)!, "pids");
        await kubectl.CreateAsync(Lone("steady", $"echo $$$$ >> {pids}; while true; do sleep 0.2; done"));
        await kubectl.WaitAsync("pod/steady", "condition=Ready");
        var pid = int.Parse((await LinesAsync(pids, 1))[0], CultureInfo.InvariantCulture);

        await machine.KillAsync();
        await machine.BecomesAsync("Unknown");
        await kubectl.WaitAsync("pod/steady", "condition=Ready=false");
        (await kubectl.OkAsync("get", "node", Away, "-o", "jsonpath={.spec.taints[*].key}"))
            .Says("node.kubernetes.io/unreachable");
        (await kubectl.RunAsync("logs", "steady")).Fails("the machine of node away");
        Assert.True(Directory.Exists($"/proc/{pid}"));

        machine.Launch();
        await machine.BecomesAsync("True");
        await kubectl.WaitAsync("pod/steady", "condition=Ready");
        Assert.Equal("0", await kubectl.PathAsync("pod/steady", ".status.containerStatuses[0].restartCount"));
        await machine.StopAsync();
        Assert.Equal("AgentStopped", await kubectl.PathAsync(
            $"node/{Away}", ".status.conditions[?(@.type==\"Ready\")].reason"));
        Assert.True(Directory.Exists($"/proc/{pid}"));
        machine.Launch();
        await Eventually.HoldsAsync(
            "commands to run in it again",
            async () => (await kubectl.RunAsync("exec", "steady", "--", "true")).ExitCode == 0);
        Assert.Single(await File.ReadAllLinesAsync(pids, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Its_containers_are_reached_and_outlive_its_process()
    {
        await using var cluster = await Cluster.StartAsync(Patient);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away, hasContainers: true);
        var kubectl = cluster.Kubectl();
        await kubectl.ApplyAsync(Map("hello"));
        await kubectl.CreateAsync(Lone(
            "box", "echo begins $G; trap 'exit 0' TERM; while true; do sleep 0.2; done", image: "busybox:1.35"));
        await kubectl.WaitAsync("pod/box", "condition=Ready", 180);
        await ReachesAsync(kubectl, "box", machine.Port);
        const string id = ".status.containerStatuses[0].containerID";
        var before = await kubectl.PathAsync("pod/box", id);
        Assert.StartsWith("containerd://", before, StringComparison.Ordinal);

        await machine.KillAsync();
        await machine.BecomesAsync("Unknown");
        machine.Launch();
        await machine.BecomesAsync("True");
        await kubectl.WaitAsync("pod/box", "condition=Ready");
        await ReachesAsync(kubectl, "box", machine.Port);
        Assert.Equal(before, await kubectl.PathAsync("pod/box", id));
        Assert.Equal("0", await kubectl.PathAsync("pod/box", ".status.containerStatuses[0].restartCount"));
        await kubectl.OkAsync("delete", "pod", "box", "--timeout=90s");
    }

    [Fact]
    public async Task Its_credentials_are_of_no_use_for_what_is_not_its_own()
    {
        await using var cluster = await Cluster.StartAsync(Processes);
        await using var machine = await RemoteMachine.StartAsync(cluster, Away);
        var (admin, node) = (cluster.Kubectl(), machine.Kubectl());
        await admin.ApplyAsync(Map("hello"));
        await admin.OkAsync("create", "secret", "generic", "other", "--from-literal=a=b");
        await admin.CreateAsync(Lone("own", "sleep 1000"));
        await admin.CreateAsync(Lone("foreign", "sleep 1000", "control"));
        await admin.WaitAsync("pod/own", "condition=Ready");
        await admin.WaitAsync("pod/foreign", "condition=Ready");

        (await node.OkAsync("get", "pod", "own")).Says("Running");
        (await node.OkAsync("get", "node", Away)).Says("Ready");
        (await node.OkAsync("get", "configmap", "conf")).Says("conf");
        (await node.OkAsync("get", "pods", "--field-selector", $"spec.nodeName={Away}")).Says("own");
        foreach (var (arguments, refusal) in Refused())
        {
            (await node.RunAsync(arguments.Split(' '))).Fails("is forbidden:", refusal);
        }

        Assert.Equal("403", await CodeAsync(
            $"https://{cluster.Listen}/api/v1/namespaces/default/pods/foreign/status",
            [
                .. Certificate(machine.Pki, "node"), "-X", "PATCH", "-H", "Content-Type: application/merge-patch+json",
                "-d", """{"status":{"phase":"Failed"}}""",
            ]));
        var log = await File.ReadAllTextAsync(cluster.LogFile, TestContext.Current.CancellationToken);
        Assert.Matches(
            "GET /api/v1/namespaces/default/secrets/other by system:node:away from [0-9a-f.:]+ was refused: 403 "
            + "secrets \"other\" is forbidden",
            log);
        (await admin.OkAsync("get", "pod", "foreign")).Says("Running");
    }

    private static IEnumerable<(string Arguments, string Refusal)> Refused() =>
    [
        ("get secret other", "no relationship found between node 'away' and this object"),
        ("get secrets", "No Object name found"),
        ("get pod foreign", "no relationship found between node 'away' and this object"),
        ("get pods", "can only list/watch pods with spec.nodeName field selector"),
        ("delete pod foreign --wait=false", "node \"away\" can only delete pods with spec.nodeName set to itself"),
        ("exec own -- true", "cannot create resource \"pods/exec\""),
        ("label node control a=b", "node \"away\" is not allowed to modify node \"control\""),
        ("patch node away -p {\"metadata\":{\"labels\":{\"node-restriction.kubernetes.io/a\":\"b\"}}}",
            "node \"away\" is not allowed to modify labels: node-restriction.kubernetes.io/a"),
        ("patch node away -p {\"spec\":{\"taints\":[{\"key\":\"a\",\"effect\":\"NoSchedule\"}]}}",
            "node \"away\" is not allowed to modify taints"),
        ("delete node away", "cannot delete resource \"nodes\""),
        ("create configmap a", "can only read resources of this type"),
        ("get lease control -n kube-node-lease", "can only access node lease with the same name"),
        ("get deployments", "cannot list resource \"deployments\""),
        ("get secret other --as=admin --as-group=system:masters", "cannot impersonate resource"),
    ];

    private static async Task ReachesAsync(Kubectl kubectl, string pod, int port)
    {
        await Eventually.HoldsAsync($"{pod} to have said that it begins", async () =>
            (await kubectl.RunAsync("logs", pod)).Text == "begins hello\n");
        Assert.Equal("typed\n", (await kubectl.RunAsync(["exec", "-i", pod, "--", "cat"], "typed\n")).Ok().Text);
        var failed = await kubectl.RunAsync("exec", pod, "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal((7, "out\n"), (failed.ExitCode, failed.Text));
        (await kubectl.RunAsync("logs", pod, "-c", "other")).Fails("container other is not valid for pod");

        // What a pod of this machine's reaches under its own address is the machine's own server.
        await using var forward = kubectl.Follow("port-forward", $"pod/{pod}", $":{port}");
        await forward.SeesAsync("the port", lines => lines.Any(line => Forwarding().IsMatch(line)));
    }

    private static async Task<string[]> LinesAsync(string file, int count) => await Eventually.BecomesAsync(
        $"{count} lines in {file}",
        async () => File.Exists(file) ? await File.ReadAllLinesAsync(file) : [], lines => lines.Length >= count);

    private static async Task<IReadOnlyList<string>> PodsOnAsync(Kubectl kubectl, string node) =>
        [.. (await kubectl.OkAsync(
            "get", "pods", "--field-selector", $"spec.nodeName={node}", "-o", "jsonpath={.items[*].metadata.name}"))
            .Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static Task<string> UidOfAsync(Kubectl kubectl, string pod) =>
        kubectl.PathAsync($"pod/{pod}", ".metadata.uid");

    private static string VolumeOf(RemoteMachine machine, string uid) => Path.Combine(
        machine.DataDirectory, "pods", uid, "volumes/kubernetes.io~configmap/v/greeting");

    private static string[] Certificate(string pki, string name) =>
        ["--cert", Path.Combine(pki, $"{name}.crt"), "--key", Path.Combine(pki, $"{name}.key")];

    private static async Task<string> CodeAsync(string url, params string[] more) => (await Tool.RunAsync(
        "curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code}", .. more, url])).Ok().Text;

    private static string Map(string greeting) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: conf}
        data: {greeting: {{greeting}} }
        """;

    private static string Lone(string name, string command, string node = Away, string image = "any") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}} }
        spec:
          nodeName: {{node}}
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: {{image}}
            command: [sh, -c, "{{command}}"]
            env: [{name: G, valueFrom: {configMapKeyRef: {name: conf, key: greeting, optional: true} } }]
        """;

    private static string Spread => $$"""
        {{Map("hello")}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 4
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec:
              terminationGracePeriodSeconds: 1
              topologySpreadConstraints:
              - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule,
                 labelSelector: {matchLabels: {app: web} } }
              containers:
              - name: main
                image: any
                command: [sh, -c, "echo begins $G; while true; do sleep 1000; done"]
                env: [{name: G, valueFrom: {configMapKeyRef: {name: conf, key: greeting} } }]
                volumeMounts: [{name: v, mountPath: /conf}]
              volumes: [{name: v, configMap: {name: conf} }]
        """;

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(\d+) -> \d+$")]
    private static partial Regex Forwarding();
}
