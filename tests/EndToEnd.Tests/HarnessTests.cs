using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests;

/// <summary>The harness itself: a harness that cannot fail would prove nothing.</summary>
public sealed class HarnessTests
{
    [Fact]
    public async Task A_command_that_hangs_is_ended_and_what_it_said_is_shown()
    {
        var hanging = Tool.RunAsync(
            "/bin/sh", ["-c", "echo before; exec sleep 1000"], timeout: TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => hanging);
        Assert.Contains("before", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_gets_its_input_and_its_outcome_is_kept()
    {
        var output = await Tool.RunAsync("/bin/sh", ["-c", "cat; echo oops >&2; exit 3"], input: "hello");
        output.Fails("hello", "oops");
        Assert.Equal(3, output.ExitCode);
    }

    [Fact]
    public async Task A_wait_says_what_it_waited_for()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() =>
            Eventually.BecomesAsync("a seven", () => Task.FromResult(6), n => n == 7, TimeSpan.FromMilliseconds(1)));
        Assert.Contains("a seven; last seen: 6", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Kubectl.New, "v1.35.")]
    [InlineData(Kubectl.Old, "v1.20.")]
    public async Task The_clients_are_what_they_are_called(string version, string reported) =>
        (await Tool.RunAsync(Places.Client($"kubectl-{version}"), ["version", "--client"])).Ok().Says(reported);

    [Theory]
    [InlineData("")]
    [InlineData("ports:\n- containerPort: 80\n")]
    public async Task Manifests_are_valid_yaml_to_kubectl(string container)
    {
        var manifest = Manifests.Deployment("web", 1, container: container, spec: "minReadySeconds: 1\n");
        var output = await Tool.RunAsync(
            Places.Client($"kubectl-{Kubectl.New}"),
            ["patch", "--local", "-f", "-", "--type=merge", "-p", "{}", "-o", "name"], input: manifest);
        output.Ok().Says("deployment.apps/web");
    }
}
