using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Jobs on real containers, as users of kubectl see them.</summary>
public sealed class JobTests(SharedCluster shared)
{
    [Fact]
    public async Task The_seeds_job_completes_six_times_and_never_runs_more_than_two_pods()
    {
        await using var space = await shared.NewSpaceAsync();
        await using var watch = await PodWatch.StartAsync(space);
        (await space.Kubectl.OkAsync("apply", "-f", Places.Example("seed-job.yaml")))
            .Says("job.batch/data-processing created");
        await space.Kubectl.WaitAsync("job/data-processing", "condition=complete", seconds: 180);
        await Eventually.HoldsAsync(
            "the watch to see six successes", () => watch.Instants[^1].Count(pod => pod.Phase == "Succeeded") == 6);
        await watch.StopAsync();

        Assert.True(watch.Instants.Max(pods => pods.Count(pod => pod.Active)) == 2, watch.Transcript);
        (await space.Kubectl.OkAsync("get", "job", "data-processing")).Says("Complete", "6/6");
        Assert.Equal("6", await space.Kubectl.PathAsync("job/data-processing", ".status.succeeded"));
        await space.Kubectl.DescribesAsync(
            ["job", "data-processing"],
            "Parallelism:", "Completions:", "Pods Statuses:", "0 Active (0 Ready) / 6 Succeeded / 0 Failed",
            "SuccessfulCreate", "Completed", "Job completed");
        var again = await space.Kubectl.OkAsync("apply", "-f", Places.Example("seed-job.yaml"));
        again.Says("job.batch/data-processing unchanged");
    }

    [Fact]
    public async Task What_fails_in_its_pod_is_started_again_until_the_limit_is_reached()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(File.ReadAllText(Places.Example("seed-job.yaml")).Replace(
            "[\"python\", \"/app/process.py\"]", "[\"python\", \"-c\", \"import sys; sys.exit(3)\"]"));
        await space.Kubectl.WaitAsync("job/data-processing", "condition=failed", seconds: 180);
        Assert.Equal("BackoffLimitExceeded", await space.Kubectl.PathAsync(
            "job/data-processing", ".status.conditions[?(@.type==\"Failed\")].reason"));
        await space.Kubectl.DescribesAsync(
            ["job", "data-processing"],
            "Warning  BackoffLimitExceeded", "Job has reached the specified backoff limit");
        Assert.Equal("", await space.Kubectl.PathAsync("pods", ".items[?(@.status.phase==\"Running\")].metadata.name"));
    }

    [Fact]
    public async Task A_failed_pod_is_replaced_after_a_pause_until_the_limit_is_exceeded()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("fails", "echo trying; exit 7", "backoffLimit: 1\n"));
        await space.Kubectl.WaitAsync("job/fails", "condition=failed");
        var pods = await space.Kubectl.JsonAsync("get", "pods", "-l", "job-name=fails");
        var made = pods["items"]!.AsArray()
            .Select(pod => pod!["metadata"]!["creationTimestamp"]!.GetValue<DateTimeOffset>()).Order().ToList();
        Assert.Equal(2, made.Count);
        Assert.True(made[1] - made[0] >= TimeSpan.FromSeconds(10), $"replaced after {made[1] - made[0]}");
        Assert.Equal("2", await space.Kubectl.PathAsync("job/fails", ".status.failed"));
        (await space.Kubectl.OkAsync("logs", "-l", "batch.kubernetes.io/job-name=fails")).Says("trying");
    }

    [Fact]
    public async Task At_its_deadline_what_runs_is_ended()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(
            Manifests.Job("late", "exec sleep 1000", "activeDeadlineSeconds: 3\nparallelism: 2"));
        await space.Kubectl.WaitAsync("job/late", "condition=failed");
        Assert.Equal("DeadlineExceeded", await space.Kubectl.PathAsync(
            "job/late", ".status.conditions[?(@.type==\"Failed\")].reason"));
        await Eventually.BecomesAsync("no pods", () => space.Kubectl.OkAsync("get", "pods"),
            output => output.Text.Contains("No resources found") || output.Text.Trim().Length == 0);
        await space.Kubectl.DescribesAsync(["job", "late"], "Job was active longer than specified deadline");
    }

    [Fact]
    public async Task Made_by_kubectl_it_runs_and_is_read_by_its_name_and_goes_with_its_pods()
    {
        await using var space = await shared.NewSpaceAsync();
        (await space.Kubectl.OkAsync("create", "job", "hello", "--image=busybox:1.35", "--", "echo", "hello, job"))
            .Says("job.batch/hello created");
        await space.Kubectl.WaitAsync("job/hello", "condition=complete");
        (await space.Kubectl.OkAsync("logs", "job/hello")).Says("hello, job");
        (await space.Kubectl.OkAsync("get", "pods", "-l", "job-name=hello")).Says("Completed");
        await space.Kubectl.OkAsync("delete", "job", "hello");
        await Eventually.BecomesAsync("no pods", () => space.Kubectl.OkAsync("get", "pods", "-o", "name"),
            output => output.Text.Trim().Length == 0);
    }

    [Fact]
    public async Task Deleted_while_it_runs_it_leaves_no_pod_behind()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("gone", "exec sleep 1000", "parallelism: 2\n"));
        await Eventually.BecomesAsync("two ready pods",
            () => space.Kubectl.PathAsync("job/gone", ".status.ready"), ready => ready == "2");
        await space.Kubectl.OkAsync("delete", "job", "gone", "--cascade=foreground");
        (await space.Kubectl.OkAsync("get", "pods", "-o", "name")).Says("");
        Assert.Equal("", (await space.Kubectl.OkAsync("get", "pods", "-o", "name")).Text.Trim());
    }

    [Fact]
    public async Task Suspended_and_resumed_it_goes_on()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("pause", "sleep 2", "suspend: true\n"));
        await space.Kubectl.WaitAsync("job/pause", "condition=suspended");
        (await space.Kubectl.OkAsync("get", "job", "pause")).Says("Suspended", "0/1");
        await space.Kubectl.OkAsync("patch", "job", "pause", "-p", "{\"spec\":{\"suspend\":false}}");
        await space.Kubectl.WaitAsync("job/pause", "condition=complete");
    }

    [Fact]
    public async Task A_sidecar_does_not_keep_it_alive()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("aside", "echo done", "ttlSecondsAfterFinished: 20\n") + """
                  initContainers:
                  - name: proxy
                    image: busybox:1.35
                    restartPolicy: Always
                    command: [sh, -c, 'trap "exit 0" TERM; while true; do sleep 1; done']
            """);
        await space.Kubectl.WaitAsync("job/aside", "condition=complete");
        await Eventually.BecomesAsync("the job to be removed", () => space.Kubectl.OkAsync("get", "jobs", "-o", "name"),
            output => output.Text.Trim().Length == 0);
        Assert.Equal("", (await space.Kubectl.OkAsync("get", "pods", "-o", "name")).Text.Trim());
    }

    [Fact]
    public async Task Stuck_it_says_what_it_waits_for()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job("imageless", "true").Replace(
            "busybox:1.35", "busybox:nowhere", StringComparison.Ordinal));
        await space.Kubectl.CreateAsync(Manifests.Job("homeless", "true", pod: "nodeSelector: {disk: none}"));
        await space.Kubectl.CreateAsync(Manifests.Job("unlucky", "exit 1"));
        await space.Kubectl.CreateAsync(Manifests.Job("asleep", "true", "suspend: true"));
        await space.Kubectl.CreateAsync(Manifests.Job(
            "unwanted", "true", pod: "securityContext: {sysctls: [{name: kernel.msgmax, value: \"8193\"}]}"));
        await space.Kubectl.DescribesAsync(
            ["job", "imageless"], "PodsNotStarting", "Container main of pod imageless-", "busybox:nowhere");
        await space.Kubectl.DescribesAsync(
            ["job", "homeless"], "PodsUnschedulable", "1 pod waits for a node: 0/1 nodes are available");
        await space.Kubectl.DescribesAsync(
            ["job", "unlucky"], "PodsBackOff", "1 pod has failed: the next one is made at ");
        await space.Kubectl.DescribesAsync(["job", "asleep"], "Suspended", "Job suspended");
        await space.Kubectl.DescribesAsync(
            ["job", "unwanted"], "PodsRejected", " is not taken by its node: SysctlForbidden: forbidden sysctl");

        await space.Kubectl.OkAsync("create", "quota", "small", "--hard=pods=3");
        await space.Kubectl.CreateAsync(Manifests.Job("many", "exec sleep 1000", "parallelism: 4"));
        await space.Kubectl.DescribesAsync(["job", "many"], "FailedCreate", "exceeded quota: small");
    }
}
