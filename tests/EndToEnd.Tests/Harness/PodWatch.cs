using System.Text.Json.Nodes;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>One pod as an instant of the watch shows it.</summary>
internal sealed record PodSeen(
    string Name, string Uid, string Phase, bool Ready, bool Terminating, string Image, int Restarts, string NodeName)
{
    public static PodSeen Of(JsonNode pod)
    {
        var conditions = pod["status"]?["conditions"]?.AsArray() ?? [];
        var containers = pod["status"]?["containerStatuses"]?.AsArray() ?? [];
        return new(
            pod["metadata"]!["name"]!.GetValue<string>(),
            pod["metadata"]!["uid"]!.GetValue<string>(),
            pod["status"]?["phase"]?.GetValue<string>() ?? "",
            conditions.Any(each => each?["type"]?.GetValue<string>() == "Ready"
                && each["status"]?.GetValue<string>() == "True"),
            pod["metadata"]!["deletionTimestamp"] is not null,
            pod["spec"]!["containers"]![0]!["image"]!.GetValue<string>(),
            containers.Sum(each => each?["restartCount"]?.GetValue<int>() ?? 0),
            pod["spec"]!["nodeName"]?.GetValue<string>() ?? "");
    }

    /// <summary>Counted against replicas + maxSurge, as the ReplicaSet controller filters active pods.</summary>
    public bool Active => !Terminating && Phase is not ("Succeeded" or "Failed");

    public bool Available => Active && Ready;
}

/// <summary>Follows a namespace's pods, and keeps what stood there after every event.</summary>
internal sealed class PodWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, PodSeen> _pods = [];
    private readonly List<IReadOnlyList<PodSeen>> _instants = [];
    private readonly List<string> _events = [];
    private readonly ApiClient _api;
    private Task _following = Task.CompletedTask;

    private PodWatch(ApiClient api) => _api = api;

    public static async Task<PodWatch> StartAsync(Space space, string query = "")
    {
        var watch = new PodWatch(space.Api());
        var list = await watch._api.GetAsync(space.Pods + query);
        watch.Begin(list["items"]!.AsArray().Select(pod => PodSeen.Of(pod!)));
        var version = list["metadata"]!["resourceVersion"]!.GetValue<string>();
        watch._following = watch.FollowAsync(space.Pods + query, version);
        return watch;
    }

    /// <summary>The pods after each event so far.</summary>
    public IReadOnlyList<IReadOnlyList<PodSeen>> Instants
    {
        get { lock (_instants)
        {
            return [.. _instants];
        }
        }
    }

    /// <summary>"TYPE name phase ready", for messages.</summary>
    public string Transcript
    {
        get { lock (_instants)
        {
            return string.Join('\n', _events);
        }
        }
    }

    /// <summary>Stops following; what was seen stays. Fails if the watch itself failed.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _following;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // This is how a watch that works comes to its end.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _api.Dispose();
    }

    private async Task FollowAsync(string path, string version)
    {
        await foreach (var change in _api.WatchAsync(path, version, _stop.Token))
        {
            var type = change["type"]!.GetValue<string>();
            if (type == "BOOKMARK")
            {
                continue;
            }

            if (type == "ERROR")
            {
                throw new InvalidOperationException($"the watch ended with {change.ToJsonString()}");
            }

            Take(type, change["object"]!);
        }
        throw new InvalidOperationException("the server ended the watch");
    }

    private void Begin(IEnumerable<PodSeen> pods)
    {
        foreach (var pod in pods)
        {
            _pods.Add(pod.Uid, pod);
            _events.Add($"(there) {pod.Name} {pod.Phase} ready={pod.Ready} terminating={pod.Terminating} {pod.Image}");
        }
        _instants.Add([.. _pods.Values]);
    }

    private void Take(string type, JsonNode json)
    {
        var pod = PodSeen.Of(json);
        lock (_instants)
        {
            if (type == "DELETED")
            {
                _pods.Remove(pod.Uid);
            }
            else
            {
                _pods[pod.Uid] = pod;
            }

            _events.Add($"{type} {pod.Name} {pod.Phase} ready={pod.Ready} terminating={pod.Terminating} {pod.Image}");
            _instants.Add([.. _pods.Values]);
        }
    }
}
