using ActorOrchestrator.Runtime;

namespace ActorOrchestrator.Benchmarks.Engine;

/// <summary>Entities that count what they are told and answer, with no events.</summary>
internal sealed class CountingHost : IEntityHost
{
    public static readonly object Message = new();

    private static readonly object[] Effects = [new object()];
    private long _left;
    private TaskCompletionSource _allDecided = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task AllDecided => _allDecided.Task;

    public object RevisitMessage => Message;

    public void Expect(long messages)
    {
        _allDecided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _left, messages);
    }

    public IEntity Create(string persistenceId) => new Counting(this);

    public EventClass Classify(object @event) => EventClass.Volatile;

    public (string Manifest, ReadOnlyMemory<byte> Payload) Encode(string persistenceId, object @event) =>
        ("none", default);

    public object Decode(string persistenceId, string manifest, ReadOnlyMemory<byte> payload) => Message;

    public void Release(object effect, EffectContext context) => context.Reply(effect);

    private void Decided()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _allDecided.SetResult();
        }
    }

    private sealed class Counting(CountingHost host) : IEntity
    {
        public bool IsGone => false;

        public bool MayPassivate => false;

        public Step Decide(object message, in StepContext context)
        {
            host.Decided();
            return new Step([], Effects, Revisit: false);
        }

        public Step Recover(in StepContext context) => Step.Nothing;

        public void Apply(object @event)
        {
        }

        public IReadOnlyList<object> History() => [];
    }
}

/// <summary>A log that nothing is written to.</summary>
internal sealed class NoLog : IEventLog
{
    public Task<long> AcquireShardAsync(int shard, string owner, CancellationToken cancellation) => Task.FromResult(1L);

    public void Append(AppendRequest request) => request.Failed(new LogException("this benchmark writes nothing"));

    public void Subscribe(ILogListener listener)
    {
    }

    public Task<LogBounds> BoundsAsync(CancellationToken cancellation) => Task.FromResult(new LogBounds(0, 0));

    public IAsyncEnumerable<StoredSnapshot> ReadSnapshotsAsync(CancellationToken cancellation) =>
        AsyncEnumerable.Empty<StoredSnapshot>();

    public IAsyncEnumerable<StoredEvent> ReadEventsAsync(long afterSequence, CancellationToken cancellation) =>
        AsyncEnumerable.Empty<StoredEvent>();

    public Task<EntityHistory> ReadEntityAsync(string persistenceId, CancellationToken cancellation) =>
        Task.FromResult(new EntityHistory(null, []));

    public Task CompactAsync(
        long throughSequence, IReadOnlyList<StoredSnapshot> snapshots, CancellationToken cancellation) =>
            Task.CompletedTask;
}
