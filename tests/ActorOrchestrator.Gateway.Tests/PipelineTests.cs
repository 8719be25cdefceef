using System.Text.Json.Nodes;
using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Tests.Support;
using ActorOrchestrator.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>The pipeline without a network over a real control plane, all of it on one thread and in virtual
/// time. One of them weighs the heap, so that no other test may run beside them.</summary>
[Collection(nameof(PipelineTests))]
[CollectionDefinition(nameof(PipelineTests), DisableParallelization = true)]
public sealed class PipelineTests : IDisposable
{
    private const string AnyMap = "/api/v1/configmaps?watch=1&allowWatchBookmarks=true&timeoutSeconds=300";

    /// <summary>Made in each namespace by the cluster itself, and again when it is deleted.</summary>
    private const string RootCertificates = "kube-root-ca.crt";

    /// <summary>The cluster makes it once.</summary>
    private const string ClientAuthority = "extension-apiserver-authentication";

    private readonly LoneControlPlane _loop = new();
    private readonly ApiPipeline _pipeline;

    public PipelineTests() => _pipeline = NewPipeline();

    public void Dispose()
    {
        _pipeline.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public void Requests_are_served_on_the_callers_thread()
    {
        Assert.Equal(201, Serve("POST", ConfigMaps, ConfigMapBody("a")).Code);
        var patch = new LoopRequest("PATCH", $"{ConfigMaps}/a", """{"data":{"key":"2"}}""");
        patch.Http.Request.ContentType = "application/merge-patch+json";
        _loop.Finish(() => patch.ServeAsync(_pipeline));
        Assert.Equal("2", JsonNode.Parse(Serve("GET", $"{ConfigMaps}/a").Text)!["data"]!["key"]!.ToString());
        Assert.Equal(404, Serve("GET", $"{ConfigMaps}/b").Code);
        Assert.Equal(200, Serve("GET", "/apis").Code);
        Assert.Equal(404, Serve("GET", "/metrics").Code);
    }

    [Fact]
    public void A_bearer_token_tells_who_asks()
    {
        var stranger = new LoopRequest("GET", ConfigMaps, token: "wrong");
        _loop.Finish(() => stranger.ServeAsync(_pipeline));
        Assert.Equal(401, stranger.Code);
    }

    [Fact]
    public void A_collection_is_deleted_side_by_side_on_the_callers_thread()
    {
        for (var i = 0; i < 70; i++)
        {
            Assert.Equal(201, Serve("POST", ConfigMaps, ConfigMapBody($"c{i}")).Code);
        }

        Assert.Equal(200, Serve("DELETE", ConfigMaps).Code);
        _loop.Pass(TimeSpan.FromSeconds(1));
        var left = JsonNode.Parse(Serve("GET", ConfigMaps).Text)!["items"]!.AsArray();
        Assert.Equal([RootCertificates], left.Select(map => map!["metadata"]!["name"]!.ToString()));
    }

    [Fact]
    public void A_watch_tells_changes_and_true_bookmarks_until_its_time_is_up()
    {
        var watch = new LoopRequest("GET", AnyMap);
        var watching = _loop.Run(() => watch.ServeAsync(_pipeline));
        Serve("POST", ConfigMaps, ConfigMapBody("a"));
        Serve("POST", "/api/v1/namespaces/default/secrets", """{"metadata":{"name":"s"}}""");
        var sequence = _loop.Plane.View.Sequence;
        _loop.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal([$"ADDED a {sequence - 1}", $"BOOKMARK {sequence}"], Told(watch));
        Serve("POST", ConfigMaps, ConfigMapBody("b"));
        _loop.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal([$"ADDED b {sequence + 1}", $"BOOKMARK {sequence + 1}"], Told(watch)[2..]);
        _loop.Pass(TimeSpan.FromSeconds(181));
        _loop.Finish(() => watching);
    }

    [Fact]
    public void A_watch_ends_when_its_client_leaves_and_when_the_pipeline_stops()
    {
        using var client = new CancellationTokenSource();
        var (left, stopped) = (new LoopRequest("GET", AnyMap), new LoopRequest("GET", AnyMap));
        left.Http.RequestAborted = client.Token;
        var (leaving, stopping) = (
            _loop.Run(() => left.ServeAsync(_pipeline)), _loop.Run(() => stopped.ServeAsync(_pipeline)));
        _loop.Pass(TimeSpan.FromMilliseconds(100));
        _loop.Run(() =>
        {
            client.Cancel();
            return true;
        });
        _loop.Finish(() => leaving);
        Assert.False(stopping.IsCompleted);
        _loop.Run(() =>
        {
            _pipeline.Stop();
            return true;
        });
        _loop.Finish(() => stopping);
    }

    [Fact]
    public void Thousands_of_pipelines_leave_nothing_behind()
    {
        const int pipelines = 5_000;
        const long bytesEachMax = 500;
        MakeAndDrop(pipelines / 10);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        MakeAndDrop(pipelines);
        var left = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(left < pipelines * bytesEachMax, $"{left} bytes are left of {pipelines} pipelines");
    }

    private void MakeAndDrop(int count)
    {
        for (var i = 0; i < count; i++)
        {
            NewPipeline().Dispose();
        }
    }

    private ApiPipeline NewPipeline() => ApiPipeline.Create(
        new ApiOptions(),
        new ApiPorts(_loop.Plane, new NoLogs(), _loop.Time, NullLoggerFactory.Instance)
        {
            Ids = new RandomIds(),
            WatchEnds = new Random(1),
            Tokens = TokenFile.Parse("tokens", $"{RunningGateway.AdminToken},admin,1,\"system:masters\"\n"),
        });

    private LoopRequest Serve(string method, string path, string? body = null)
    {
        var request = new LoopRequest(method, path, body);
        _loop.Finish(() => request.ServeAsync(_pipeline));
        return request;
    }

    private static List<string> Told(LoopRequest watch) =>
    [
        .. from line in watch.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
           let told = JsonNode.Parse(line)!
           let metadata = told["object"]!["metadata"]!
           where metadata["name"]?.ToString() is not (RootCertificates or ClientAuthority)
           select string.Join(' ', new[] { told["type"], metadata["name"], metadata["resourceVersion"] }
               .Where(part => part is not null)),
    ];

    private sealed class NoLogs : INodeLogs
    {
        public ValueTask<NodeLog> OpenAsync(Api.Core.Pod pod, LogQuery query, CancellationToken cancellation) =>
            ValueTask.FromResult<NodeLog>(new NodeLog.Refused(Api.Statuses.InternalError("no logs in this test")));
    }
}
