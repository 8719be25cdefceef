using System.Text;
using ActorOrchestrator.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Runtime.Tests;

/// <summary>What a counter can be told.</summary>
internal abstract record Told
{
    /// <summary>Adds, and answers with the new count.</summary>
    public sealed record Add(int Amount) : Told;

    /// <summary>Answers with the count.</summary>
    public sealed record Read : Told;

    /// <summary>Adds at the end of the batch, once, however often it is told.</summary>
    public sealed record AddLater : Told;

    /// <summary>Adds in memory only.</summary>
    public sealed record AddVolatile : Told;

    public sealed record Forward(string To, Told Message) : Told;

    public sealed record Remind(TimeSpan After) : Told;

    public sealed record Clear : Told;

    public sealed record Throw : Told;

    public sealed record Mumble : Told;

    public sealed record Later : Told;
}

/// <summary>A counter whose events are "+n" (journaled), "~n" (volatile) and "gone".</summary>
internal sealed class Counter(string id) : IEntity
{
    public string Id { get; } = id;

    public int Count { get; private set; }

    public bool IsGone { get; private set; } = true;

    public bool MayPassivate => true;

    public Step Decide(object message, in StepContext context) => (Told)message switch
    {
        Told.Add add => new Step([$"+{add.Amount}"], [new Answer($"{Count + add.Amount}")], false),
        Told.Read => new Step([], [new Answer($"{Count}")], false),
        Told.AddLater => new Step([], [], Revisit: true),
        Told.AddVolatile => new Step(["~1"], [], false),
        Told.Forward forward => new Step(["+0"], [forward], false),
        Told.Remind remind => new Step([], [remind with { }, new Due(context.Now + remind.After)], false),
        Told.Clear => new Step(["gone"], [new Answer("gone")], false),
        Told.Later => new Step(["+1"], [], false),
        Told.Throw => throw new InvalidOperationException("a bug"),
        _ => Step.Nothing,
    };

    public Step Recover(in StepContext context) => new([], [new Recovered(Id)], false);

    public void Apply(object @event)
    {
        var text = (string)@event;
        IsGone = text == "gone";
        Count = IsGone ? 0 : Count + int.Parse(text[1..]);
    }

    public IReadOnlyList<object> History() => [$"+{Count}"];
}

internal sealed record Answer(string Text);

internal sealed record Due(DateTimeOffset At);

internal sealed record Recovered(string Id);

internal sealed class CounterHost : IEntityHost
{
    public List<string> RecoveredIds { get; } = [];

    public object RevisitMessage => new Told.Later();

    public IEntity Create(string persistenceId) => new Counter(persistenceId);

    public EventClass Classify(object @event) =>
        ((string)@event)[0] == '~' ? EventClass.Volatile : EventClass.Versioned;

    public (string Manifest, ReadOnlyMemory<byte> Payload) Encode(string persistenceId, object @event) =>
        ("text", Encoding.UTF8.GetBytes((string)@event));

    public object Decode(string persistenceId, string manifest, ReadOnlyMemory<byte> payload) =>
        Encoding.UTF8.GetString(payload.Span);

    public void Release(object effect, EffectContext context)
    {
        switch (effect)
        {
            case Answer answer:
                context.Reply(answer.Text);
                break;
            case Told.Forward forward:
                context.Tell(forward.To, forward.Message);
                break;
            case Due due:
                context.SetTimer("reminder", due.At, new Told.Later());
                break;
            case Recovered recovered:
                lock (RecoveredIds)
                {
                    RecoveredIds.Add(recovered.Id);
                }

                break;
        }
    }
}

/// <summary>Runs what is ready when the test says so, on the test's thread.</summary>
internal sealed class StepExecutor : IExecutor
{
    private readonly Queue<IRunnable> _ready = new();

    public void Schedule(IRunnable runnable) => _ready.Enqueue(runnable);

    public void RunAll()
    {
        for (var runs = 0; _ready.TryDequeue(out var runnable); runs++)
        {
            Assert.True(runs < 10_000, "the engine never comes to rest");
            runnable.Run();
        }
    }
}

/// <summary>A question's outcome.</summary>
internal sealed class Asked : IReplyPort
{
    public string? Reply { get; private set; }

    public long Version { get; private set; }

    public AskFailure? Failure { get; private set; }

    public bool IsAnswered => Reply is not null || Failure is not null;

    public void Complete(object reply, long version) => (Reply, Version) = ((string)reply, version);

    public void Fail(AskFailure failure, string? reason = null) => Failure = failure;
}

/// <summary>An engine of one shard on virtual time, with a manual log.</summary>
internal sealed class Engine
{
    private readonly StepExecutor _executor = new();

    private Engine(ManualLog log, long watchWindow)
    {
        Log = log;
        Region = new ShardRegion(new EngineOptions
        {
            Host = Host,
            Log = log,
            Time = Time,
            Executor = _executor,
            Logger = NullLogger.Instance,
            MemberId = "test",
            ShardCount = 1,
            WatchWindowEvents = watchWindow,
        });
    }

    public ManualLog Log { get; }

    public CounterHost Host { get; } = new();

    public ManualTime Time { get; } = new();

    public ShardRegion Region { get; }

    public static async Task<Engine> StartAsync(ManualLog? log = null, long watchWindow = 100)
    {
        var engine = new Engine(log ?? new ManualLog(), watchWindow);
        await engine.Region.StartAsync(new NoListener(), TestContext.Current.CancellationToken);
        engine.Run();
        return engine;
    }

    public void Run() => _executor.RunAll();

    public Asked Ask(string id, Told message)
    {
        var asked = new Asked();
        Region.Ask(id, message, asked);
        return asked;
    }

    public string? AskNow(string id, Told message)
    {
        var asked = Ask(id, message);
        Run();
        return asked.Reply;
    }

    private sealed class NoListener : ILogListener
    {
        public void OnSnapshot(string persistenceId, long version, IEntity entity)
        {
        }

        public void OnSnapshotsEnd(long compactedThrough)
        {
        }

        public void OnCommitted(IReadOnlyList<LogEntry> entries)
        {
        }
    }
}
