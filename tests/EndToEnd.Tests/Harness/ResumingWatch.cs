using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>
/// A watcher as a good client is one: it takes up a broken watch at the last resourceVersion it saw. It checks
/// guarantee G4 as it goes: versions only grow, nothing is added twice, nothing unknown changes.
/// </summary>
internal sealed class ResumingWatch : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiClient _api;
    private readonly string _path;
    private readonly HashSet<string> _names = [];
    private long _version;
    private Task _following = Task.CompletedTask;

    private ResumingWatch(ApiClient api, string path)
    {
        _api = api;
        _path = path;
    }

    /// <summary>How often the watch was taken up again.</summary>
    public int Resumptions { get; private set; }

    /// <summary>How the guarantee was broken, or null.</summary>
    public string? Failure { get; private set; }

    public IReadOnlyCollection<string> Names
    {
        get { lock (_names)
        {
            return [.. _names];
        }
        }
    }

    public static async Task<ResumingWatch> StartAsync(ApiClient api, string path)
    {
        var watch = new ResumingWatch(api, path);
        var list = await api.GetAsync(path);
        foreach (var item in list["items"]!.AsArray())
        {
            watch._names.Add(NameOf(item!));
        }

        watch._version = VersionOf(list);
        watch._following = watch.FollowAsync();
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested && Failure is null)
        {
            try
            {
                await foreach (var change in _api.WatchAsync(_path, $"{_version}", _stop.Token))
                {
                    Take(change);
                }

                Resumptions++;
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(RetryInterval, CancellationToken.None);
            }
            catch (WatchRefusedException refused) when (refused.Code == HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(RetryInterval, CancellationToken.None);
            }
            catch (WatchRefusedException refused)
            {
                Failure = refused.Message;
            }
        }
    }

    private void Take(JsonNode change)
    {
        var type = change["type"]!.GetValue<string>();
        var version = VersionOf(change["object"]!);
        if (type == "ERROR")
        {
            Failure ??= change.ToJsonString();
            return;
        }
        if (version < _version || (version == _version && type != "BOOKMARK"))
        {
            Failure ??= $"after version {_version} came {change.ToJsonString()}";
        }

        _version = version;
        if (type == "BOOKMARK")
        {
            return;
        }

        var name = NameOf(change["object"]!);
        lock (_names)
        {
            var fits = type switch
            {
                "ADDED" => _names.Add(name),
                "DELETED" => _names.Remove(name),
                _ => _names.Contains(name),
            };
            if (!fits)
            {
                Failure ??= $"{type} of {name} at version {version}, against what was seen before";
            }
        }
    }

    private static string NameOf(JsonNode item) => item["metadata"]!["name"]!.GetValue<string>();

    private static long VersionOf(JsonNode json) =>
        json["metadata"]?["resourceVersion"]?.GetValue<string>() is { } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : 0;
}
