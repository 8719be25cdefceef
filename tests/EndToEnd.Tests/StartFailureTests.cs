using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests;

/// <summary>What keeps a server from starting is told in one sentence, which says what to do, and without a
/// stack.</summary>
public sealed class StartFailureTests : IAsyncLifetime
{
    private const string Absent = "203.0.113.1:6443";

    private readonly string _scratch = Places.NewScratch("start");

    private string Data => Path.Combine(_scratch, "data");

    /// <summary>What is wrong, by the file (below the data directory) that is spoilt after a good start, or by options;
    /// then what is said.</summary>
    public static TheoryData<string, string[], string[]> Faults => new()
    {
        { "pki/ca.key", [], ["the cluster's certificates cannot be used", "pki/ca.key"] },
        { "pki/apiserver.crt", [], ["the cluster's certificates cannot be used", "pki/apiserver.crt"] },
        { "pki/secrets.key", [], ["pki/secrets.key"] },
        { "journal.db", [], ["journal.db", "is damaged", "restore it from a backup"] },
        { "processes/containers/x/record.json", [], ["this machine cannot be a node", "record.json is damaged"] },
        { "", ["--listen", Absent], ["the API cannot be served on " + Absent, "--listen"] },
        { "", ["--listen", "nonsense"], ["api.listen", "nonsense"] },
        { "", ["--runtime", "nonsense"], ["node.runtime"] },
        { "", ["--runtime", "cri", "--cri-endpoint", "tcp://nonsense"], ["node.cri-endpoint", "tcp://nonsense"] },
        { "", ["--set", "api.token-file=/no/such"], ["the API cannot be served", "/no/such"] },
        { "", ["--set", "cluster.address=203.0.113.1"], ["203.0.113.1", "cluster.address"] },
        { "", ["--set", "journal.secrets-key-file=/no/such"], ["/no/such"] },
        {
            "",
            ["--set", "journal.provider=postgresql", "--set", "journal.connection=\"Host=127.0.0.1;Port=1\""],
            ["has its journal in a file there", "--data-dir"]
        },
        { "", ["--data-dir", "/proc/none"], ["the data directory /proc/none cannot be used", "--data-dir"] },
        { "", ["--data-dir", "/etc/hostname"], ["the data directory /etc/hostname cannot be used", "--data-dir"] },
        { "", ["--data-dir", "/tmp"], ["the data directory /tmp is one that all users share"] },
    };

    public async ValueTask InitializeAsync()
    {
        var server = Tool.Start(Places.Orchestrator, Arguments([]), environment: null);
        server.StandardInput.Close();
        await Eventually.HoldsAsync(
            "a first start", () => server.HasExited || File.Exists(Path.Combine(Data, "admin.kubeconfig")));
        if (server.HasExited)
        {
            Assert.Fail(await server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        (await Tool.RunAsync("/bin/kill", ["-TERM", $"{server.Id}"])).Ok();
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_scratch, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task It_is_told_in_a_sentence(string spoilt, string[] options, string[] words)
    {
        if (spoilt.Length > 0)
        {
            var path = Path.Combine(Data, spoilt);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "spoilt\n", TestContext.Current.CancellationToken);
        }

        var output = await Tool.RunAsync(Places.Orchestrator, Arguments(options));
        output.Fails(["orchestrator: ", .. words]).DoesNotSay("   at ").DoesNotSay("Exception");
        Assert.StartsWith("orchestrator: ", output.Errors.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1", "the database at 127.0.0.1:1 cannot be reached: the connection was refused")]
    [InlineData("nonsense", "connection")]
    public async Task A_first_start_without_its_database_is_told_so(string connection, string words)
    {
        var output = await Tool.RunAsync(Places.Orchestrator, Arguments(
        [
            "--data-dir", Path.Combine(_scratch, "new"), "--set", "journal.provider=postgresql",
            "--set", $"journal.connection=\"{connection}\"",
        ]));
        output.Fails("orchestrator: ", words).DoesNotSay("   at ").DoesNotSay("Exception");
    }

    private List<string> Arguments(string[] options)
    {
        string[] usual = ["--data-dir", Data, "--runtime", "process", "--listen", "127.0.0.1:0"];
        var all = new List<string> { "server" };
        foreach (var pair in usual.Chunk(2).Where(pair => !options.Contains(pair[0])))
        {
            all.AddRange(pair);
        }

        return [.. all, .. options];
    }
}
