using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests;

/// <summary>What a newcomer does first: scripts/up, kubectl, scripts/down.</summary>
public sealed class QuickStartTests
{
    private static readonly TimeSpan UpBound = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Up_shows_running_pods_and_what_to_type_and_down_takes_all_away()
    {
        var scratch = Places.NewScratch("up");
        var data = Path.Combine(scratch, "data");
        try
        {
            string[] arguments =
            [
                "--no-setup", "--data-dir", data,
                "--", "--listen", $"127.0.0.1:{FreePort.Next()}", "--set", "node.pod-subnet=\"10.251.0.0/24\"",
            ];
            File.Delete(Path.Combine(Path.GetDirectoryName(Places.Orchestrator)!, ".built-by-up"));
            var first = (await Tool.RunAsync(Places.Script("up"), arguments, timeout: UpBound)).Ok();
            Assert.Equal(3, first.Lines.Count(line => line.Contains("nginx-deploy-") && line.Contains("Running")));
            first.Says("up: building (", "minutes", "built ActorOrchestrator.Host (8 of 8, after ");
            first.Says("Images that are here without a registry: ", "busybox:1.35", "--image-pull-policy=IfNotPresent");
            first.Says("export KUBECONFIG=", $"export ACTOR_ORCHESTRATOR_DATA={data}", "scripts/kubectl get");

            await ScriptKubectlAsync(data, "scale", "deployment/nginx-deploy", "--replicas=2");
            await ScriptKubectlAsync(data, "rollout", "status", "deployment/nginx-deploy", "--timeout=120s");
            var again = (await Tool.RunAsync(Places.Script("up"), arguments, timeout: UpBound)).Ok();
            again.Says("runs already", "left as it is");
            Assert.Equal("2", (await ScriptKubectlAsync(
                data, "get", "deployment", "nginx-deploy", "-o", "jsonpath={.spec.replicas}")).Text);

            (await Tool.RunAsync(Places.Script("down"), ["--data-dir", data])).Ok().Says("stopping the server");
            (await Tool.RunAsync(Places.Script("down"), ["--data-dir", data])).Ok().Says("no server runs");
            Assert.True(Directory.Exists(data));
            var third = (await Tool.RunAsync(Places.Script("up"), arguments, timeout: UpBound)).Ok();
            third.Says("built already", "left as it is").DoesNotSay("building (");
        }
        finally
        {
            (await Tool.RunAsync(Places.Script("down"), ["--purge", "--data-dir", data])).Ok();
            Assert.False(Directory.Exists(data));
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<Output> ScriptKubectlAsync(string data, params string[] arguments) =>
        (await Tool.RunAsync(
            Places.Script("kubectl"), arguments,
            new Dictionary<string, string?> { ["ACTOR_ORCHESTRATOR_DATA"] = data },
            timeout: TimeSpan.FromSeconds(150))).Ok();
}
