using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl describe knows each kind, and reads more than the object: events, owners, endpoints.</summary>
public sealed class DescribeTests(SharedCluster shared)
{
    private static readonly (string Resource, string One, string Two)[] Described =
    [
        ("deployment/web", "RollingUpdateStrategy:", "web"),
        ("pods", "Container ID:", "Normal"),
        ("replicasets", "Controlled By:", "web"),
        ("secret/demo", "password:", "6 bytes"),
        ("service/demo", "Selector:", "app=web"),
        ("endpoints/manual", "Addresses:", "10.1.1.1"),
        ("serviceaccount/demo", "Name:", "demo"),
        ("pvc/demo", "Status:", "Access Modes:"),
        ("job/demo", "Parallelism:", "busybox:1.35"),
        ("cronjob/demo", "0 3 * * *", "report-tool:latest"),
        ("ingress/demo", "example.com", "/app1"),
        ("lease/demo", "Holder Identity:", "me"),
        ("hpa/demo", "Reference:", "Deployment/web"),
        ("configmap/demo", "color:", "red"),
        ("nodes", "Allocatable:", "Ready"),
        ("namespace", "Status:", "Active"),
    ];

    [Fact]
    public async Task Describe_of_each_kind_with_the_new_kubectl() =>
        await DescribeAllAsync(Kubectl.New, skip: []);

    /// <summary>The API versions that this old client describes by are gone since Kubernetes 1.22 to 1.26.</summary>
    [Fact]
    public async Task Describe_of_each_kind_with_the_old_kubectl() =>
        await DescribeAllAsync(Kubectl.Old, skip: ["hpa/demo", "cronjob/demo", "ingress/demo"]);

    private async Task DescribeAllAsync(string version, string[] skip)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var newest = space.Cluster.Kubectl(space.Name);
        await newest.CreateAsync(Manifests.Deployment("web", 1));
        await newest.OkAsync("create", "-f", Places.Example("every-kind.yaml"));
        await newest.RolledOutAsync("web");
        var failures = new List<string>();
        foreach (var (resource, one, two) in Described)
        {
            if (skip.Contains(resource))
                continue;
            var output = await space.Kubectl.RunAsync("describe", resource);
            if (output.ExitCode != 0 || !output.Text.Contains(one) || !output.Text.Contains(two))
                failures.Add($"expected '{one}' and '{two}' of {output}");
        }
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }
}
