using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>The manifests of the seed document, verbatim.</summary>
public sealed class SeedTests(SharedCluster shared)
{
    [Fact]
    public async Task The_nginx_deployment_reaches_three_of_three_and_serves()
    {
        await using var space = await shared.NewSpaceAsync();
        (await space.Kubectl.OkAsync("apply", "-f", Places.Example("nginx.yaml")))
            .Says("deployment.apps/nginx-deploy created");
        await space.Kubectl.RolledOutAsync("nginx-deploy");
        (await space.Kubectl.OkAsync("get", "deployment", "nginx-deploy")).Says("3/3");
        var addresses = (await space.Kubectl.OkAsync(
            "get", "pods", "-l", "app=nginx", "-o", "jsonpath={.items[*].status.podIP}")).Text.Split(' ');
        Assert.Equal(3, addresses.Distinct().Count());
        foreach (var address in addresses)
        {
            await Page.IsServedAsync($"http://{address}/", text => text.Contains("Welcome to nginx"));
        }
        var running = await space.Cluster.CtrAsync("tasks", "ls");
        Assert.True(running.Ok().Lines.Count(line => line.Contains("RUNNING")) >= 6, running.ToString());
    }

    [Fact]
    public async Task The_snippet_without_name_and_selector_is_refused_with_every_missing_field_named()
    {
        await using var space = await shared.NewSpaceAsync();
        (await space.Kubectl.RunAsync("create", "-f", Places.Example("incomplete-deployment.yaml"))).Fails(
            "is invalid", "metadata.name: Required value: name or generateName is required",
            "spec.selector: Required value", "spec.template.metadata.labels");
        using var api = space.Api();
        var answer = await api.SendAsync(
            HttpMethod.Post, space.Path("apis/apps/v1", "deployments"),
            File.ReadAllText(Places.Example("incomplete-deployment.yaml")), "application/yaml");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Code);
        var fields = answer.Json!["details"]!["causes"]!.AsArray().Select(cause => cause!["field"]!.GetValue<string>());
        Assert.Superset(new HashSet<string> { "metadata.name", "spec.selector" }, fields.ToHashSet());
    }

    [Fact]
    public async Task The_job_and_the_cron_job_are_accepted_as_they_stand()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.OkAsync("apply", "-f", Places.Example("seed-job.yaml"));
        await space.Kubectl.OkAsync("apply", "-f", Places.Example("seed-cronjob.yaml"));
        (await space.Kubectl.OkAsync("get", "jobs,cronjobs")).Says("data-processing", "daily-report", "0 3 * * *");
        Assert.Equal("6", await space.Kubectl.PathAsync("job/data-processing", ".spec.completions"));
    }

    [Fact]
    public async Task Manifests_of_several_documents_are_applied_by_one_post()
    {
        await using var space = await shared.NewSpaceAsync();
        using var api = space.Api();
        var manifest = InNamespace(space, Manifests.ConfigMap("one", ("a", "1"))) + "\n---\n"
            + InNamespace(space, Manifests.ConfigMap("two", ("a", "2")));
        var answer = await api.SendAsync(HttpMethod.Post, "/apply", manifest, "application/yaml");
        Assert.True((int)answer.Code is 200 or 201, answer.ToString());
        Assert.Equal("2", await space.Kubectl.PathAsync("configmap/two", ".data.a"));
    }

    [Fact]
    public async Task The_stand_in_images_do_what_their_names_say()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(Manifests.Pod("data", "x", spec: "restartPolicy: Never\n")
            .Replace("busybox:1.35", "data-tool:v3.2").Replace("[sh, -c, 'x']", "[python, /app/process.py]"));
        await space.Kubectl.CreateAsync(Manifests.Pod("report", "x", spec: "restartPolicy: Never\n")
            .Replace("busybox:1.35", "report-tool:latest\n    imagePullPolicy: IfNotPresent")
            .Replace("command: [sh, -c, 'x']", ""));
        foreach (var pod in new[] { "data", "report" })
        {
            await Eventually.BecomesAsync($"the pod {pod} to succeed", () =>
                space.Kubectl.PathAsync($"pod/{pod}", ".status.phase"), phase => phase == "Succeeded");
        }
        var result = (await space.Kubectl.OkAsync("logs", "data")).Lines.Single(line => line.StartsWith('{'));
        Assert.Equal(5000, JsonNode.Parse(result)!["records"]!.GetValue<int>());
        (await space.Kubectl.OkAsync("logs", "report")).Says("Daily report", "end of report");
    }

    private static string InNamespace(Space space, string manifest) =>
        manifest.Replace("metadata:\n", $"metadata:\n  namespace: {space.Name}\n");
}
