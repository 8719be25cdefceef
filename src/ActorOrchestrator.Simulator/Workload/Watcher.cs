using System.Buffers;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Network;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>
/// A client as informers are: it lists (or asks to be sent what there is), watches from there, is cut at drawn times,
/// and resumes from the last version that it saw; when that is gone (410) it begins anew.
/// </summary>
internal sealed class Watcher
{

    /// <summary>Cuts come this often on average: several in the time of a compaction.</summary>
    private static readonly TimeSpan CutEvery = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan PauseLeast = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMost = TimeSpan.FromSeconds(5);

    /// <summary>Some stay away for so long that the log is compacted behind them.</summary>
    private static readonly TimeSpan LongPauseMost = TimeSpan.FromMinutes(3);

    private readonly World _world;
    private readonly WatchScope _scope;
    private readonly Client _client;
    private readonly Dice _dice;
    private readonly WatchLines _lines = new();
    private ControlHost _server;
    private long _version;
    private bool _isStopped;
    private Action _hangUp = static () => { };

    public Watcher(World world, WatchScope scope)
    {
        (_world, _scope) = (world, scope);
        _client = world.NewClient($"watcher-{scope.Number}");
        _server = _client.Server;
        _dice = world.Dice($"watcher/{scope.Number}");
    }

    public bool IsOpen { get; private set; }

    public void Start() => _client.Process.Start(RunAsync);

    public void Stop()
    {
        _isStopped = true;
        _client.Process.Enter(_hangUp);
    }

    private async Task RunAsync()
    {
        while (!_isStopped)
        {
            if (_version > 0 || _dice.Chance(0.4) || await ListAsync())
            {
                await WatchAsync(asksForAll: _version == 0);
            }

            var most = _dice.Chance(0.1) ? LongPauseMost : PauseMost;
            await Task.Delay(_dice.Between(PauseLeast, most), _client.Process.Clock);
        }
    }

    private async Task<bool> ListAsync()
    {
        var answer = await _client.SendAsync(new ApiCall("GET", PathWith([])));
        if (!answer.IsOk)
        {
            return false;
        }

        _version = AnswerBody.Read(answer.Body, _scope.Kind).Version;
        Tell(WatchStep.Listed, _version);
        return true;
    }

    /// <summary>One connection, until it is cut or ends.</summary>
    private async Task WatchAsync(bool asksForAll)
    {
        var query = new List<string> { "watch=true" };
        query.AddRange(asksForAll
            ? ["sendInitialEvents=true", "resourceVersionMatch=NotOlderThan", "allowWatchBookmarks=true"]
            : [$"resourceVersion={_version}", $"allowWatchBookmarks={(_dice.Chance(0.6) ? "true" : "false")}"]);
        var breaks = _dice.Chance(0.5);
        using var cut = new CancellationTokenSource(_dice.Exponential(CutEvery), _client.Process.Clock);
        _hangUp = cut.Cancel;
        SimulatedStream<(int Code, byte[] Bytes)>? stream = null;
        _server = _client.Server;
        var knownFrom = _server.KnownFrom;
        try
        {
            stream = await _client.Api.OpenAsync(
                new ApiCall("GET", PathWith(query)), breaks ? CancellationToken.None : cut.Token);
            IsOpen = true;
            Tell(WatchStep.Opened, asksForAll ? 0 : _version, knownFrom);
            await ReadAsync(stream, cut.Token);
        }
        catch (Exception end) when (end is IOException or OperationCanceledException)
        {
            // Cut on the way, or by ourselves: what matters is where it goes on.
        }

        stream?.Break("connection cut");
        IsOpen = false;
        _hangUp = static () => { };
        _lines.Clear();
        Tell(WatchStep.Closed, 0);
    }

    private async Task ReadAsync(SimulatedStream<(int Code, byte[] Bytes)> stream, CancellationToken cut)
    {
        while (await stream.Arrived.WaitToReadAsync(cut))
        {
            while (stream.Arrived.TryRead(out var piece))
            {
                const int ok = 200;
                if (piece.Code != ok)
                {
                    Refused(piece.Code);
                    return;
                }

                foreach (var line in _lines.Take(piece.Bytes))
                {
                    Hear(line);
                }
            }
        }
    }

    private void Refused(int code)
    {
        _world.Trace.Line("watch", _client.Name, $"refused: {code}");
        if (code == HttpCode.Gone)
        {
            Tell(WatchStep.Expired, _version);
            _version = 0;
        }
    }

    private void Hear(ReadOnlyMemory<byte> line)
    {
        using var json = JsonDocument.Parse(line);
        var type = ShownObject.TextOf(json.RootElement, "type");
        var value = json.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            Refused(value.GetProperty("code").GetInt32());
            return;
        }

        var isBookmark = type == "BOOKMARK";
        var metadata = value.GetProperty("metadata");
        var version = ShownObject.VersionOf(metadata);
        var isInitialEnd = isBookmark && metadata.TryGetProperty("annotations", out var notes)
            && notes.TryGetProperty("k8s.io/initial-events-end", out _);
        var step = type switch
        {
            _ when isInitialEnd => WatchStep.InitialEnd,
            "BOOKMARK" => WatchStep.Bookmark,
            "ADDED" when _version == 0 => WatchStep.Initial,
            "ADDED" => WatchStep.Added,
            "MODIFIED" => WatchStep.Modified,
            "DELETED" => WatchStep.Deleted,
            _ => throw new JsonException($"a watch was told {type}"),
        };
        if (step != WatchStep.Initial)
        {
            _version = version;
        }

        var shown = isBookmark ? null : ShownObject.Read(value, _scope.Kind);
        var told = new WatchTold(_scope, step, shown?.Key ?? default, version)
        {
            Object = shown?.Json, Server = _server.Name,
        };
        _world.ForEachCheck(check => check.OnWatch(told));
    }

    private void Tell(WatchStep step, long version, long knownFrom = 0)
    {
        _world.Trace.Line("watch", _client.Name, $"{step} {version}");
        var told = new WatchTold(_scope, step, default, version) { ServerKnowsFrom = knownFrom, Server = _server.Name };
        _world.ForEachCheck(check => check.OnWatch(told));
    }

    private string PathWith(IReadOnlyList<string> query)
    {
        var path = WorkloadContext.PathOf(_scope.Kind, _scope.Namespace, null);
        var all = _scope.LabelSelector is { } labels
            ? query.Prepend($"labelSelector={Uri.EscapeDataString(labels)}").ToList()
            : query;
        return all.Count == 0 ? path : $"{path}?{string.Join('&', all)}";
    }
}

/// <summary>Puts lines together from the pieces that they come in.</summary>
internal sealed class WatchLines
{
    private readonly ArrayBufferWriter<byte> _rest = new();

    public IReadOnlyList<byte[]> Take(ReadOnlySpan<byte> piece)
    {
        var lines = new List<byte[]>();
        for (var end = piece.IndexOf((byte)'\n'); end >= 0; end = piece.IndexOf((byte)'\n'))
        {
            _rest.Write(piece[..end]);
            lines.Add(_rest.WrittenSpan.ToArray());
            _rest.ResetWrittenCount();
            piece = piece[(end + 1)..];
        }

        _rest.Write(piece);
        return lines;
    }

    public void Clear() => _rest.ResetWrittenCount();
}
