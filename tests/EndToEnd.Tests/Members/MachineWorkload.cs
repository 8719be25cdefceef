using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>What runs on machines while faults befall them: pods that write down themselves that they run, of a
/// Deployment, a StatefulSet, and a Job in each round.</summary>
internal sealed class MachineWorkload(MachineCluster cluster, string scratch)
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Jobs = "/apis/batch/v1/namespaces/default/jobs";
    private const string StatefulSets = "/apis/apps/v1/namespaces/default/statefulsets";
    private const string Nodes = "/api/v1/nodes";
    private const int Replicas = 6;
    private const int Ordinals = 3;
    private const int Completions = 6;
    private const double JobSeconds = 2;

    /// <summary>Back-offs of pods that ended again and again are longer than anything else.</summary>
    private static readonly TimeSpan RestBound = TimeSpan.FromMinutes(4);

    private readonly Ledger _ledger = new(scratch);
    private int _job;

    public async Task StartAsync()
    {
        var kubectl = cluster.First.Kubectl();
        await kubectl.CreateAsync(Deployment("spread", Replicas));
        await kubectl.CreateAsync(Deployment("busy0", 1));
        await kubectl.CreateAsync(Deployment("busy1", 1));
        await kubectl.CreateAsync(
            $$"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: ordinal}
            spec:
              replicas: {{Ordinals}}
              serviceName: ordinal
              podManagementPolicy: Parallel
              selector: {matchLabels: {app: ordinal} }
              template:
                metadata: {labels: {app: ordinal} }
                spec:
            {{Indented(_ledger.Spec(), 6)}}
            """);
        await kubectl.RolledOutAsync("spread");
    }

    /// <summary>Begins another Job, and removes the last one.</summary>
    public async Task NextJobAsync()
    {
        var kubectl = cluster.First.Kubectl();
        if (_job > 0)
        {
            await kubectl.OkAsync("delete", "job", $"job-{_job}", "--wait=false");
        }

        _job++;
        await kubectl.CreateAsync(
            $$"""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: job-{{_job}} }
            spec:
              completions: {{Completions}}
              parallelism: 3
              completionMode: Indexed
              backoffLimit: 100
              template:
                metadata: {labels: {app: job} }
                spec:
                  restartPolicy: Never
            {{Indented(_ledger.Spec(JobSeconds), 6)}}
            """);
    }

    /// <summary>All nodes are ready, all pods run that are wanted, none is on its way out, the Job is complete, and the
    /// pods reach each other.</summary>
    public async Task UntilAtRestAsync()
    {
        using var api = cluster.First.Api();
        await Eventually.BecomesAsync(
            "the machines to come to rest", async () => string.Join("; ", await UnrestAsync(api)),
            unrest => unrest.Length == 0, RestBound);
        await UntilPodsReachEachOtherAsync(api);
    }

    public async Task<Runs> ReadAsync()
    {
        using var api = cluster.First.Api();
        var pods = (await ItemsAsync(api, Pods)).Select(PodOf).ToList();
        var (starts, done) = await _ledger.ReadAsync();
        var jobs = (await ItemsAsync(api, Jobs)).Select(job => new JobSeen(
            NameOf(job), Completions, job["status"]?["succeeded"]?.GetValue<int>() ?? 0));
        return new(starts, done, await _ledger.AliveAsync(), pods, [.. jobs]);
    }

    private static async Task<IReadOnlyList<string>> UnrestAsync(ApiClient api)
    {
        try
        {
            return
            [
                .. (await ItemsAsync(api, Nodes)).SelectMany(NodeUnrest),
                .. (await ItemsAsync(api, Pods)).SelectMany(PodUnrest),
                .. (await ItemsAsync(api, StatefulSets)).SelectMany(StatefulSetUnrest),
                .. (await ItemsAsync(api, Jobs)).SelectMany(JobUnrest),
            ];
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            return [cut.Message];
        }
    }

    private static IEnumerable<string> NodeUnrest(JsonNode node)
    {
        if (!HasCondition(node, "Ready"))
        {
            yield return $"{NameOf(node)} is not ready";
        }

        if (node["spec"]?["taints"] is JsonArray { Count: > 0 } taints)
        {
            yield return $"{NameOf(node)} has {taints.ToJsonString()}";
        }
    }

    private static IEnumerable<string> PodUnrest(JsonNode pod)
    {
        var phase = (string?)pod["status"]?["phase"];
        if (pod["metadata"]!["deletionTimestamp"] is not null)
        {
            yield return $"{NameOf(pod)} on {pod["spec"]!["nodeName"]} is on its way out";
        }
        else if (phase is not ("Succeeded" or "Failed") && !HasCondition(pod, "Ready"))
        {
            yield return $"{NameOf(pod)} on {pod["spec"]!["nodeName"]} is {phase}: "
                + $"{pod["status"]?["containerStatuses"]?[0]?["state"]?.ToJsonString()}";
        }
    }

    private static IEnumerable<string> StatefulSetUnrest(JsonNode set) =>
        set["status"]?["readyReplicas"]?.GetValue<int>() == set["spec"]!["replicas"]!.GetValue<int>()
            ? []
            : [$"{NameOf(set)}: {set["status"]?.ToJsonString()}"];

    private static IEnumerable<string> JobUnrest(JsonNode job) =>
        HasCondition(job, "Complete") ? [] : [$"{NameOf(job)}: {job["status"]?.ToJsonString()}"];

    /// <summary>From one of each machine to all others.</summary>
    private async Task UntilPodsReachEachOtherAsync(ApiClient api)
    {
        var running = (await ItemsAsync(api, Pods))
            .Where(pod => (string?)pod["status"]!["phase"] == "Running").ToList();
        var members = cluster.Members;
        var addresses = running.Select(pod => (string)pod["status"]!["podIP"]!).Order(StringComparer.Ordinal).ToList();
        var askers = running.GroupBy(pod => (string)pod["spec"]!["nodeName"]!).Select(group => group.First());
        await Task.WhenAll(askers.Select((pod, index) => Eventually.BecomesAsync(
            $"{NameOf(pod)} on {pod["spec"]!["nodeName"]} to reach {string.Join(' ', addresses)} (asked by member "
            + $"{members[index % members.Count].Number})",
            () => members[index % members.Count].Kubectl().RunAsync(
                "exec", NameOf(pod), "--", "sh", "-c",
                $"for ip in {string.Join(' ', addresses)}; do ping -q -c 1 -W 5 $ip >/dev/null && echo $ip; done"),
            said => said.Lines.Order(StringComparer.Ordinal).SequenceEqual(addresses))));
    }

    private static PodSeen PodOf(JsonNode pod)
    {
        var node = (string?)pod["spec"]!["nodeName"];
        return new(
            (string)pod["metadata"]!["uid"]!, NameOf(pod),
            node is null ? null : int.Parse(node[1..], CultureInfo.InvariantCulture),
            (string)pod["status"]!["phase"]!, (string?)pod["spec"]!["restartPolicy"] == "Never",
            pod["status"]?["containerStatuses"]?[0]?["restartCount"]?.GetValue<int>() ?? 0,
            (string?)pod["metadata"]!["labels"]?["batch.kubernetes.io/job-name"],
            (string?)pod["metadata"]!["annotations"]?["batch.kubernetes.io/job-completion-index"]);
    }

    private static async Task<IReadOnlyList<JsonNode>> ItemsAsync(ApiClient api, string path)
    {
        var answer = await api.SendAsync(HttpMethod.Get, path, null, null);
        return answer.Code == HttpStatusCode.OK
            ? [.. answer.Json!["items"]!.AsArray().Select(item => item!)]
            : throw new HttpRequestException($"{path}: {answer}");
    }

    private static string NameOf(JsonNode item) => (string)item["metadata"]!["name"]!;

    private static bool HasCondition(JsonNode item, string type) =>
        item["status"]?["conditions"] is JsonArray conditions && conditions.Any(condition =>
            (string?)condition!["type"] == type && (string?)condition["status"] == "True");

    private string Deployment(string name, int replicas) =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{name}} }
        spec:
          replicas: {{replicas}}
          selector: {matchLabels: {app: {{name}} } }
          template:
            metadata: {labels: {app: {{name}} } }
            spec:
        {{Indented(_ledger.Spec(), 6)}}
        """;

    private static string Indented(string yaml, int columns) => string.Join(
        '\n', yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new string(' ', columns) + line));
}
