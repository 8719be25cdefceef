using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>Kernel parameters that a machine's settings allow beside the safe ones, in real containers.</summary>
public sealed class SysctlTests
{
    private const string Status = ".status.phase} {.status.reason} {.status.message";

    [Fact]
    public async Task A_pod_sets_what_the_machine_allows_and_is_refused_for_all_else()
    {
        await using var settings = new SettingsFile();
        settings.Write("node.allowed-unsafe-sysctls = [\"net.core.*\"]");
        await using var cluster = await Cluster.StartAsync(new() { Settings = settings });
        var kubectl = cluster.Kubectl();
        await kubectl.CreateAsync(Asking("allowed", "net.core.somaxconn", "129"));
        await kubectl.CreateAsync(Asking("forbidden", "kernel.msgmax", "8193"));
        await kubectl.WaitAsync("pod/allowed", "condition=Ready");
        (await kubectl.OkAsync("exec", "allowed", "--", "cat", "/proc/sys/net/core/somaxconn")).Says("129");
        await Eventually.BecomesAsync("the refusal", () => kubectl.PathAsync("pod/forbidden", Status),
            status => status == "Failed SysctlForbidden Pod was rejected: forbidden sysctl: \"kernel.msgmax\" not "
                + "allowlisted");
        await kubectl.DescribesAsync(["pod", "forbidden"], "SysctlForbidden");
    }

    private static string Asking(string name, string parameter, string value) => Manifests.Pod(
        name, "exec sleep 1000",
        spec: $"securityContext: {{sysctls: [{{name: {parameter}, value: \"{value}\"}}]}}\n");
}
