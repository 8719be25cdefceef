using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A watch that is taken up at the next member, at the last resourceVersion that it saw, whenever it
/// breaks, and every few seconds without that, if it is not to stay.</summary>
internal sealed class WanderingWatch : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StayMax = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<ApiClient> _apis;
    private readonly string _path;
    private readonly string _resource;
    private readonly string _name;
    private readonly List<long> _versions = [];
    private readonly TimeSpan _stayMax;
    private readonly Action<JsonNode>? _seen;
    private int _cleanEnds;
    private int _breaks;
    private long _from;
    private long _last;
    private string? _failure;
    private Task _following = Task.CompletedTask;

    private WanderingWatch(
        IReadOnlyList<ControlMember> members, int first, string path, string resource, TimeSpan stayMax,
        Action<JsonNode>? seen)
    {
        (_stayMax, _seen) = (stayMax, seen);
        _apis = [.. members.Select(member => member.Api())];
        (_path, _resource, _name) = (path, resource, $"the watch from member {members[first].Number} on");
    }

    /// <summary>How often it was taken up elsewhere.</summary>
    public int Moves { get; private set; }

    /// <summary>How its streams ended that it did not leave itself.</summary>
    public WatchEnds Ends => new(_cleanEnds, _breaks);

    /// <param name="members">It goes round them.</param>
    /// <param name="first">The place of the first.</param>
    /// <param name="path">What it watches.</param>
    /// <param name="resource">How the journal's persistence ids of that begin.</param>
    /// <param name="stay">Whether it stays with a member until that one ends it.</param>
    /// <param name="seen">Hears of every change.</param>
    public static async Task<WanderingWatch> StartAsync(
        IReadOnlyList<ControlMember> members, int first, string path, string resource, bool stay = false,
        Action<JsonNode>? seen = null)
    {
        var watch = new WanderingWatch(
            members, first, path, resource, stay ? Timeout.InfiniteTimeSpan : StayMax, seen);
        watch._from = watch._last = VersionOf(await watch._apis[first].GetAsync(path));
        watch._following = watch.FollowAsync(first);
        return watch;
    }

    public Watched Result()
    {
        Assert.True(_failure is null, _failure);
        lock (_versions)
        {
            return new(_name, _resource, _from, [.. _versions]);
        }
    }

    public Task UntilSeenAsync(long version) => Eventually.BecomesAsync(
        $"{_name} to see {version}", () => Task.FromResult((_failure, Last: Volatile.Read(ref _last))),
        seen => seen.Last >= version || seen._failure is not null);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
        foreach (var api in _apis)
        {
            api.Dispose();
        }
    }

    private async Task FollowAsync(int at)
    {
        while (!_stop.IsCancellationRequested && _failure is null)
        {
            using var stay = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            stay.CancelAfter(_stayMax);
            var breaks = _breaks;
            try
            {
                await foreach (var change in _apis[at].WatchAsync(_path, $"{_last}", stay.Token, _ => _breaks++))
                {
                    Take(change);
                }

                _cleanEnds += breaks == _breaks ? 1 : 0;
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(RetryInterval, CancellationToken.None);
            }
            catch (WatchRefusedException refused) when ((int)refused.Code >= 500)
            {
                await Task.Delay(RetryInterval, CancellationToken.None);
            }
            at = (at + 1) % _apis.Count;
            Moves++;
        }
    }

    private void Take(JsonNode change)
    {
        var type = change["type"]!.GetValue<string>();
        if (type == "ERROR")
        {
            _failure ??= $"{_name}: {change.ToJsonString()}";
            return;
        }
        lock (_versions)
        {
            if (type != "BOOKMARK")
            {
                _versions.Add(VersionOf(change["object"]!));
                _seen?.Invoke(change);
            }
        }

        Volatile.Write(ref _last, VersionOf(change["object"]!));
    }

    private static long VersionOf(JsonNode json) =>
        long.Parse(json["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}

/// <param name="Clean">The server ended them in good order.</param>
/// <param name="Broken">The connection broke.</param>
internal sealed record WatchEnds(int Clean, int Broken);
