using System.Diagnostics;

namespace ActorOrchestrator.Repository.Tests;

public sealed class ScriptTests
{
    private static readonly TimeSpan HelpTimeout = TimeSpan.FromSeconds(30);

    private static IEnumerable<string> Scripts =>
        RepositoryFiles.In("scripts").Where(path => !path.StartsWith("scripts/lib/", StringComparison.Ordinal))
            .Append(".ci/run");

    public static TheoryData<string> ScriptsWithOwnHelp =>
        [.. Scripts.Except([".ci/run", "scripts/kubectl", "scripts/orchestrator"])];

    [Fact]
    public void Scripts_stop_at_the_first_error() =>
        Rule.Holds("a script sets -euo pipefail before it does anything",
            Scripts.Where(path => !RepositoryFiles.Lines(path).Contains("set -euo pipefail")));

    [Fact]
    public void Scripts_can_be_executed() =>
        Rule.Holds("a script has its executable bit",
            Scripts.Where(path =>
                !File.GetUnixFileMode(RepositoryFiles.FullPath(path)).HasFlag(UnixFileMode.UserExecute)));

    [Theory]
    [MemberData(nameof(ScriptsWithOwnHelp))]
    public async Task Help_names_the_script_and_its_usage(string path)
    {
        var (code, output) = await RunAsync(path, "--help");
        Assert.Equal(0, code);
        Assert.Contains($"usage: {path}", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ScriptsWithOwnHelp))]
    public async Task An_unknown_argument_is_refused_by_name(string path)
    {
        var (code, output) = await RunAsync(path, "--no-such-argument");
        Assert.Equal(1, code);
        Assert.Contains("unknown argument '--no-such-argument'", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string path, string argument)
    {
        var start = new ProcessStartInfo(RepositoryFiles.FullPath(path), [argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} did not start");
        using var timeout = new CancellationTokenSource(HelpTimeout);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output + await error);
    }
}
