using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Jobs that say what a failure means, on real containers.</summary>
public sealed class JobPolicyTests(SharedCluster shared)
{
    private const string FailureReason = ".status.conditions[?(@.type==\"Failed\")].reason";

    [Fact]
    public async Task An_exit_code_fails_the_job_at_once()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("bug", "exit 42", """
            backoffLimit: 6
            podFailurePolicy:
              rules:
              - action: FailJob
                onExitCodes: {containerName: main, operator: In, values: [42]}
            """));
        await space.Kubectl.WaitAsync("job/bug", "condition=failed", seconds: 180);

        Assert.Equal("PodFailurePolicy", await space.Kubectl.PathAsync("job/bug", FailureReason));
        Assert.Equal("1", await space.Kubectl.PathAsync("job/bug", ".status.failed"));
        await space.Kubectl.DescribesAsync(
            ["job", "bug"], "PodFailurePolicy", "Container main for pod",
            "failed with exit code 42 matching FailJob rule at index 0");
    }

    [Fact]
    public async Task An_evicted_pod_is_replaced_and_does_not_count()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("moved", "trap \"exit 1\" TERM; while true; do sleep 1; done", """
            backoffLimit: 0
            podFailurePolicy:
              rules:
              - action: Ignore
                onPodConditions: [{type: DisruptionTarget}]
            """));
        await Eventually.BecomesAsync("a ready pod",
            () => space.Kubectl.PathAsync("job/moved", ".status.ready"), ready => ready == "1");
        var first = await space.Kubectl.PathAsync("pods", ".items[0].metadata.name");
        await space.Kubectl.RunAsync(
            ["create", "--raw", $"/api/v1/namespaces/{space.Name}/pods/{first}/eviction", "-f", "-"],
            "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"" + first + "\"}}");
        await Eventually.BecomesAsync("another ready pod", async () =>
            (await space.Kubectl.OkAsync("get", "pods", "-o", "name")).Text.Contains(first, StringComparison.Ordinal)
                ? "" : await space.Kubectl.PathAsync("job/moved", ".status.ready"), ready => ready == "1");

        Assert.Equal("", await space.Kubectl.PathAsync("job/moved", ".status.failed"));
        Assert.Equal("", await space.Kubectl.PathAsync("job/moved", ".status.conditions"));
    }

    [Fact]
    public async Task A_success_policy_ends_it_with_its_leader()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job(
            "led", "if [ $JOB_COMPLETION_INDEX = 0 ]; then exit 0; fi; exec sleep 1000", """
            completionMode: Indexed
            completions: 3
            parallelism: 3
            successPolicy:
              rules:
              - succeededIndexes: "0"
            """));
        await space.Kubectl.WaitAsync("job/led", "condition=complete", seconds: 180);

        Assert.Equal("0", await space.Kubectl.PathAsync("job/led", ".status.completedIndexes"));
        Assert.Equal("SuccessPolicy SuccessPolicy", await space.Kubectl.PathAsync(
            "job/led", ".status.conditions[*].reason"));
        Assert.Equal("SuccessCriteriaMet Complete", await space.Kubectl.PathAsync(
            "job/led", ".status.conditions[*].type"));
        await Eventually.BecomesAsync("no running pod", () => space.Kubectl.PathAsync(
            "pods", ".items[?(@.status.phase==\"Running\")].metadata.name"), names => names == "");
    }

    [Fact]
    public async Task A_failure_policy_needs_pods_that_are_not_restarted()
    {
        await using var space = await shared.NewSpaceAsync();
        (await space.Kubectl.RunAsync(["create", "-f", "-"], Manifests.Job("bad", "true", """
            podFailurePolicy:
              rules:
              - action: Ignore
                onPodConditions: [{type: DisruptionTarget}]
            """).Replace("Never", "OnFailure", StringComparison.Ordinal))).Fails(
            "spec.template.spec.restartPolicy: Invalid value: \"OnFailure\": only \"Never\" is supported when "
            + "podFailurePolicy is specified");
    }
}
