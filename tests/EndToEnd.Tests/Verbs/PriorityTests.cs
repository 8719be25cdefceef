using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>PriorityClasses, and what they make of pods.</summary>
public sealed class PriorityTests(SharedCluster shared)
{
    [Theory]
    [MemberData(nameof(Versions.Both), MemberType = typeof(Versions))]
    public async Task Pods_are_created_with_the_priority_of_their_class(string version)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var kubectl = space.Kubectl;
        var high = $"high-{space.Name}";
        await kubectl.OkAsync("create", "priorityclass", high, "--value=1000", "--preemption-policy=Never");
        (await kubectl.OkAsync("get", "priorityclasses")).Says(high, "system-node-critical", "2000001000");
        await kubectl.CreateAsync(Manifests.Deployment("web", 1));
        await kubectl.OkAsync("patch", "deployment", "web", "-p",
            $"{{\"spec\":{{\"template\":{{\"spec\":{{\"priorityClassName\":\"{high}\"}}}}}}}}");
        await kubectl.RolledOutAsync("web");
        const string priority = "jsonpath={.items[*].spec.priority} {.items[*].spec.preemptionPolicy}";
        await Eventually.BecomesAsync("only pods of the class to be left", async () =>
            (await kubectl.OkAsync("get", "pods", "-l", "app=web", "-o", priority)).Text, text => text == "1000 Never");
        await kubectl.DescribesAsync(["pods", "-l", "app=web"], "Priority Class Name:  " + high);

        await kubectl.CreateAsync(Manifests.Pod("plain", "exec sleep 1000"));
        Assert.Equal("0", await kubectl.PathAsync("pod/plain", ".spec.priority"));
        Assert.Equal("PreemptLowerPriority", await kubectl.PathAsync("pod/plain", ".spec.preemptionPolicy"));
        (await kubectl.RunAsync(
            ["create", "-f", "-"], Manifests.Pod("lost", "exit 0", spec: "priorityClassName: nothing\n")))
            .Fails("Forbidden", "no PriorityClass with name nothing was found");
        (await kubectl.RunAsync(["create", "-f", "-"], Manifests.Pod("own", "exit 0", spec: "priority: 5\n")))
            .Fails("Forbidden", "the integer value of priority (5) must not be provided in pod spec");
        (await kubectl.RunAsync("delete", "priorityclass", "system-node-critical")).Fails("cannot be deleted");
        await kubectl.OkAsync("delete", "priorityclass", high);
    }
}
