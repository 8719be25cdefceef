using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>Clients that only read: single objects, lists, and lists page by page.</summary>
internal sealed class Readers
{
    private const int ReadersCount = 2;

    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(8);

    private static readonly ResourceKind[] Kinds =
    [
        KindRegistry.Of<ConfigMap>(), KindRegistry.Of<Pod>(), KindRegistry.Of<Deployment>(),
        KindRegistry.Of<ReplicaSet>(), KindRegistry.Of<Node>(),
    ];

    private readonly World _world;
    private readonly TimeSpan _readEvery;
    private bool _isOver;

    /// <param name="world">The world that they read.</param>
    /// <param name="pace">How much rarer they read than in a busy hour.</param>
    public Readers(World world, double pace) => (_world, _readEvery) = (world, pace * ReadEvery);

    public void Start()
    {
        for (var i = 1; i <= ReadersCount; i++)
        {
            var client = _world.NewClient($"reader-{i}");
            var dice = _world.Dice($"reader/{i}");
            client.Process.Start(() => ReadAsync(client, dice));
        }
    }

    public void Stop() => _isOver = true;

    private async Task ReadAsync(Client client, Dice dice)
    {
        while (!_isOver)
        {
            await Task.Delay(dice.Exponential(_readEvery), client.Process.Clock);
            switch (dice.Below(4))
            {
                case 0:
                    await ListAsync(client, dice, limit: 0);
                    break;
                case 1:
                    await ListAsync(client, dice, limit: dice.Between(1, 8));
                    break;
                default:
                    await GetAsync(client, dice);
                    break;
            }
        }
    }

    /// <summary>Something that is there, was there a moment ago, or never was.</summary>
    private async Task GetAsync(Client client, Dice dice)
    {
        var kind = dice.Chance(0.5) ? Kinds[0] : dice.Pick(Kinds);
        var prefix = $"{kind.Resource}/";
        var found = _world.Truth.Objects
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => WorkloadContext.PathOf(entry.Value)).ToList();
        var path = found.Count == 0 || dice.Chance(0.1)
            ? WorkloadContext.PathOf(kind, "default", "config-hot-1")
            : dice.Pick(found);
        await client.SendAsync(new ApiCall("GET", path));
    }

    private static async Task ListAsync(Client client, Dice dice, int limit)
    {
        var kind = dice.Pick(Kinds);
        var scope = kind.Namespaced && dice.Chance(0.5) ? dice.Pick(WorkloadContext.Namespaces) : null;
        var path = WorkloadContext.PathOf(kind, scope, null);
        if (limit == 0)
        {
            await client.SendAsync(new ApiCall("GET", path));
            return;
        }

        string? token = null;
        do
        {
            var page = await client.SendAsync(new ApiCall(
                "GET", $"{path}?limit={limit}{(token is null ? "" : $"&continue={Uri.EscapeDataString(token)}")}"));
            token = page.IsOk ? AnswerBody.Read(page.Body, kind).Continue : null;
            await Task.Delay(dice.Exponential(TimeSpan.FromSeconds(1)), client.Process.Clock);
        }
        while (token is not null);
    }
}
