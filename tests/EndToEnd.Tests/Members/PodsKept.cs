using System.Text.Json.Nodes;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Looks on while members come and go: whether the pods of an app stay ready, with the containers that they
/// began with.</summary>
internal sealed class PodsKept : IAsyncDisposable
{
    private readonly List<string> _problems = [];
    private readonly IReadOnlyList<ControlMember> _members;
    private readonly string _path;
    private WanderingWatch? _watch;
    private IReadOnlyList<string> _before = [];

    private PodsKept(IReadOnlyList<ControlMember> members, string app) =>
        (_members, _path) = (members, $"/api/v1/namespaces/default/pods?labelSelector=app%3D{app}");

    public static async Task<PodsKept> StartAsync(IReadOnlyList<ControlMember> members, string app)
    {
        var kept = new PodsKept(members, app);
        kept._before = await kept.ContainersAsync(members[0]);
        kept._watch = await WanderingWatch.StartAsync(members, 0, kept._path, "pods/default/", stay: true, kept.See);
        return kept;
    }

    /// <summary>How the watch's streams ended that a member had ended, or that broke.</summary>
    public WatchEnds Ends => _watch!.Ends;

    /// <returns>What became of the pods that should not have.</returns>
    public async Task<IReadOnlyList<string>> JudgeAsync()
    {
        var changed = new List<string>();
        foreach (var member in _members)
        {
            var now = await ContainersAsync(member);
            changed.AddRange(_before.Except(now).Select(pod => $"member {member.Number} does not show {pod}"));
            changed.AddRange(now.Except(_before).Select(pod => $"member {member.Number} shows {pod}"));
        }

        if (Ends.Broken > 0)
        {
            changed.Add($"{Ends.Broken} streams of a watch broke, where members were to end them");
        }

        lock (_problems)
        {
            return [.. _problems, .. changed];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null)
        {
            await _watch.DisposeAsync();
        }
    }

    /// <summary>Each pod with its containers, and how often they were started.</summary>
    private async Task<IReadOnlyList<string>> ContainersAsync(ControlMember member)
    {
        using var api = member.Api();
        return [.. (await api.GetAsync(_path))["items"]!.AsArray().Select(pod =>
        {
            var container = pod!["status"]!["containerStatuses"]![0]!;
            return $"{pod["metadata"]!["name"]} {pod["metadata"]!["uid"]} {container["containerID"]} "
                + $"{container["restartCount"]}";
        }).Order(StringComparer.Ordinal)];
    }

    private void See(JsonNode change)
    {
        var pod = change["object"]!;
        var isReady = pod["status"]?["conditions"] is JsonArray conditions && conditions.Any(condition =>
            condition!["type"]!.GetValue<string>() == "Ready" && condition["status"]!.GetValue<string>() == "True");
        if (change["type"]!.GetValue<string>() != "MODIFIED" || !isReady)
        {
            lock (_problems)
            {
                _problems.Add($"{change["type"]} of {pod["metadata"]!["name"]}: {pod["status"]?.ToJsonString()}");
            }
        }
    }
}
