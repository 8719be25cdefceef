using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Negotiation;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Telemetry;

namespace ActorOrchestrator.Gateway.Watching;

/// <summary>
/// watch: what happens to a kind, from a resourceVersion on.
/// <code>
/// resourceVersion   sendInitialEvents   begins with
/// none or 0         not given           every object as ADDED, then changes
/// n                 not given           changes after n; an ERROR event 410 when they are no longer kept
/// any               true                every object (not older than n) as ADDED, a bookmark that says so, then
/// changes any               false               changes after n, or from now
/// </code>
/// </summary>
internal sealed class WatchVerb(
    IClusterView view, VersionGate gate, ApiOptions options, TimeProvider time, Random random,
    CancellationToken stopping)
{
    public async Task WatchAsync(ApiRequest request)
    {
        var query = ListQuery.Parse(request, watch: true);
        if (query.Version is { } version)
        {
            await gate.WaitAsync(version, request.Aborted);
        }

        var response = request.Http.Response;
        var stream = new WatchStream(
            response.BodyWriter, request.Format.Face?.Shown ?? request.Kind, request.Format);
        response.ContentType = request.Format.Encoding == WireEncoding.Json
            ? "application/json"
            : "application/yaml;stream=watch";

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, request.Aborted);
        using var deadline = new CancellationTokenSource(query.Timeout ?? DrawTimeout(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, deadline.Token);
        var (initial, changes) = Begin(request, query);
        if (changes is null)
        {
            stream.WriteError(Failure.TooOld(query.Version ?? 0, view.OldestWatchable));
            await stream.FlushAsync(request.Aborted);
            return;
        }

        using (changes)
        {
            await SendInitialAsync(request, query, stream, initial);
            await FollowAsync(request, query, stream, changes, either.Token);
        }

        GatewayInstruments.Shared.WatchEvents(request.Info.Resource, stream.EventCount);
    }

    private (ObjectSnapshot? Initial, IWatchSubscription? Changes) Begin(ApiRequest request, ListQuery query)
    {
        var scope = request.Info.Namespace;
        var fromNow = query.Version is null or 0;
        if (query.SendInitialEvents ?? fromNow)
        {
            return view.ListAndWatch(request.Kind, scope);
        }

        return (null, view.Watch(request.Kind, scope, fromNow ? view.Sequence : query.Version!.Value));
    }

    private static async Task SendInitialAsync(
        ApiRequest request, ListQuery query, WatchStream stream, ObjectSnapshot? initial)
    {
        if (initial is not null)
        {
            foreach (var value in initial.Objects)
            {
                if (query.Filter.Matches(value))
                {
                    stream.Write(WatchStream.Added, WatchEncoder.Encode(value, request.Format, request.Now));
                    await stream.FlushIfMuchAsync(request.Aborted);
                }
            }

            if (query is { SendInitialEvents: true, AllowBookmarks: true })
            {
                stream.WriteBookmark(initial.Sequence, endOfInitialEvents: true);
            }
        }

        await stream.FlushAsync(request.Aborted);
    }

    private async Task FollowAsync(
        ApiRequest request, ListQuery query, WatchStream stream, IWatchSubscription changes, CancellationToken ending)
    {
        // A bookmark comes by the subscription itself, behind the changes that it vouches for.
        using var bookmarks = query.AllowBookmarks
            ? time.CreateTimer(_ => changes.Mark(), null, options.BookmarkInterval, options.BookmarkInterval)
            : null;
        try
        {
            while (await changes.Changes.WaitToReadAsync(ending))
            {
                while (changes.Changes.TryRead(out var record))
                {
                    Send(request, query.Filter, stream, record);
                    await stream.FlushIfMuchAsync(request.Aborted);
                }

                await stream.FlushAsync(request.Aborted);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Time is up, the server stops, or the client left: the stream ends, as it always does some day.
        }
        catch (WatchOverrunException)
        {
            // The client reads too slowly. It ends here, and goes on from its last resourceVersion when it comes back.
        }
    }

    /// <summary>A change of an object that leaves or enters the selector is its deletion or addition to this
    /// watcher.</summary>
    private void Send(ApiRequest request, ObjectFilter filter, WatchStream stream, WatchRecord record)
    {
        if (record.IsMark)
        {
            stream.WriteBookmark(record.Sequence, endOfInitialEvents: false);
            return;
        }

        var before = record.Old is { } old && filter.Matches(old);
        var after = record.New is { } now && filter.Matches(now);
        if (after)
        {
            stream.Write(
                before ? WatchStream.Modified : WatchStream.Added,
                WatchEncoder.Encode(record, before: false, request.Format, time.GetUtcNow()));
        }
        else if (before)
        {
            stream.Write(
                WatchStream.Deleted, WatchEncoder.Encode(record, before: true, request.Format, time.GetUtcNow()));
        }
    }

    private TimeSpan DrawTimeout()
    {
        lock (random)
        {
            return options.WatchTimeoutMin * (1 + random.NextDouble());
        }
    }
}
