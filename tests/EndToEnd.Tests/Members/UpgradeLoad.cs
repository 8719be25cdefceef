using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Clients that create, change, read, list and delete objects of their own, and know what must be there; and
/// one that asks, by pods that no node is fit for, whether what only one member does is done.</summary>
internal sealed class UpgradeLoad : IDisposable
{
    public const string Namespace = "upgrade";
    private const string Maps = $"/api/v1/namespaces/{Namespace}/configmaps";
    private const string Pods = $"/api/v1/namespaces/{Namespace}/pods";
    private const int Clients = 4;
    private const int NamesOfClient = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LeaderBound = TimeSpan.FromSeconds(60);

    private readonly List<FailoverClient> _clients = [];
    private readonly ConcurrentDictionary<string, string> _known = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private double _leaderLongest;

    public UpgradeLoad(IReadOnlyList<ControlMember> members)
    {
        foreach (var number in Enumerable.Range(0, Clients + 1))
        {
            _clients.Add(new FailoverClient(members, number, Counts));
        }
    }

    public FailoverCounts Counts { get; } = new();

    /// <summary>What was not as a client had been told.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>The longest that a new pod waited for the scheduler's word, in seconds.</summary>
    public double LeaderLongest => _leaderLongest;

    /// <summary>Asks until told to stop; returns when nothing of it is under way.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        _clients.Take(Clients).Select((client, number) => ChangeAsync(client, number, stop))
            .Append(ProbeLeaderAsync(_clients[Clients], stop)));

    /// <summary>Every member shows what clients were told.</summary>
    public async Task JudgeAsync(IReadOnlyList<ControlMember> members)
    {
        foreach (var member in members)
        {
            using var api = member.Api();
            var list = await api.GetAsync(Maps);
            var there = list["items"]!.AsArray().Where(map => NameOf(map).StartsWith('c'))
                .ToDictionary(NameOf, ValueOf);
            foreach (var name in there.Keys.Union(_known.Keys).Where(name =>
                there.GetValueOrDefault(name) != _known.GetValueOrDefault(name)))
            {
                _problems.Enqueue($"member {member.Number} shows {name} as {there.GetValueOrDefault(name)}, and "
                    + $"{_known.GetValueOrDefault(name)} was acknowledged");
            }
        }
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private async Task ChangeAsync(FailoverClient client, int number, CancellationToken stop)
    {
        var random = new Random(number);
        for (var value = 1; !stop.IsCancellationRequested; value++)
        {
            var name = $"c{number}-{random.Next(NamesOfClient)}";
            await ChangeAsync(client, name, $"v{value}", random.Next(5));
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task ChangeAsync(FailoverClient client, string name, string value, int choice)
    {
        var (answer, _) = await client.AskAsync(HttpMethod.Get, $"{Maps}/{name}");
        if (!_known.ContainsKey(name))
        {
            await CreateAsync(client, name, value);
        }
        else if (answer.Code != HttpStatusCode.OK)
        {
            // A member may show what another one wrote a moment later; a client that must know names the version.
            await ReadAsync(client, name, "after an answer without it");
        }
        else if (choice == 0)
        {
            var (deleted, mayBeDone) = await client.AskAsync(HttpMethod.Delete, $"{Maps}/{name}");
            Note(deleted.Code == HttpStatusCode.OK || (mayBeDone && deleted.Code == HttpStatusCode.NotFound),
                $"DELETE {name}: {deleted}");
            _known.TryRemove(name, out _);
        }
        else if (choice == 1)
        {
            var (list, _) = await client.AskAsync(HttpMethod.Get, Maps);
            Note(list.Code == HttpStatusCode.OK, $"LIST: {list}");
        }
        else
        {
            await ReplaceAsync(client, name, value);
        }
    }

    private async Task CreateAsync(FailoverClient client, string name, string value)
    {
        var (answer, mayBeDone) = await client.AskAsync(HttpMethod.Post, Maps, Map(name, value));
        _known[name] = value;
        Note(answer.Code == HttpStatusCode.Created || (mayBeDone && answer.Code == HttpStatusCode.Conflict),
            $"POST {name}: {answer}");
        await ReadAsync(client, name, "after its creation", VersionOf(answer));
    }

    private async Task ReplaceAsync(FailoverClient client, string name, string value)
    {
        var (answer, _) = await client.AskAsync(HttpMethod.Put, $"{Maps}/{name}", Map(name, value));
        Note(answer.Code == HttpStatusCode.OK, $"PUT {name}: {answer}");
        _known[name] = value;
        await ReadAsync(client, name, "after a change", VersionOf(answer));
    }

    private async Task ReadAsync(FailoverClient client, string name, string when, string? version = null)
    {
        var query = version is null ? "" : $"?resourceVersion={version}";
        var (answer, _) = await client.AskAsync(HttpMethod.Get, $"{Maps}/{name}{query}");
        var value = answer.Code == HttpStatusCode.OK ? ValueOf(answer.Json) : null;
        Note(version is null || value == _known[name],
            $"GET {name} {when}: {value ?? $"{answer}"} in the place of {_known[name]}");
    }

    private async Task ProbeLeaderAsync(FailoverClient client, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var name = $"probe-{number}";
            await client.AskAsync(HttpMethod.Post, Pods, ProbePod(name));
            var began = Stopwatch.GetTimestamp();
            while (!await IsJudgedAsync(client, name))
            {
                if (Stopwatch.GetElapsedTime(began) > LeaderBound)
                {
                    _problems.Enqueue($"the scheduler had no word for {name} in {LeaderBound.TotalSeconds} s");
                    break;
                }

                await Task.Delay(LookPause, CancellationToken.None);
            }

            _leaderLongest = Math.Max(_leaderLongest, Stopwatch.GetElapsedTime(began).TotalSeconds);
            await client.AskAsync(HttpMethod.Delete, $"{Pods}/{name}?gracePeriodSeconds=0");
            await Task.Delay(ProbePause, CancellationToken.None);
        }
    }

    private static async Task<bool> IsJudgedAsync(FailoverClient client, string name) =>
        (await client.AskAsync(HttpMethod.Get, $"{Pods}/{name}")).Answer.Text.Contains(
            "Unschedulable", StringComparison.Ordinal);

    private void Note(bool isRight, string otherwise)
    {
        if (!isRight)
        {
            _problems.Enqueue(otherwise);
        }
    }

    private static string NameOf(JsonNode? map) => map!["metadata"]!["name"]!.GetValue<string>();

    private static string? ValueOf(JsonNode? map) => map?["data"]?["v"]?.GetValue<string>();

    private static string? VersionOf(Answer answer) => (int)answer.Code < 300
        ? answer.Json!["metadata"]!["resourceVersion"]!.GetValue<string>()
        : null;

    private static string Map(string name, string value) =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{"v":"{{{value}}}"}}""";

    private static string ProbePod(string name) => string.Create(CultureInfo.InvariantCulture,
        $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"nodeSelector":{"no":"node"},
        "containers":[{"name":"main","image":"nginx:1.25"}]}}
        """);
}
