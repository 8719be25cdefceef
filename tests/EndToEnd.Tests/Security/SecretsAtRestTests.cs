using System.Text;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>Secrets on the disk of a real server.</summary>
public sealed class SecretsAtRestTests
{
    private const int RowsOfASnapshot = 40;

    [Fact]
    public async Task No_file_below_the_data_directory_has_a_secrets_value()
    {
        await using var cluster = await Cluster.StartAsync(new()
        {
            Containers = false, MoreArguments = ["--set", "logging.level=Debug"],
        });
        var kubectl = cluster.Kubectl();
        await kubectl.OkAsync("create", "secret", "generic", "s", "--from-literal=password=swordfish-000");
        await kubectl.OkAsync("create", "configmap", "c", "--from-literal=key=visible-one");
        using (var api = cluster.Api())
        {
            foreach (var number in Enumerable.Range(1, RowsOfASnapshot))
            {
                var body = $"{{\"stringData\":{{\"password\":\"swordfish-{number:000}\"}}}}";
                var answer = await api.SendAsync(
                    HttpMethod.Patch, "/api/v1/namespaces/default/secrets/s", body, "application/merge-patch+json");
                Assert.Equal(System.Net.HttpStatusCode.OK, answer.Code);
            }
        }

        Assert.Equal([], Telling(cluster, "swordfish-"));
        Assert.NotEmpty(Telling(cluster, "visible-one"));
        await cluster.KillServerAsync();
        await cluster.StartServerAsync();
        var last = Convert.ToBase64String(Encoding.UTF8.GetBytes($"swordfish-{RowsOfASnapshot:000}"));
        Assert.Equal(last, await kubectl.PathAsync("secret/s", ".data.password"));
        Assert.Equal([], Telling(cluster, "swordfish-"));

        // Without its key the server stops at once, says which file it lacks, and has changed nothing.
        await cluster.StopServerAsync();
        var key = Path.Combine(cluster.DataDirectory, "pki/secrets.key");
        File.Move(key, key + ".away");
        var server = cluster.Launch();
        await Eventually.HoldsAsync("the server to give up", () => server.HasExited);
        Assert.NotEqual(0, server.ExitCode);
        Assert.Contains($"orchestrator: {key}, which holds the keys", cluster.LogTail(), StringComparison.Ordinal);
        File.Move(key + ".away", key);
        await cluster.StartServerAsync();
        Assert.Equal(last, await kubectl.PathAsync("secret/s", ".data.password"));
    }

    /// <summary>The files with a text in them. The lock is the server's alone to open, and a socket holds
    /// nothing.</summary>
    private static IReadOnlyList<string> Telling(Cluster cluster, string text) => new SecretSearch(text).In(
        Directory.EnumerateFiles(cluster.DataDirectory, "*", SearchOption.AllDirectories)
            .Append(cluster.LogFile).Where(file => Path.GetFileName(file) is not ("lock" or "node.sock")));
}
