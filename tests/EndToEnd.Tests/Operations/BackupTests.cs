using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;
using ActorOrchestrator.EndToEnd.Tests.Members;

namespace ActorOrchestrator.EndToEnd.Tests.Operations;

/// <summary>Backup and restore as docs/operations.md tells.</summary>
public sealed class BackupTests : IDisposable
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Replicas = 2;

    private readonly string _scratch = Places.NewScratch("backup");

    private string File => Path.Combine(_scratch, "cluster.backup");

    [Fact]
    public async Task What_was_acknowledged_before_a_backup_is_there_after_a_restore_and_nothing_twice()
    {
        string before, after;
        List<string> kept;
        await using (var cluster = await Cluster.StartAsync(new() { Containers = false }))
        {
            var kubectl = cluster.Kubectl();
            await kubectl.OkAsync("create", "secret", "generic", "kept", "--from-literal=word=geheim");
            await kubectl.CreateAsync(Manifests.Deployment(
                "web", Replicas, container: "command: [sleep, '100000']"));
            await kubectl.RolledOutAsync("web");
            before = await VersionAsync(cluster);
            kept = await BackUpUnderLoadAsync(cluster);
            await kubectl.OkAsync("create", "configmap", "lost");
            after = await VersionAsync(cluster);
            (await BackupAsync(cluster.DataDirectory)).Fails("is there already", "name another file");
            (await Tool.RunAsync(Places.Orchestrator, ["restore", File, "--data-dir", cluster.DataDirectory]))
                .Fails("is not empty", "orchestrator reset");
        }

        var data = Path.Combine(_scratch, "new/data");
        await RefusedWhenDamagedAsync(data);
        (await Tool.RunAsync(Places.Orchestrator, ["restore", File, "--data-dir", data])).Ok().Says("restored");
        await using var restored = await Cluster.StartAsync(new() { Containers = false, DataDirectory = data });
        await SameAsBeforeAsync(restored, kept);
        await WatchersListAnewAsync(restored, before, after);
    }

    /// <summary>pg_dump and the SQL of the documentation, on another PostgreSQL, by another machine.</summary>
    [Fact]
    public async Task A_cluster_on_PostgreSQL_is_restored_from_a_dump_and_the_keys_of_a_member()
    {
        await using var other = await Postgres.StartAsync("127.0.0.1", FreePort.Next());
        string after;
        await using (var cluster = await JoinedCluster.StartAsync())
        {
            var kubectl = cluster.First.Kubectl();
            await kubectl.OkAsync("create", "secret", "generic", "kept", "--from-literal=word=geheim");
            string[] backup = ["backup", File, "--data-dir", cluster.First.DataDirectory];
            (await Tool.RunAsync(Places.Orchestrator, backup)).Ok().Says("PostgreSQL", "pg_dump");
            await cluster.Postgres.DumpToAsync(other);
            await kubectl.OkAsync("create", "configmap", "lost");
            using var api = cluster.First.Api();
            after = Version(await api.GetAsync(ConfigMaps));
        }

        await other.QueryAsync(await DocumentedSqlAsync());
        var data = Path.Combine(_scratch, "new/data");
        (await Tool.RunAsync(Places.Orchestrator, ["restore", File, "--data-dir", data])).Ok();
        await using var restored = await Cluster.StartAsync(new()
        {
            Containers = false, DataDirectory = data,
            MoreArguments = ["--journal", other.Connection, "--set", $"cluster.port={FreePort.Next()}"],
        });
        var word = await restored.Kubectl().PathAsync("secret/kept", ".data.word");
        Assert.Equal("geheim", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(word)));
        await WatchersListAnewAsync(restored, after);
    }

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    private Task<Output> BackupAsync(string data) =>
        Tool.RunAsync(Places.Orchestrator, ["backup", File, "--data-dir", data]);

    /// <summary>While objects are made one after the other.</summary>
    /// <returns>Those that were acknowledged before it began.</returns>
    private async Task<List<string>> BackUpUnderLoadAsync(Cluster cluster)
    {
        var made = new List<string>();
        using var api = cluster.Api();
        using var stop = new CancellationTokenSource();
        var load = MakeAsync(api, made, stop.Token);
        await Eventually.HoldsAsync("some to be made", () => CountOf(made) > 20);
        List<string> kept;
        lock (made)
        {
            kept = [.. made];
        }

        (await BackupAsync(cluster.DataDirectory)).Ok().Says("keys, and the journal up to ");
        var during = CountOf(made);
        await Eventually.HoldsAsync("the server to go on", () => CountOf(made) > during);
        await stop.CancelAsync();
        await load;
        Assert.Equal(OwnerOnly, System.IO.File.GetUnixFileMode(File));
        Assert.Single(Directory.GetFiles(_scratch));
        return kept;
    }

    private static int CountOf(List<string> made)
    {
        lock (made)
        {
            return made.Count;
        }
    }

    private static async Task MakeAsync(ApiClient api, List<string> made, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var name = $"made-{number}";
            var answer = await api.SendAsync(
                HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"}}""", "application/json");
            Assert.Equal(HttpStatusCode.Created, answer.Code);
            lock (made)
            {
                made.Add(name);
            }
        }
    }

    private async Task RefusedWhenDamagedAsync(string data)
    {
        var damaged = Path.Combine(_scratch, "damaged");
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        await System.IO.File.WriteAllBytesAsync(damaged, bytes[..(bytes.Length / 2)]);
        (await Tool.RunAsync(Places.Orchestrator, ["restore", damaged, "--data-dir", data]))
            .Fails("is no whole backup");
        bytes[bytes.Length / 2] ^= 1;
        await System.IO.File.WriteAllBytesAsync(damaged, bytes);
        (await Tool.RunAsync(Places.Orchestrator, ["restore", damaged, "--data-dir", data]))
            .Fails("is not what was written");
        Assert.False(Directory.Exists(data));
    }

    private static async Task SameAsBeforeAsync(Cluster restored, List<string> kept)
    {
        var kubectl = restored.Kubectl();
        var names = (await kubectl.JsonAsync("get", "configmaps"))["items"]!.AsArray()
            .Select(item => item!["metadata"]!["name"]!.GetValue<string>()).ToHashSet();
        Assert.Empty(kept.Except(names));
        Assert.DoesNotContain("lost", names);
        var word = await kubectl.PathAsync("secret/kept", ".data.word");
        Assert.Equal("geheim", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(word)));
        await kubectl.RolledOutAsync("web");
        var pods = await Eventually.BecomesAsync(
            "as many pods as before", async () => (await kubectl.JsonAsync("get", "pods"))["items"]!.AsArray(),
            pods => pods.Count == Replicas);
        Assert.Equal(Replicas, pods.Select(pod => pod!["metadata"]!["uid"]!.GetValue<string>()).Distinct().Count());
        using var api = restored.Api();
        await api.UntilNodesAreReadyAsync(1);
    }

    /// <summary>From a version of before, and of what is lost, nobody watches on; from a new list everybody does.
    /// </summary>
    private static async Task WatchersListAnewAsync(Cluster restored, params string[] versions)
    {
        using var api = restored.Api();
        using var stop = new CancellationTokenSource(Eventually.DefaultBound);
        foreach (var version in versions)
        {
            Assert.Equal(410, await CodeOfAsync(api, version, stop.Token));
        }

        var list = Version(await api.GetAsync(ConfigMaps));
        Assert.True(versions.All(version => long.Parse(list) > long.Parse(version)), list);
        await restored.Kubectl().OkAsync("create", "configmap", "new");
        await foreach (var change in api.WatchAsync(ConfigMaps, list, stop.Token))
        {
            if (change["type"]!.GetValue<string>() != "BOOKMARK")
            {
                Assert.Equal("ADDED", change["type"]!.GetValue<string>());
                Assert.Equal("new", change["object"]!["metadata"]!["name"]!.GetValue<string>());
                return;
            }
        }

        Assert.Fail("the watch ended");
    }

    /// <summary>Refused as a whole, or by its first event.</summary>
    private static async Task<int?> CodeOfAsync(ApiClient api, string version, CancellationToken stop)
    {
        try
        {
            await foreach (var change in api.WatchAsync(ConfigMaps, version, stop))
            {
                return change["object"]!["code"]?.GetValue<int>();
            }
        }
        catch (WatchRefusedException refused)
        {
            return (int)refused.Code;
        }

        return null;
    }

    private static async Task<string> VersionAsync(Cluster cluster)
    {
        using var api = cluster.Api();
        return Version(await api.GetAsync(ConfigMaps));
    }

    private static string Version(JsonNode list) => list["metadata"]!["resourceVersion"]!.GetValue<string>();

    /// <summary>What an administrator would copy.</summary>
    private static async Task<string> DocumentedSqlAsync()
    {
        var text = await System.IO.File.ReadAllTextAsync(Path.Combine(Places.Repository, "docs/operations.md"));
        var from = text.IndexOf("SELECT setval(", StringComparison.Ordinal);
        return text[from..text.IndexOf("```", from, StringComparison.Ordinal)];
    }
}
