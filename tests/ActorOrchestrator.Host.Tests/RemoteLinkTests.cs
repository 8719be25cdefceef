using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Host.Remote;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Tests;

/// <summary>What a machine that only runs pods asks the API, and what it makes of the answers.</summary>
public sealed class RemoteLinkTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_member_is_asked_when_one_does_not_answer_and_stays_the_one()
    {
        using var api = new ScriptedApi((line, _) => line.StartsWith('a')
            ? throw new HttpRequestException("refused")
            : line.StartsWith('b') ? ScriptedApi.Code(503) : ScriptedApi.Body("{}"));
        using var calls = api.Calls("a", "b", "c");
        Assert.Equal(200, (await calls.SendAsync(HttpMethod.Get, "/one", null, Stop)).Code);
        Assert.Equal(200, (await calls.SendAsync(HttpMethod.Get, "/two", null, Stop)).Code);
        Assert.Equal(["a GET /one", "b GET /one", "c GET /one", "c GET /two"], api.Asked);
    }

    [Fact]
    public async Task When_nobody_answers_each_is_asked_once_and_the_failure_says_why()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Code(503));
        using var calls = api.Calls("a", "b");
        var away = await Assert.ThrowsAsync<ApiAwayException>(
            () => calls.SendAsync(HttpMethod.Get, "/", null, Stop));
        Assert.Contains("a: 503 as the test says; b: 503", away.Message, StringComparison.Ordinal);
        Assert.Equal(2, api.Asked.Count);
    }

    [Fact]
    public async Task A_machine_that_was_removed_hears_so_and_what_to_do_once_and_is_not_registered()
    {
        using var api = new ScriptedApi((line, _) =>
            line.StartsWith('a') ? ScriptedApi.Code(401) : throw new HttpRequestException("refused"));
        var log = new Lines();
        using var calls = api.Calls(log, TimeProvider.System, "a", "b");
        var disowned = await Assert.ThrowsAsync<ApiDisownedException>(
            () => calls.SendAsync(HttpMethod.Get, "/", null, Stop));
        Assert.Contains("a: 401 as the test says; b: refused", disowned.Message, StringComparison.Ordinal);
        var beat = new NodeBeat(calls, "n1", () => new([], []), TimeProvider.System, log);
        await beat.RegisterAsync(Machine("True", 1), Stop);
        await beat.BeatAsync(Machine("True", 2).Status, Stop);
        Assert.StartsWith(
            "Error: The cluster does not take this machine any more: a: 401 as the test says; b: refused. ",
            Assert.Single(log.Said), StringComparison.Ordinal);
        Assert.Contains("orchestrator reset", log.Said[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_only_reads_are_answered_the_control_plane_is_away_once_and_back_once()
    {
        var (isWritable, time) = (false, new Hand());
        using var api = new ScriptedApi((line, _) =>
            ScriptedApi.Code(isWritable || line.Contains("GET", StringComparison.Ordinal) ? 200 : 503));
        var log = new Lines();
        using var calls = api.Calls(log, time, "a");
        Task AskAsync(HttpMethod method) => calls.SendAsync(method, "/", null, Stop);
        for (var round = 0; round < 10; round++)
        {
            await AskAsync(HttpMethod.Get);
            await Assert.ThrowsAsync<ApiAwayException>(() => AskAsync(HttpMethod.Put));
            time.Now += TimeSpan.FromSeconds(9);
        }

        isWritable = true;
        for (var round = 0; round < 10; round++)
        {
            await AskAsync(HttpMethod.Put);
            time.Now += TimeSpan.FromSeconds(9);
        }

        Assert.Equal(
            [
                "Warning: No member of the control plane answers; what runs here runs on: a: 503 as the test says",
                "Information: The control plane answers again, at a",
            ],
            log.Said);
    }

    [Fact]
    public async Task A_watch_is_resumed_where_it_ended_and_begun_anew_when_that_is_too_old()
    {
        var watches = new Queue<string>(
        [
            Told("ADDED", "c", 6) + Told("BOOKMARK", "", 8),
            Told("DELETED", "a", 9),
            """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","code":410,"message":"too old"}}""" + "\n",
        ]);
        using var api = new ScriptedApi((line, _) =>
            !line.Contains("watch=true", StringComparison.Ordinal) ? ScriptedApi.Body(List(5, "a", "b"))
            : watches.TryDequeue(out var text) ? ScriptedApi.Body(text) : throw new HttpRequestException("over"));
        using var calls = api.Calls("a");
        var reflector = new Reflector(
            calls, KindRegistry.Of<ConfigMap>(), "default", "metadata.name=x", new Random(1), TimeProvider.System,
            NullLogger.Instance);
        var seen = new List<string>();
        await foreach (var item in reflector.FollowAsync(Stop))
        {
            seen.Add(item switch
            {
                Seen.All all => string.Join(' ', all.Objects.Select(one => one.Metadata.Name)),
                Seen.Changed changed => $"+{changed.Object.Metadata.Name}",
                Seen.Gone gone => $"-{gone.Object.Metadata.Name}",
                _ => "",
            });
            if (seen.Count == 4)
            {
                break;
            }
        }

        Assert.Equal(["a b", "+c", "-a", "a b"], seen);
        Assert.Equal(
            ["", "watch 5", "watch 8", "watch 9", "9 NotOlderThan"],
            api.Asked.Select(line => line.Contains("watch=true", StringComparison.Ordinal)
                ? $"watch {Parameter(line, "resourceVersion")}"
                : $"{Parameter(line, "resourceVersion")} {Parameter(line, "resourceVersionMatch")}".Trim()));
        Assert.All(api.Asked, line => Assert.Equal("metadata.name=x", Parameter(line, "fieldSelector")));
        Assert.Equal(["", "5", "8", "9", "9"], api.Seen);
    }

    [Fact]
    public async Task What_one_member_has_shown_is_asked_of_all_until_nobody_has_it()
    {
        using var api = new ScriptedApi((line, _) =>
            ScriptedApi.Code(line.Contains("/lost", StringComparison.Ordinal) ? 504 : 200));
        using var calls = api.Calls("a", "b");
        calls.Saw("7");
        calls.Saw("5");
        calls.Saw(null);
        await calls.SendAsync(HttpMethod.Get, "/", null, Stop);
        await Assert.ThrowsAsync<ApiAwayException>(() => calls.SendAsync(HttpMethod.Get, "/lost", null, Stop));
        await calls.SendAsync(HttpMethod.Get, "/", null, Stop);
        Assert.Equal(["7", "7", "7", ""], api.Seen);
    }

    [Fact]
    public void The_agent_hears_a_snapshot_as_soon_as_pods_and_node_are_known_and_then_each_change()
    {
        var pods = new OwnPods();
        var machine = new AssignedPods(pods);
        var node = new Node { Metadata = new() { Name = "n1" } };
        Assert.Empty(machine.Take(new Seen.All(KindRegistry.Of<Pod>(), [Pod("a"), Pod("b")])));
        var first = Assert.IsType<Assignment.Snapshot>(
            Assert.Single(machine.Take(new Seen.All(KindRegistry.Of<Node>(), [node]))));
        Assert.Equal((2, "n1"), (first.Pods.Count, first.Node?.Metadata.Name));
        Assert.True(machine.HasNewNames);
        Assert.IsType<Assignment.Changed>(Assert.Single(machine.Take(new Seen.Changed(Pod("a")))));
        Assert.False(machine.HasNewNames);
        Assert.IsType<Assignment.Changed>(Assert.Single(machine.Take(new Seen.Changed(Pod("c")))));
        Assert.True(machine.HasNewNames);
        Assert.IsType<Assignment.NodeChanged>(Assert.Single(machine.Take(new Seen.Changed(node))));
        Assert.Equal(
            new Assignment.Removed("default", "b", "uid-b"),
            Assert.Single(machine.Take(new Seen.Gone(Pod("b")))));
        var again = Assert.IsType<Assignment.Snapshot>(
            Assert.Single(machine.Take(new Seen.All(KindRegistry.Of<Pod>(), [Pod("c")]))));
        Assert.Equal("c", Assert.Single(again.Pods).Metadata.Name);
        Assert.Null(pods.Find("default", "a"));
    }

    [Fact]
    public void A_pod_has_the_status_that_was_reported_last_until_it_is_gone()
    {
        var pods = new OwnPods();
        pods.Put(Pod("a"));
        pods.Reported("uid-a", new PodStatus { Phase = "Running" });
        pods.Reported("uid-other", new PodStatus { Phase = "Running" });
        Assert.Equal("Running", pods.Find("default", "a")?.Status.Phase);
        Assert.Null(pods.Find("other", "a"));
        pods.Remove(Pod("a"));
        pods.Put(Pod("a"));
        Assert.Null(pods.Find("default", "a")?.Status.Phase);
    }

    [Fact]
    public async Task A_machine_registers_beats_without_news_tells_news_and_how_it_is_when_that_was_doubted()
    {
        Node? stored = null;
        var isAway = false;
        using var api = new ScriptedApi((line, body) => (line.Split(' ')[1], isAway) switch
        {
            (_, true) => throw new HttpRequestException("away"),
            ("GET", _) when stored is null => ScriptedApi.Code(404),
            ("GET" or "PATCH", _) => ScriptedApi.Json(stored!),
            _ when line.Contains("leases", StringComparison.Ordinal) => ScriptedApi.Body(body),
            _ => ScriptedApi.Json(stored = Read(body, stored)),
        });
        using var calls = api.Calls("a");
        var beat = new NodeBeat(calls, "n1", () => new([], []), TimeProvider.System, NullLogger.Instance);
        await beat.RegisterAsync(Machine("True", 1), Stop);
        await beat.BeatAsync(Machine("True", 2).Status, Stop);
        Assert.Equal(["GET nodes/n1", "POST nodes", "PUT status", "PUT leases", "PATCH status"], Verbs(api));

        await beat.BeatAsync(Machine("False", 3).Status, Stop);
        Assert.Equal("PUT status", Verbs(api)[^1]);
        stored = Machine("Unknown", 4);
        await beat.BeatAsync(Machine("False", 5).Status, Stop);
        Assert.Equal(["PATCH status", "PUT status"], Verbs(api).TakeLast(2));

        isAway = true;
        await beat.BeatAsync(Machine("False", 6).Status, Stop);
        isAway = false;
        await beat.BeatAsync(Machine("False", 7).Status, Stop);
        Assert.Equal("PUT status", Verbs(api)[^1]);
    }

    private sealed class Hand : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Said.Add($"{logLevel}: {formatter(state, exception)}");
    }

    private static Node Read(string body, Node? before)
    {
        var node = (Node)KubeJson.ReadObject(Encoding.UTF8.GetBytes(body));
        return node with { Metadata = node.Metadata with { Uid = before?.Metadata.Uid ?? "u" } };
    }

    private static List<string> Verbs(ScriptedApi api) => [.. api.Asked.Select(line =>
    {
        var words = line.Split(' ');
        var path = words[2].Split('?')[0];
        return words[1] + " " + (path.EndsWith("/status", StringComparison.Ordinal) ? "status"
            : path.Contains("/leases/", StringComparison.Ordinal) ? "leases"
            : path.Replace("/api/v1/", "", StringComparison.Ordinal));
    })];

    private static Node Machine(string ready, int second) => new()
    {
        Metadata = new() { Name = "n1", Uid = "u" },
        Status = new()
        {
            Conditions =
            [
                new()
                {
                    Type = "Ready", Status = ready, LastHeartbeatTime = DateTimeOffset.UnixEpoch.AddSeconds(second),
                },
            ],
        },
    };

    private static Pod Pod(string name) => new()
    {
        Metadata = new() { Namespace = "default", Name = name, Uid = $"uid-{name}" },
        Spec = new() { NodeName = "n1" },
    };

    private static string List(int version, params string[] names) =>
        $$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"},"items":["""
        + string.Join(',', names.Select(name => Map(name, version))) + "]}";

    private static string Told(string type, string name, int version) =>
        $$"""{"type":"{{type}}","object":{{Map(name, version)}} }""" + "\n";

    private static string Map(string name, int version) =>
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","resourceVersion":"{{version}}"} }""";

    private static string Parameter(string line, string name) =>
        line.Split('?', '&').FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal)) is { } found
            ? found[(name.Length + 1)..]
            : "";
}
