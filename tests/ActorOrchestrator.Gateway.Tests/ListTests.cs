using System.IO.Compression;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>list: selectors, pages, versions, shapes.</summary>
public sealed class ListTests
{
    [Fact]
    public async Task Lists_by_namespace_and_name_with_the_views_version()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("b"));
        gateway.Cluster.Put(ConfigMap("a", "other"));
        gateway.Cluster.Put(ConfigMap("a"));
        var all = await gateway.GetAsync("/api/v1/configmaps");
        Assert.Equal("default/a default/b other/a", Names(all));
        Assert.Equal("ConfigMapList", all.At("kind"));
        Assert.Equal("3", all.At("metadata.resourceVersion"));
        Assert.Equal("default/a default/b", Names(await gateway.GetAsync(ConfigMaps)));
        Assert.Contains("\"items\":[]", (await gateway.GetAsync("/api/v1/secrets")).Text);
    }

    [Theory]
    [InlineData("labelSelector=tier=web", "a b")]
    [InlineData("labelSelector=tier!=web", "c d")]
    [InlineData("labelSelector=tier%20in%20(web,db)", "a b c")]
    [InlineData("labelSelector=!tier", "d")]
    [InlineData("fieldSelector=metadata.name=c", "c")]
    [InlineData("fieldSelector=metadata.name!=c&labelSelector=tier", "a b")]
    public async Task Selects(string query, string expected)
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a", "default", ("tier", "web")));
        gateway.Cluster.Put(ConfigMap("b", "default", ("tier", "web")));
        gateway.Cluster.Put(ConfigMap("c", "default", ("tier", "db")));
        gateway.Cluster.Put(ConfigMap("d"));
        var answer = await gateway.GetAsync($"{ConfigMaps}?{query}");
        Assert.Equal(expected, Names(answer).Replace("default/", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("labelSelector=a==b==c", 400)]
    [InlineData("labelSelector=(", 400)]
    [InlineData("fieldSelector=data.key=1", 400)]
    [InlineData("fieldSelector=nothing", 400)]
    [InlineData("limit=-1", 400)]
    [InlineData("limit=ten", 400)]
    [InlineData("continue=%00%01", 400)]
    [InlineData("continue=bm9uc2Vuc2U", 400)]
    [InlineData("resourceVersion=abc", 400)]
    [InlineData("resourceVersion=-4", 400)]
    [InlineData("resourceVersionMatch=Exact", 422)]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", 422)]
    [InlineData("resourceVersion=1&resourceVersionMatch=Sort-of", 422)]
    [InlineData("sendInitialEvents=true", 422)]
    [InlineData("resourceVersion=99999", 504)]
    [InlineData("resourceVersion=99999999999999999999", 400)]
    public async Task Refuses_wrong_options(string query, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.GetAsync($"{ConfigMaps}?{query}");
        Assert.Equal((code, "Status"), (answer.Code, answer.At("kind")));
    }

    [Fact]
    public async Task A_version_of_the_future_names_its_cause()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.GetAsync($"{ConfigMaps}?resourceVersion=7");
        Assert.Equal("Timeout: Too large resource version: 7, current: 0", answer.Message);
        Assert.Equal("ResourceVersionTooLarge", answer.At("details.causes.0.reason"));
        Assert.Equal("1", answer.Header("Retry-After"));
    }

    [Fact]
    public async Task Pages_show_the_list_as_it_was_at_the_first_page()
    {
        await using var gateway = await RunningGateway.StartAsync();
        foreach (var name in (string[])["a", "b", "c", "d", "e"])
        {
            gateway.Cluster.Put(ConfigMap(name));
        }

        var first = await gateway.GetAsync($"{ConfigMaps}?limit=2");
        Assert.Equal("default/a default/b", Names(first));
        Assert.Equal("3", first.At("metadata.remainingItemCount"));
        gateway.Cluster.Put(ConfigMap("bb"));
        var second = await gateway.GetAsync($"{ConfigMaps}?limit=2&continue={first.At("metadata.continue")}");
        Assert.Equal("default/c default/d", Names(second));
        Assert.Equal(first.At("metadata.resourceVersion"), second.At("metadata.resourceVersion"));
        var last = await gateway.GetAsync($"{ConfigMaps}?limit=2&continue={second.At("metadata.continue")}");
        Assert.Equal(("default/e", ""), (Names(last), last.At("metadata.continue")));
    }

    [Fact]
    public async Task A_page_that_is_kept_no_longer_is_410_with_a_token_to_go_on()
    {
        await using var gateway = await RunningGateway.StartAsync();
        foreach (var name in (string[])["a", "b", "c"])
        {
            gateway.Cluster.Put(ConfigMap(name));
        }

        var old = new Listing.ContinueToken(1, "default", "a", DateTimeOffset.UnixEpoch).Encode();
        var expired = await gateway.GetAsync($"{ConfigMaps}?limit=2&continue={old}");
        Assert.Equal((410, "Expired"), (expired.Code, expired.Reason));
        var rest = await gateway.GetAsync($"{ConfigMaps}?limit=2&continue={expired.At("metadata.continue")}");
        Assert.Equal("default/b default/c", Names(rest));
    }

    [Fact]
    public async Task An_exact_version_is_served_while_it_is_known()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a"));
        Assert.Equal(200, (await gateway.GetAsync($"{ConfigMaps}?resourceVersion=1&resourceVersionMatch=Exact")).Code);
        gateway.Cluster.Put(ConfigMap("b"));
        Assert.Equal(410, (await gateway.GetAsync($"{ConfigMaps}?resourceVersion=1&resourceVersionMatch=Exact")).Code);
        var newer = await gateway.GetAsync($"{ConfigMaps}?resourceVersion=1&resourceVersionMatch=NotOlderThan");
        Assert.Equal(200, newer.Code);
    }

    [Fact]
    public async Task Prints_tables_and_metadata()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(Pod("p", "c"));
        var table = await gateway.GetAsync(Pods, TableAccept);
        Assert.Equal(
            ("Table", "meta.k8s.io/v1", "Name"),
            (table.At("kind"), table.At("apiVersion"), table.At("columnDefinitions.0.name")));
        Assert.Equal(("p", "p"), (table.At("rows.0.cells.0"), table.At("rows.0.object.metadata.name")));
        var one = await gateway.GetAsync($"{Pods}/p?includeObject=None", TableAccept);
        Assert.Equal(("Table", ""), (one.At("kind"), one.At("rows.0.object")));
        var partial = await gateway.GetAsync(
            Pods, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        Assert.Equal(("PartialObjectMetadataList", ""), (partial.At("kind"), partial.At("items.0.spec")));
        Assert.Equal("p", partial.At("items.0.metadata.name"));
    }

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf", 406)]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", 200)]
    [InlineData("text/html", 406)]
    [InlineData("*/*", 200)]
    [InlineData("application/json;q=0", 406)]
    [InlineData(";;;,,,", 406)]
    public async Task Negotiates_the_media_type(string accept, int code)
    {
        await using var gateway = await RunningGateway.StartAsync();
        Assert.Equal(code, (await gateway.GetAsync(ConfigMaps, accept)).Code);
    }

    [Fact]
    public async Task Large_lists_flow_and_are_compressed_for_who_accepts_it()
    {
        await using var gateway = await RunningGateway.StartAsync();
        for (var i = 0; i < 40; i++)
        {
            gateway.Cluster.Put(ConfigMap($"m{i:D3}") with
            {
                Data = ValueMap<string>.From([KeyValuePair.Create("blob", new string('x', 20_000))]),
            });
        }

        var plain = await gateway.GetAsync(ConfigMaps);
        Assert.Equal(40, plain.Json["items"]!.AsArray().Count);
        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps);
        request.Headers.Add("Accept-Encoding", "gzip");
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", string.Join(",", response.Content.Headers.ContentEncoding));
        await using var unzipped = new GZipStream(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
            CompressionMode.Decompress);
        using var reader = new StreamReader(unzipped);
        Assert.Equal(plain.Text, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Deletes_a_collection_by_selector()
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(ConfigMap("a", "default", ("go", "1")));
        gateway.Cluster.Put(ConfigMap("b", "default", ("go", "1")));
        gateway.Cluster.Put(ConfigMap("c"));
        var answer = await gateway.SendAsync("DELETE", $"{ConfigMaps}?labelSelector=go=1");
        Assert.Equal((200, "default/a default/b"), (answer.Code, Names(answer)));
        Assert.Equal("default/c", Names(await gateway.GetAsync(ConfigMaps)));
    }

    private static string Names(Answer answer) => string.Join(' ', answer.Json["items"]!.AsArray().Select(item =>
        $"{item!["metadata"]!["namespace"]}/{item["metadata"]!["name"]}"));
}
