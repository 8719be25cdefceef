using ActorOrchestrator.EndToEnd.Tests.Harness;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(SharedCluster))]
[assembly: Parallelization(MaxThreads = 3)]

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>
/// One cluster for all tests that harm nobody else's objects; started when the first asks for it. Each test works in a
/// namespace of its own. Tests that kill servers, fill disks or drain the node start a cluster of their own.
/// </summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private readonly Lazy<Task<Cluster>> _cluster = new(() => Cluster.StartAsync());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated && _cluster.Value.IsCompletedSuccessfully)
        {
            await (await _cluster.Value).DisposeAsync();
        }
    }

    internal Task<Cluster> GetAsync() => _cluster.Value;

    internal async Task<Space> NewSpaceAsync(string version = Kubectl.New) =>
        await Space.NewAsync(await _cluster.Value, version);
}

/// <summary>A namespace for one test, removed with all in it.</summary>
internal sealed class Space : IAsyncDisposable
{
    private static int _number;
    private readonly Cluster _cluster;

    private Space(Cluster cluster, string name, string version)
    {
        _cluster = cluster;
        Name = name;
        Kubectl = cluster.Kubectl(name, version);
    }

    public string Name { get; }
    public Kubectl Kubectl { get; }
    public Cluster Cluster => _cluster;

    public static async Task<Space> NewAsync(Cluster cluster, string version = Harness.Kubectl.New)
    {
        var name = $"t{Interlocked.Increment(ref _number)}";
        await cluster.Kubectl(null).OkAsync("create", "namespace", name);
        return new(cluster, name, version);
    }

    public ApiClient Api() => _cluster.Api();

    public string Path(string group, string plural) => $"/{group}/namespaces/{Name}/{plural}";

    public string Pods => Path("api/v1", "pods");

    // Pods are told to end at once, so that thirty seconds of grace do not pile up over a run of the tests.
    public async ValueTask DisposeAsync()
    {
        await _cluster.Kubectl(null).RunAsync("delete", "namespace", Name, "--wait=false");
        await Kubectl.RunAsync("delete", "pods", "--all", "--grace-period=1", "--wait=false");
    }
}
