using System.Diagnostics;
using System.Net;
using System.Text;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>One ConfigMap in each shard, written through one member again and again: when a shard has no member, its
/// object does not answer.</summary>
internal sealed class ShardProbes : IAsyncDisposable
{
    /// <summary>Of ActorOrchestrator.Actors.Hosting.EntityExtractor.</summary>
    private const int Shards = 24;

    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A command that was on its way to a lost member is not answered; a client that must know asks
    /// again. Where every attempt is in vain the machine is too busy for it, and later ones are given more.</summary>
    private static readonly TimeSpan AttemptBound = TimeSpan.FromMilliseconds(400);

    private const int AttemptsOfABound = 10;

    private static readonly TimeSpan RoundBound = TimeSpan.FromSeconds(120);

    private readonly ApiClient _api;

    private ShardProbes(ApiClient api) => _api = api;

    public static async Task<ShardProbes> OpenAsync(ControlMember through)
    {
        var probes = new ShardProbes(ApiClient.Of(through.Kubeconfig, multiplexed: true));
        await Task.WhenAll(Names.Select(probes.EnsureAsync));
        return probes;
    }

    /// <summary>Writes to every shard until each has answered.</summary>
    /// <returns>How long each took, counted from now, and whether its first attempt was answered.</returns>
    public async Task<IReadOnlyList<ShardAnswer>> UntilAllAnswerAsync()
    {
        var started = Stopwatch.GetTimestamp();
        return await Task.WhenAll(Names.Select(name => UntilAnswersAsync(name, started)));
    }

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ShardAnswer> UntilAnswersAsync(string name, long started)
    {
        for (var attempt = 1; Stopwatch.GetElapsedTime(started) < RoundBound; attempt++)
        {
            var code = await AttemptAsync(
                HttpMethod.Patch, $"{Maps}/{name}", $$$"""{"data":{"n":"{{{attempt}}}"}}""", attempt);
            if (code == HttpStatusCode.OK)
            {
                return new(name, Stopwatch.GetElapsedTime(started), attempt == 1);
            }
            await Task.Delay(Pause);
        }
        throw new TimeoutException($"{name} was not written within {RoundBound.TotalSeconds:0} s");
    }

    private Task EnsureAsync(string name)
    {
        var attempt = 0;
        return Eventually.HoldsAsync($"{name} to exist", async () =>
            await AttemptAsync(
                HttpMethod.Post, Maps,
                $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"}}""", ++attempt)
                is HttpStatusCode.Created or HttpStatusCode.Conflict);
    }

    private async Task<HttpStatusCode?> AttemptAsync(HttpMethod method, string path, string body, int attempt)
    {
        var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
        try
        {
            return (await _api.SendAsync(
                method, path, Encoding.UTF8.GetBytes(body), type, [],
                AttemptBound * (1 + (attempt / AttemptsOfABound)))).Code;
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>For each shard the first name that falls into it, by FNV-1a of the persistence id.</summary>
    private static IReadOnlyList<string> Names { get; } =
    [
        .. Enumerable.Range(0, 1000).Select(number => $"probe-{number}")
            .DistinctBy(name => Encoding.UTF8.GetBytes($"configmaps/default/{name}").Aggregate(
                2166136261u, (hash, value) => unchecked((hash ^ value) * 16777619)) % Shards),
    ];
}

/// <param name="Name">The shard's object.</param>
/// <param name="After">How long it took until a write to it was acknowledged.</param>
/// <param name="AtOnce">Whether the first attempt was.</param>
internal sealed record ShardAnswer(string Name, TimeSpan After, bool AtOnce);
