using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Pods of files in a directory of the machine.</summary>
public sealed class StaticPodTests : IDisposable
{
    private readonly string _place = Places.NewScratch("manifests");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task A_file_is_a_pod_that_only_the_file_can_end()
    {
        await using var cluster = await Cluster.StartAsync(Options());
        var kubectl = cluster.Kubectl();
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim();
        var web = $"web-{node.Split('/')[1]}";
        Write("web.yaml", Manifests.Pod(
            "web", "echo hello; echo page >index.html; exec httpd -f",
            "readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}\n"));
        var mirror = await ReadyAsync(kubectl, web);

        var metadata = mirror["metadata"]!;
        var annotations = metadata["annotations"]!;
        Assert.Equal("file", (string?)annotations["kubernetes.io/config.source"]);
        Assert.Equal(
            (string?)annotations["kubernetes.io/config.hash"], (string?)annotations["kubernetes.io/config.mirror"]);
        Assert.Equal(node, $"node/{metadata["ownerReferences"]![0]!["name"]}");
        await Eventually.BecomesAsync(
            "its log", async () => (await kubectl.OkAsync("logs", web)).Text.Trim(), text => text == "hello");
        Assert.Equal("inside", (await kubectl.OkAsync("exec", web, "--", "echo", "inside")).Text.Trim());
        Assert.Equal("page", await ForwardedAsync(kubectl, web));
        await kubectl.DescribesAsync(["pod", web], "Started", "Controlled By:  Node/");
        var container = ContainerOf(mirror);

        await kubectl.OkAsync("delete", "pod", web, "--wait=false");
        await Eventually.BecomesAsync(
            "another mirror", () => UidAsync(kubectl, web), uid => uid.Length > 0 && uid != (string?)metadata["uid"]);
        mirror = await ReadyAsync(kubectl, web);
        Assert.Equal((container, 0), (ContainerOf(mirror), (int?)Status(mirror)["restartCount"]));

        await kubectl.OkAsync("drain", node, "--timeout=60s");
        await kubectl.OkAsync("uncordon", node);
        Assert.Equal(container, ContainerOf(await ReadyAsync(kubectl, web)));

        File.Delete(Path.Combine(_place, "web.yaml"));
        await Eventually.BecomesAsync("the end of the mirror", () => UidAsync(kubectl, web), uid => uid.Length == 0);
        Assert.DoesNotContain(container, (await cluster.CtrAsync("tasks", "ls", "-q")).Ok().Text);
    }

    [Fact]
    public async Task A_changed_file_is_another_pod_a_bad_one_changes_nothing_and_restarts_are_survived()
    {
        await using var cluster = await Cluster.StartAsync(Options());
        var kubectl = cluster.Kubectl();
        var node = (await kubectl.OkAsync("get", "nodes", "-o", "name")).Text.Trim();
        var web = $"web-{node.Split('/')[1]}";
        Write("web.yaml", Manifests.Pod("web", "echo one; exec sleep 1000"));
        Write("other.yaml", Manifests.Pod("other", "exec sleep 1000"));
        var first = ContainerOf(await ReadyAsync(kubectl, web));
        await ReadyAsync(kubectl, web.Replace("web", "other", StringComparison.Ordinal));

        Write("bad.yaml", Manifests.Pod("bad", "exec sleep 1000", spec: "serviceAccountName: robot\n"));
        Write("web.yaml", "kind: [");
        await kubectl.DescribesAsync(
            [node], "InvalidStaticPod", "a static pod may not refer to the API: serviceaccounts", "web.yaml");
        Assert.Equal(first, ContainerOf(await ReadyAsync(kubectl, web)));

        Write("web.yaml", Manifests.Pod("web", "echo two; exec sleep 1000"));
        await Eventually.BecomesAsync(
            "the changed pod", async () => (await kubectl.RunAsync("logs", web)).Text.Trim(), text => text == "two");
        var second = ContainerOf(await ReadyAsync(kubectl, web));
        Assert.DoesNotContain(first, (await cluster.CtrAsync("tasks", "ls", "-q")).Ok().Text);

        await cluster.KillServerAsync();
        File.Delete(Path.Combine(_place, "other.yaml"));
        await cluster.StartServerAsync();
        Assert.Equal(second, ContainerOf(await ReadyAsync(kubectl, web)));
        await Eventually.BecomesAsync(
            "the end of what was removed meanwhile",
            () => UidAsync(kubectl, web.Replace("web", "other", StringComparison.Ordinal)), uid => uid.Length == 0);
        Assert.Contains(second, (await cluster.CtrAsync("tasks", "ls", "-q")).Ok().Text);
    }

    private ClusterOptions Options() => new() { MoreArguments = ["--set", $"node.static-pods=\"{_place}\""] };

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_place, file), text);

    private static Task<string> UidAsync(Kubectl kubectl, string pod) => ReadAsync(kubectl, pod, ".metadata.uid");

    private static async Task<string> ReadAsync(Kubectl kubectl, string pod, string path) =>
        (await kubectl.OkAsync("get", "pod", pod, "--ignore-not-found", "-o", $"jsonpath={{{path}}}")).Text;

    private static async Task<JsonNode> ReadyAsync(Kubectl kubectl, string pod)
    {
        await Eventually.BecomesAsync(
            $"{pod} to be ready",
            () => ReadAsync(kubectl, pod, ".status.conditions[?(@.type==\"Ready\")].status"), ready => ready == "True");
        return await kubectl.JsonAsync("get", "pod", pod);
    }

    /// <summary>What the pod serves, by port-forward.</summary>
    private static async Task<string> ForwardedAsync(Kubectl kubectl, string pod)
    {
        const string Before = "Forwarding from 127.0.0.1:";
        await using var forward = kubectl.Follow("port-forward", pod, ":80");
        await forward.SeesAsync(
            "the port", lines => lines.Any(line => line.StartsWith(Before, StringComparison.Ordinal)));
        var told = forward.Lines.First(line => line.StartsWith(Before, StringComparison.Ordinal));
        using var http = new HttpClient();
        var address = $"http://127.0.0.1:{told[Before.Length..].Split(' ')[0]}/index.html";
        return (await http.GetStringAsync(address, TestContext.Current.CancellationToken)).Trim();
    }

    private static JsonNode Status(JsonNode pod) => pod["status"]!["containerStatuses"]![0]!;

    private static string ContainerOf(JsonNode pod) => ((string?)Status(pod)["containerID"])!.Split("://")[1];
}
