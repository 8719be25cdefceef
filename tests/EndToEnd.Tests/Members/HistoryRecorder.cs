using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Clients that write through all members at once, to the same few objects, and watches that go from member to
/// member; keeps what they were told, and reads what is there when they rest.</summary>
internal sealed class HistoryRecorder : IAsyncDisposable
{
    public const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const int Names = 8;
    private const int ClientsPerMember = 2;

    /// <summary>Some values are as large as a commit that takes its time on the way to the database.</summary>
    private const int LargeEvery = 8;

    private static readonly string Padding = new('x', 600_000);

    private static readonly TimeSpan RequestBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly IReadOnlyList<ControlMember> _members;
    private readonly Postgres _postgres;
    private readonly MachineWorkload? _workload;
    private readonly int _seed;
    private readonly List<ApiClient> _apis = [];
    private readonly ConcurrentQueue<Write> _writes = new();
    private readonly List<WanderingWatch> _watches = [];
    private readonly Dictionary<long, string> _values = [];
    private int _lastValue;
    private int _lastClient;

    private HistoryRecorder(
        IReadOnlyList<ControlMember> members, Postgres postgres, MachineWorkload? workload, int seed) =>
        (_members, _postgres, _workload, _seed) = (members, postgres, workload, seed);

    public int Acknowledged => _writes.Count(write => write.IsAcknowledged);

    public int Unknown => _writes.Count(write => !write.IsAcknowledged);

    public static async Task<HistoryRecorder> StartAsync(
        IReadOnlyList<ControlMember> members, Postgres postgres, int seed, MachineWorkload? workload = null)
    {
        var recorder = new HistoryRecorder(members, postgres, workload, seed);
        recorder._apis.AddRange(members.Select(one => ApiClient.Of(one.Kubeconfig, multiplexed: true)));
        foreach (var first in Enumerable.Range(0, members.Count))
        {
            recorder._watches.Add(await WanderingWatch.StartAsync(members, first, Maps, "configmaps/default/"));
        }

        return recorder;
    }

    /// <summary>Writes until told to stop; returns when nothing of it is under way.</summary>
    public Task WriteAsync(CancellationToken stop) => Task.WhenAll(_apis.SelectMany(api =>
        Enumerable.Range(0, ClientsPerMember).Select(_ => ChangeMapsAsync(api, NewRandom(), stop))
            .Append(ScaleAsync(api, NewRandom(), stop))));

    /// <summary>Reads journal and members, when both have come to rest.</summary>
    public async Task<History> ReadAsync()
    {
        await SettledAsync();
        var runs = _workload is { } workload ? await workload.ReadAsync() : null;
        var rows = await RowsAsync();
        var last = rows.Where(row => row.Key.StartsWith("configmaps/", StringComparison.Ordinal))
            .Max(row => row.Ordering);
        foreach (var watch in _watches)
        {
            await watch.UntilSeenAsync(last);
        }

        var seen = new Dictionary<string, IReadOnlyList<Seen>>();
        foreach (var (member, api) in _members.Zip(_apis))
        {
            seen[$"member {member.Number}"] = [
                .. await ListAsync(api, Maps, "configmaps", last),
                .. await ListAsync(api, Deployments, "deployments.apps", last)];
        }
        return new([.. _writes], rows, seen, [.. _watches.Select(watch => watch.Result())], runs);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches)
        {
            await watch.DisposeAsync();
        }

        _apis.ForEach(api => api.Dispose());
    }

    private Random NewRandom() => new(_seed + Interlocked.Increment(ref _lastClient));

    private string NewValue() => $"v{Interlocked.Increment(ref _lastValue)}";

    private async Task ChangeMapsAsync(ApiClient api, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ChangeMapAsync(api, $"h{random.Next(Names)}", isDeletion: random.Next(5) == 0);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    /// <summary>Reads the object, and creates, replaces or deletes just what it read.</summary>
    private async Task ChangeMapAsync(ApiClient api, string name, bool isDeletion)
    {
        var (key, path) = ($"configmaps/default/{name}", $"{Maps}/{name}");
        if (await SendAsync(api, HttpMethod.Get, path, null) is not { } read)
        {
            return;
        }

        if (read.Code == HttpStatusCode.NotFound)
        {
            var value = NewValue();
            await WriteAsync(api, HttpMethod.Post, Maps, Map(name, value, null),
                new(key, WriteKind.Create, value, null, null, false));
        }
        else if (read.Code == HttpStatusCode.OK && isDeletion)
        {
            var options = $$$"""{"preconditions":{"resourceVersion":"{{{VersionOf(read.Json!)}}}"}}""";
            await WriteAsync(api, HttpMethod.Delete, path, options,
                new(key, WriteKind.Delete, "", VersionOf(read.Json!), null, false));
        }
        else if (read.Code == HttpStatusCode.OK)
        {
            var value = NewValue();
            await WriteAsync(api, HttpMethod.Put, path, Map(name, value, VersionOf(read.Json!)),
                new(key, WriteKind.Update, value, VersionOf(read.Json!), null, false));
        }
    }

    /// <summary>Keeps the controllers busy: a Deployment without pods or with one.</summary>
    private async Task ScaleAsync(ApiClient api, Random random, CancellationToken stop)
    {
        var name = $"busy{random.Next(2)}";
        while (!stop.IsCancellationRequested)
        {
            var write = new Write($"deployments.apps/default/{name}", WriteKind.Update, "", null, null, false);
            await WriteAsync(api, HttpMethod.Patch, $"{Deployments}/{name}",
                $$$"""{"spec":{"replicas":{{{random.Next(2)}}}}}""", write);
            await Task.Delay(TimeSpan.FromMilliseconds(700), CancellationToken.None);
        }
    }

    private async Task WriteAsync(ApiClient api, HttpMethod method, string path, string body, Write write)
    {
        if (await SendAsync(api, method, path, body) is not { } answer || (int)answer.Code >= 500)
        {
            _writes.Enqueue(write);
        }
        else if ((int)answer.Code < 300)
        {
            _writes.Enqueue(write with
            {
                IsAcknowledged = true,
                Version = write.Kind == WriteKind.Delete ? null : VersionOf(answer.Json!),
            });
        }
    }

    /// <returns>Null when nobody knows what came of it.</returns>
    private static async Task<Answer?> SendAsync(ApiClient api, HttpMethod method, string path, string? body)
    {
        var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
        try
        {
            return await api.SendAsync(
                method, path, body is null ? null : Encoding.UTF8.GetBytes(body), type, [], RequestBound);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            await Task.Delay(Pause, CancellationToken.None);
            return null;
        }
    }

    /// <summary>Deployments have what they want, and say so, through every member.</summary>
    private async Task SettledAsync()
    {
        foreach (var api in _apis)
        {
            await Eventually.BecomesAsync("the deployments to settle", async () =>
            {
                var answer = await SendAsync(api, HttpMethod.Get, Deployments, null);
                return answer is { Code: HttpStatusCode.OK }
                    ? string.Join(", ", answer.Json!["items"]!.AsArray().Select(Unsettled).OfType<string>())
                    : $"{answer}";
            }, problems => problems.Length == 0);
        }

        await (_workload?.UntilAtRestAsync() ?? Task.CompletedTask);
    }

    private static string? Unsettled(JsonNode? deployment)
    {
        var (wanted, status) = (deployment!["spec"]!["replicas"]!.GetValue<int>(), deployment["status"]);
        var isSettled = (status?["readyReplicas"]?.GetValue<int>() ?? 0) == wanted
            && (status?["replicas"]?.GetValue<int>() ?? 0) == wanted
            && status?["observedGeneration"]?.GetValue<long>() == deployment["metadata"]!["generation"]!
                .GetValue<long>();
        return isSettled ? null : $"{deployment["metadata"]!["name"]} wants {wanted}, {status?.ToJsonString()}";
    }

    /// <summary>All rows each time, for none may go or change; but their values, which take the time, once.</summary>
    private async Task<IReadOnlyList<Row>> RowsAsync()
    {
        var known = _values.Keys.DefaultIfEmpty().Max();
        var rows = await _postgres.QueryAsync(
            $"""
            SELECT ordering, persistence_id, sequence_number, writer_uuid,
                manifest LIKE '%:object-deleted.v1'
                    OR (manifest LIKE '%:batch.v1' AND position('object-deleted.v1'::bytea IN message) > 0),
                CASE WHEN ordering > {known} AND manifest LIKE 'configmaps:object-%'
                    AND manifest NOT LIKE '%:object-deleted.v1'
                    THEN coalesce(substring(convert_from(message, 'UTF8') FROM '"v" *: *"([^"]*)"'), '') ELSE '' END
            FROM journal WHERE persistence_id LIKE 'configmaps/default/%'
                OR persistence_id LIKE 'deployments.apps/default/%'
            ORDER BY ordering
            """);
        return [.. rows.Select(RowOf)];
    }

    private Row RowOf(string[] column)
    {
        var ordering = long.Parse(column[0], CultureInfo.InvariantCulture);
        _values.TryAdd(ordering, column.Length > 5 ? column[5] : "");
        return new Row(
            ordering, column[1], long.Parse(column[2], CultureInfo.InvariantCulture), column[3], column[4] == "t",
            _values[ordering] is { Length: > 0 } value ? value : null);
    }

    private static async Task<IReadOnlyList<Seen>> ListAsync(
        ApiClient api, string path, string resource, long notOlderThan)
    {
        var list = await api.GetAsync($"{path}?resourceVersion={notOlderThan}&resourceVersionMatch=NotOlderThan");
        return [.. list["items"]!.AsArray().Select(item => new Seen(
            $"{resource}/default/{item!["metadata"]!["name"]!.GetValue<string>()}", VersionOf(item),
            item["data"]?["v"]?.GetValue<string>()))];
    }

    private static long VersionOf(JsonNode json) =>
        long.Parse(json["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static string Map(string name, string value, long? version)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (version is { } based)
        {
            metadata["resourceVersion"] = $"{based}";
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = metadata,
            ["data"] = new JsonObject
            {
                ["v"] = value,
                ["padding"] = int.Parse(value[1..], CultureInfo.InvariantCulture) % LargeEvery == 0 ? Padding : "",
            },
        }.ToJsonString();
    }
}
