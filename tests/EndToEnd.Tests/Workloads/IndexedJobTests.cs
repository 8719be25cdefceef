using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Jobs with completionMode Indexed on real containers.</summary>
public sealed class IndexedJobTests(SharedCluster shared)
{
    [Fact]
    public async Task Each_container_knows_its_index_and_each_index_completes_once()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job(
            "parts", "echo part $JOB_COMPLETION_INDEX on $(hostname)",
            "completionMode: Indexed\ncompletions: 5\nparallelism: 2"));
        await space.Kubectl.WaitAsync("job/parts", "condition=complete", seconds: 180);

        Assert.Equal("0-4", await space.Kubectl.PathAsync("job/parts", ".status.completedIndexes"));
        Assert.Equal("5", await space.Kubectl.PathAsync("job/parts", ".status.succeeded"));
        await space.Kubectl.DescribesAsync(
            ["job", "parts"], "Completion Mode:", "Indexed", "Completed Indexes:", "0-4");
        for (var index = 0; index < 5; index++)
        {
            (await space.Kubectl.OkAsync("logs", "-l", $"batch.kubernetes.io/job-completion-index={index}"))
                .Says($"part {index} on parts-{index}");
        }

        var names = (await space.Kubectl.OkAsync("get", "pods", "-l", "job-name=parts", "-o",
            "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}")).Lines;
        Assert.Equal(5, names.Count);
        Assert.All(names, name => Assert.Matches("^parts-[0-4]-[a-z0-9]{5}$", name));
    }

    [Fact]
    public async Task An_index_that_fails_fails_alone()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job(
            "odd", "exit $((JOB_COMPLETION_INDEX % 2))",
            "completionMode: Indexed\ncompletions: 4\nparallelism: 4\nbackoffLimitPerIndex: 1"));
        await space.Kubectl.WaitAsync("job/odd", "condition=failed", seconds: 180);

        Assert.Equal("0,2", await space.Kubectl.PathAsync("job/odd", ".status.completedIndexes"));
        Assert.Equal("1,3", await space.Kubectl.PathAsync("job/odd", ".status.failedIndexes"));
        Assert.Equal("4", await space.Kubectl.PathAsync("job/odd", ".status.failed"));
        Assert.Equal("FailedIndexes", await space.Kubectl.PathAsync(
            "job/odd", ".status.conditions[?(@.type==\"Failed\")].reason"));
        (await space.Kubectl.OkAsync("get", "pods", "-l", "batch.kubernetes.io/job-completion-index=3", "-o",
            "jsonpath={.items[*].metadata.annotations.batch\\.kubernetes\\.io/job-index-failure-count}"))
            .Says("0", "1");
    }

    [Fact]
    public async Task Completions_grow_with_parallelism()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Job(
            "wide", "exec sleep 1000", "completionMode: Indexed\ncompletions: 1\nparallelism: 1"));
        await Eventually.BecomesAsync("one ready pod",
            () => space.Kubectl.PathAsync("job/wide", ".status.ready"), ready => ready == "1");
        (await space.Kubectl.RunAsync("patch", "job", "wide", "-p", "{\"spec\":{\"completions\":3}}")).Fails(
            "can only be modified in tandem with spec.parallelism");
        await space.Kubectl.OkAsync("patch", "job", "wide", "-p", "{\"spec\":{\"completions\":3,\"parallelism\":3}}");
        await Eventually.BecomesAsync("three ready pods",
            () => space.Kubectl.PathAsync("job/wide", ".status.ready"), ready => ready == "3");
        await space.Kubectl.OkAsync("patch", "job", "wide", "-p", "{\"spec\":{\"completions\":1,\"parallelism\":1}}");
        await Eventually.BecomesAsync("the first pod alone", () => space.Kubectl.OkAsync("get", "pods", "-o", "name"),
            output => output.Lines is [var only] && only.StartsWith("pod/wide-0-", StringComparison.Ordinal));
    }
}
