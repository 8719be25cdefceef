using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Host.Remote;

/// <summary>What a watcher of objects sees.</summary>
internal abstract record Seen
{
    private Seen()
    {
    }

    /// <summary>All that there are; what was seen before and is not among them is gone.</summary>
    public sealed record All(ResourceKind Kind, IReadOnlyList<KubeObject> Objects) : Seen;

    /// <summary>One that is new or has changed.</summary>
    public sealed record Changed(KubeObject Object) : Seen;

    /// <summary>One that is gone, as it was last.</summary>
    public sealed record Gone(KubeObject Object) : Seen;
}

/// <summary>
/// Lists objects of a kind and follows their changes, for as long as it is read: a watch that breaks is resumed by its
/// resourceVersion, at whatever member answers; one that is too old (410) begins anew with a list. No list is older
/// than what was seen.
/// </summary>
internal sealed partial class Reflector(
    ApiCalls api, ResourceKind kind, string? @namespace, string? fieldSelector, Random random, TimeProvider time,
    ILogger log)
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(5);

    /// <summary>A journal that was put back to an earlier state never comes to the version that was seen: after so many
    /// attempts (a minute and a half) what is there is taken.</summary>
    private const int AttemptsForVersion = 20;

    /// <summary>Servers end a watch some day; not all at once.</summary>
    private const int WatchSecondsMin = 300;

    private readonly string _path = PathOf(kind, @namespace);
    private string? _version;
    private bool _isListed;

    /// <summary>Where a kind's objects are.</summary>
    public static string PathOf(ResourceKind kind, string? @namespace, string? name = null)
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        var scope = @namespace is null ? "" : $"/namespaces/{@namespace}";
        return $"{root}{scope}/{kind.Plural}{(name is null ? "" : $"/{name}")}";
    }

    public async IAsyncEnumerable<Seen> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var failures = 0;
        while (true)
        {
            if (!_isListed)
            {
                if (await TryListAsync(failures, cancellation) is not { } all)
                {
                    await PauseAsync(failures++, cancellation);
                    continue;
                }

                _isListed = true;
                failures = 0;
                yield return all;
            }

            using var watch = await TryWatchAsync(cancellation);
            while (watch is not null && await NextAsync(watch, cancellation) is { } seen)
            {
                failures = 0;
                if (seen.Item is { } item)
                {
                    yield return item;
                }
            }

            if (_isListed)
            {
                await PauseAsync(failures++, cancellation);
            }
        }
    }

    private async Task<Seen.All?> TryListAsync(int failures, CancellationToken cancellation)
    {
        var notOlder = _version is null || failures >= AttemptsForVersion
            ? ""
            : $"&resourceVersion={_version}&resourceVersionMatch=NotOlderThan";
        try
        {
            var answer = await api.SendAsync(HttpMethod.Get, $"{_path}?{Selector()}{notOlder}", null, cancellation);
            if (!answer.IsDone)
            {
                LogRefused(log, _path, answer.Refusal().Message ?? "");
                return null;
            }

            using var list = JsonDocument.Parse(answer.Body, Deep);
            var objects = list.RootElement.GetProperty("items").EnumerateArray()
                .Select(item => KubeJson.ReadObject(JsonMarshal.GetRawUtf8Value(item))).ToList();
            _version = list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString();
            api.Saw(_version);
            return new Seen.All(kind, objects);
        }
        catch (Exception failed) when (failed is ApiAwayException or JsonException or KubeJsonException)
        {
            LogBroken(log, _path, failed.Message);
            return null;
        }
    }

    private async Task<Stream?> OpenAsync(CancellationToken cancellation)
    {
        var seconds = WatchSecondsMin + random.Next(WatchSecondsMin);
        var response = await api.OpenAsync(
            $"{_path}?{Selector()}&watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}"
            + $"&resourceVersion={_version}",
            cancellation);
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadAsStreamAsync(cancellation);
        }

        LogRefused(log, _path, $"{(int)response.StatusCode}");
        _isListed = (int)response.StatusCode != HttpCode.Gone;
        response.Dispose();
        return null;
    }

    private async Task<StreamReader?> TryWatchAsync(CancellationToken cancellation)
    {
        try
        {
            return await OpenAsync(cancellation) is { } stream ? new StreamReader(stream, Encoding.UTF8) : null;
        }
        catch (Exception failed) when (failed is IOException or HttpRequestException)
        {
            LogBroken(log, _path, FailureWords.Of(failed));
            return null;
        }
    }

    /// <returns>Null when the watch is over.</returns>
    private async Task<Line?> NextAsync(StreamReader watch, CancellationToken cancellation)
    {
        try
        {
            return await watch.ReadLineAsync(cancellation) is { Length: > 0 } text ? Take(text) : null;
        }
        catch (Exception failed) when (
            failed is IOException or HttpRequestException or JsonException or KubeJsonException
            || (failed is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            LogBroken(log, _path, FailureWords.Of(failed));
            return null;
        }
    }

    private Line? Take(string text)
    {
        using var told = JsonDocument.Parse(text, Deep);
        var (type, body) = (told.RootElement.GetProperty("type").GetString(), told.RootElement.GetProperty("object"));
        if (type == "ERROR")
        {
            var status = KubeJson.Read<Status>(JsonMarshal.GetRawUtf8Value(body));
            LogBroken(log, _path, status.Message ?? "");
            _isListed = status.Code != HttpCode.Gone;
            return null;
        }

        _version = body.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        api.Saw(_version);
        if (type == "BOOKMARK")
        {
            return new Line(null);
        }

        var value = KubeJson.ReadObject(JsonMarshal.GetRawUtf8Value(body));
        return new Line(type == "DELETED" ? new Seen.Gone(value) : new Seen.Changed(value));
    }

    private string Selector() => fieldSelector is null ? "" : $"fieldSelector={Uri.EscapeDataString(fieldSelector)}";

    /// <summary>Between half and all of the back-off.</summary>
    private Task PauseAsync(int failures, CancellationToken cancellation)
    {
        double share;
        lock (random)
        {
            share = (1 + random.NextDouble()) / 2;
        }

        return Task.Delay(BackOff.Doubling(RetryFirst, RetryLongest, failures) * share, time, cancellation);
    }

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = KubeJson.SentDepthMax };

    private sealed record Line(Seen? Item);

    [LoggerMessage(6022, LogLevel.Warning, "The API refuses to show {Path}: {Why}")]
    private static partial void LogRefused(ILogger log, string path, string why);

    [LoggerMessage(6023, LogLevel.Debug, "The watch of {Path} has ended: {Why}")]
    private static partial void LogBroken(ILogger log, string path, string why);
}
