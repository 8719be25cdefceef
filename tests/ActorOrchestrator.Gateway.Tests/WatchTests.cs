using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>watch: where it begins, what it tells, how it ends.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Without_a_version_it_begins_with_every_object_and_goes_on_with_changes()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var a = gateway.Cluster.Put(ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(gateway, $"{ConfigMaps}?watch=1");
        Assert.Equal("ADDED a 1", await watch.NextAsync());
        gateway.Cluster.Change(a with { Metadata = a.Metadata with { Labels = a.Metadata.Labels.With("x", "y") } });
        Assert.Equal("MODIFIED a 2", await watch.NextAsync());
        await gateway.SendAsync("DELETE", $"{ConfigMaps}/a");
        Assert.Equal("DELETED a 3", await watch.NextAsync());
    }

    [Theory]
    [InlineData("/api/v1/configmaps?watch=true&resourceVersion=1")]
    [InlineData("/api/v1/watch/configmaps?resourceVersion=1")]
    [InlineData("/api/v1/watch/namespaces/default/configmaps?resourceVersion=1")]
    [InlineData("/api/v1/watch/namespaces/default/configmaps/b?resourceVersion=1")]
    [InlineData("/api/v1/configmaps?watch=1&resourceVersion=1&fieldSelector=metadata.name%3Db")]
    public async Task From_a_version_it_tells_what_came_after(string path)
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a"));
        gateway.Cluster.Put(ConfigMap("b"));
        using var watch = await WatchReader.OpenAsync(gateway, path);
        Assert.Equal("ADDED b 2", await watch.NextAsync());
    }

    [Fact]
    public async Task A_version_no_longer_kept_is_an_error_event_410()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a"));
        gateway.Cluster.Put(ConfigMap("b"));
        gateway.Cluster.Held.Compact();
        using var watch = await WatchReader.OpenAsync(gateway, $"{ConfigMaps}?watch=1&resourceVersion=1");
        var error = await watch.NextEventAsync();
        Assert.Equal("ERROR", error!["type"]!.ToString());
        Assert.Equal("410", error["object"]!["code"]!.ToString());
        Assert.Equal("Expired", error["object"]!["reason"]!.ToString());
        Assert.Equal("too old resource version: 1 (2)", error["object"]!["message"]!.ToString());
        Assert.Null(await watch.NextEventAsync());
    }

    [Fact]
    public async Task Changes_across_the_selector_are_additions_and_deletions()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var a = gateway.Cluster.Put(ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(
            gateway, $"{ConfigMaps}?watch=1&resourceVersion=1&labelSelector=on=yes");
        a = Label(gateway, a, "on", "yes");
        Assert.Equal("ADDED a 2", await watch.NextAsync());
        a = Label(gateway, a, "more", "1");
        Assert.Equal("MODIFIED a 3", await watch.NextAsync());
        Label(gateway, a, "on", "no");
        var gone = await watch.NextEventAsync();
        Assert.Equal("DELETED a 4", WatchReader.Text(gone!));
        Assert.Equal("yes", gone!["object"]!["metadata"]!["labels"]!["on"]!.ToString());
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(
            gateway,
            $"{ConfigMaps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        Assert.Equal("ADDED a 1", await watch.NextAsync());
        var bookmark = await watch.NextEventAsync();
        Assert.Equal("BOOKMARK", bookmark!["type"]!.ToString());
        var metadata = bookmark["object"]!["metadata"]!;
        Assert.Equal(("1", "true"), (
            metadata["resourceVersion"]!.ToString(),
            metadata["annotations"]!["k8s.io/initial-events-end"]!.ToString()));
        gateway.Cluster.Put(ConfigMap("b"));
        Assert.Equal("ADDED b 2", await watch.NextAsync());
    }

    [Fact]
    public async Task Without_initial_events_it_begins_now()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(
            gateway, $"{ConfigMaps}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
        gateway.Cluster.Put(ConfigMap("b"));
        Assert.Equal("ADDED b 2", await watch.NextAsync());
    }

    [Fact]
    public async Task Quiet_watches_get_bookmarks_when_they_ask()
    {
        await using var gateway = await RunningGateway.StartAsync(options => options with
        {
            BookmarkInterval = TimeSpan.FromMilliseconds(50),
        });
        gateway.Cluster.Put(ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(
            gateway, "/api/v1/secrets?watch=1&resourceVersion=1&allowWatchBookmarks=true");
        gateway.Cluster.Put(ConfigMap("b"));
        for (var version = ""; version != "2";)
        {
            var bookmark = await watch.NextEventAsync();
            Assert.Equal(
                ("BOOKMARK", "Secret"),
                (bookmark!["type"]!.ToString(), bookmark["object"]!["kind"]!.ToString()));
            version = bookmark["object"]!["metadata"]!["resourceVersion"]!.ToString();
        }
    }

    [Fact]
    public async Task Ends_when_its_time_is_up_and_when_it_reads_too_slowly_and_when_the_server_stops()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var brief = await WatchReader.OpenAsync(gateway, $"{ConfigMaps}?watch=1&timeoutSeconds=1");
        Assert.Null(await brief.NextEventAsync());
        using var slow = await WatchReader.OpenAsync(gateway, $"{ConfigMaps}?watch=1");
        gateway.Cluster.Held.OverrunAll();
        Assert.Null(await slow.NextEventAsync());
        using var last = await WatchReader.OpenAsync(gateway, $"{ConfigMaps}?watch=1");
        var stopped = gateway.Server.StopAsync();
        Assert.Null(await last.NextEventAsync());
        await stopped;
        Assert.Equal(0, gateway.Cluster.Held.OpenWatches);
    }

    [Fact]
    public async Task Watches_of_tables_carry_a_table_an_event()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(Pod("p", "c"));
        using var watch = await WatchReader.OpenAsync(gateway, $"{Pods}?watch=1", TableAccept);
        var added = await watch.NextEventAsync();
        Assert.Equal("Table", added!["object"]!["kind"]!.ToString());
        Assert.Equal("p", added["object"]!["rows"]![0]!["cells"]![0]!.ToString());
        Assert.NotEmpty(added["object"]!["columnDefinitions"]!.AsArray());
    }

    [Fact]
    public void A_change_is_encoded_once_for_all_watchers()
    {
        var record = new Actors.Views.WatchRecord(7, null, ConfigMap("a"));
        var format = Negotiation.ResponseFormat.Json;
        var one = Watching.WatchEncoder.Encode(record, before: false, format, DateTimeOffset.UnixEpoch);
        var other = Watching.WatchEncoder.Encode(record, before: false, format, DateTimeOffset.UnixEpoch);
        Assert.Same(one, other);
        var table = Watching.WatchEncoder.Encode(
            record, before: false, format with { Projection = Negotiation.Projection.Table }, DateTimeOffset.UnixEpoch);
        Assert.NotEqual(one, table);
    }

    [Theory]
    [InlineData("resourceVersionMatch=NotOlderThan&resourceVersion=1")]
    [InlineData("sendInitialEvents=true")]
    [InlineData("continue=abc")]
    public async Task Refuses_wrong_options(string query)
    {
        await using var gateway = await RunningGateway.StartAsync();
        Assert.Equal(422, (await gateway.GetAsync($"{ConfigMaps}?watch=1&{query}")).Code);
    }

    private static KubeObject Label(RunningGateway gateway, KubeObject value, string key, string label) =>
        gateway.Cluster.Change(value with
        {
            Metadata = value.Metadata with { Labels = value.Metadata.Labels.With(key, label) },
        });
}

/// <summary>Reads a watch's events one by one.</summary>
internal sealed class WatchReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private WatchReader(HttpResponseMessage response, StreamReader lines) => (_response, _lines) = (response, lines);

    public static async Task<WatchReader> OpenAsync(RunningGateway gateway, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        var response = await gateway.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        return new WatchReader(response, new StreamReader(stream));
    }

    /// <summary>The next event as <c>TYPE name resourceVersion</c>.</summary>
    public async Task<string> NextAsync() =>
        Text(await NextEventAsync() ?? throw new InvalidOperationException("the watch ended"));

    /// <summary>The next event; null when the watch has ended.</summary>
    public async Task<JsonNode?> NextEventAsync()
    {
        var line = await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return line is null ? null : JsonNode.Parse(line);
    }

    public static string Text(JsonNode change)
    {
        var metadata = change["object"]!["metadata"]!;
        return $"{change["type"]} {metadata["name"]} {metadata["resourceVersion"]}";
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
