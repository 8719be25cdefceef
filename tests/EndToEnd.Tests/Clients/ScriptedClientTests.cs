using System.Security.Cryptography;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Clients;

/// <summary>
/// The official clients for Python (as Debian has it) and for JavaScript. Each is used by a script beside this file,
/// which tells what the client has read in a line a step; both scripts take the same steps.
/// </summary>
public sealed class ScriptedClientTests(SharedCluster shared)
{
    private const int CopyBytes = 100 * 1024 * 1024;

    /// <summary>For some twenty seconds of work on a quiet machine.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    /// <summary>Debian's own: its packages are not another one's.</summary>
    [Fact]
    public Task The_Python_client_does_all_that_it_can() => TakesEveryStepAsync("/usr/bin/python3", "python_client.py");

    [Fact]
    public Task The_JavaScript_client_does_all_that_it_can() => TakesEveryStepAsync("node", "javascript_client.mjs");

    private static string[] Steps(string sum) =>
    [
        "pages: ab cd e",
        "selected: a e",
        "initial events: a b c d e true",
        "discovered: Always",
        "absent: 404 NotFound deployments.apps \"absent\" not found",
        "taken: 409 AlreadyExists configmaps \"a\" already exists",
        "stale: 409 Conflict Operation cannot be fulfilled on configmaps \"a\"",
        "invalid: 422 Invalid ConfigMap \"No Name\" is invalid",
        "exec in nothing: 404",
        "created: web 2 25%",
        "watched: ADDED MODIFIED 2",
        "merged: busybox:1.35 sh COLOUR blue 2",
        "patched: web front",
        "rolled out: 2 app=web",
        "deleted: web 0",
        "log: one",
        "followed: one two",
        "tail: two",
        "exec: out given err 3",
        "terminal: /dev/pts/ 0",
        "much: 3388895 500000",
        "attached: there",
        "attached: and back",
        $"there: 0 {sum}",
        $"back: 0 {sum}",
        "forwarded: 40 108894 bytes, 20000",
        "refused: connection refused",
        "unread: none",
    ];

    private async Task TakesEveryStepAsync(string program, string script)
    {
        await using var space = await shared.NewSpaceAsync();
        var scratch = Places.NewScratch("client");
        try
        {
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(scratch, "there")).FullName, "copy");
            var bytes = new byte[CopyBytes];
            new Random(1).NextBytes(bytes);
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

            var told = await Tool.RunAsync(
                program,
                [Path.Combine(Places.Repository, "tests/EndToEnd.Tests/Clients", script), space.Name, file],
                new Dictionary<string, string?>
                {
                    ["KUBECONFIG"] = space.Cluster.Kubeconfig,
                    ["NODE_PATH"] = Path.Combine(Places.ClientDirectory("javascript"), "node_modules"),
                    ["TMPDIR"] = scratch,
                },
                timeout: Bound);
            Assert.Equal(Steps(Convert.ToHexStringLower(SHA256.HashData(bytes))), told.Ok().Lines);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
