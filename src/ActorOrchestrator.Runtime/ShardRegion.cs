using System.Text;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Runtime;

/// <summary>The shards of this member: routes messages by persistence id, starts from the log, reloads what
/// failed.</summary>
public sealed partial class ShardRegion : IAsyncDisposable
{
    private static readonly TimeSpan ReloadBackoffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReloadBackoffMax = TimeSpan.FromSeconds(5);

    private readonly EngineOptions _options;
    private readonly ILogger _logger;
    private readonly Shard[] _shards;
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _housekeeping;
    private LogCompactor? _compactor;

    public ShardRegion(EngineOptions options)
    {
        _options = options;
        _logger = options.Logger;
        _shards = new Shard[options.ShardCount];
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard(i, options, this);
        }
    }

    /// <summary>False while any shard cannot serve (its log failed): the member is not ready.</summary>
    public bool IsServing => _shards.All(shard => shard.State == ShardState.Serving);

    public int EntityCount => _shards.Sum(shard => shard.EntityCount);

    public int MessagesWaiting => _shards.Sum(shard => shard.Waiting);

    /// <summary>Takes all shards over, folds the whole log into them and into <paramref name="listener"/>, and
    /// serves.</summary>
    public async Task StartAsync(ILogListener listener, CancellationToken cancellation)
    {
        var recovery = new LogRecovery(_options, _shards.Length);
        var epochs = new long[_shards.Length];
        for (var i = 0; i < _shards.Length; i++)
        {
            epochs[i] = await _options.Log.AcquireShardAsync(i, _options.MemberId, cancellation);
        }

        var slots = await recovery.ReadAllAsync(listener, cancellation);
        _options.Log.Subscribe(listener);
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i].Serve(epochs[i], slots[i]);
        }

        _compactor = new LogCompactor(_options);
        _housekeeping = _options.Time.CreateTimer(
            _ => KeepHouse(), null, _options.CompactionInterval, _options.CompactionInterval);
    }

    /// <summary>Tells an entity, without an answer.</summary>
    public void Tell(string persistenceId, object message) =>
        ShardOf(persistenceId).Post(new Envelope(persistenceId, message, null));

    /// <summary>Asks an entity; the port hears the answer, or why there is none.</summary>
    public void Ask(string persistenceId, object message, IReplyPort asker) =>
        ShardOf(persistenceId).Post(new Envelope(persistenceId, message, asker));

    public async ValueTask DisposeAsync()
    {
        // On this thread: what listens only notes the end.
        _stopping.Cancel();
        if (_housekeeping is not null)
        {
            await _housekeeping.DisposeAsync();
        }

        foreach (var shard in _shards)
        {
            shard.Stop();
            shard.Dispose();
        }

        _stopping.Dispose();
    }

    /// <summary>The shard of a persistence id: FNV-1a of its UTF-8 bytes, the same in every process for ever.</summary>
    public static int ShardNumber(string persistenceId, int shardCount)
    {
        const uint offsetBasis = 2166136261;
        const uint prime = 16777619;
        var hash = offsetBasis;
        Span<byte> buffer = stackalloc byte[256];
        var bytes = Encoding.UTF8.GetByteCount(persistenceId) <= buffer.Length
            ? buffer[..Encoding.UTF8.GetBytes(persistenceId, buffer)]
            : Encoding.UTF8.GetBytes(persistenceId);
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * prime;
        }

        return (int)(hash % (uint)shardCount);
    }

    internal void Reload(Shard shard) => _ = ReloadUntilDoneAsync(shard);

    internal void Load(Shard shard, string persistenceId) => _ = LoadAsync(shard, persistenceId);

    private Shard ShardOf(string persistenceId) => _shards[ShardNumber(persistenceId, _shards.Length)];

    private async Task ReloadUntilDoneAsync(Shard shard)
    {
        EngineInstruments.Shared.Reloads.Add(1);
        var backoff = ReloadBackoffMin;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(backoff, _options.Time, _stopping.Token);
                var epoch = await _options.Log.AcquireShardAsync(shard.Number, _options.MemberId, _stopping.Token);
                var slots =
                    await new LogRecovery(_options, _shards.Length).ReadShardAsync(shard.Number, _stopping.Token);
                shard.Serve(epoch, slots);
                LogReloaded(shard.Number, slots.Count);
                return;
            }
            catch (LogException failure)
            {
                LogReloadFailed(shard.Number, failure.Message, backoff.TotalSeconds);
                backoff = backoff * 2 > ReloadBackoffMax ? ReloadBackoffMax : backoff * 2;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception bug)
            {
                // What does not fold now may fold when it is read again; a shard that nobody reads is lost for sure.
                LogReloadFaulted(bug, shard.Number, backoff.TotalSeconds);
                backoff = backoff * 2 > ReloadBackoffMax ? ReloadBackoffMax : backoff * 2;
            }
        }
    }

    private async Task LoadAsync(Shard shard, string persistenceId)
    {
        try
        {
            shard.Loaded(persistenceId, await new LogRecovery(_options, _shards.Length)
                .ReadEntityAsync(persistenceId, _stopping.Token));
        }
        catch (Exception failure) when (failure is LogException or OperationCanceledException)
        {
            LogLoadFailed(persistenceId, failure.Message);
            shard.LoadFailed(persistenceId);
        }
    }

    private void KeepHouse()
    {
        foreach (var shard in _shards)
        {
            shard.PassivateIdle(_options.PassivateAfter);
        }

        _compactor!.RunIfDue(_stopping.Token);
    }

    [LoggerMessage(1010, LogLevel.Information, "Shard {Shard} serves again with {Entities} entities")]
    private partial void LogReloaded(int shard, int entities);

    [LoggerMessage(1011, LogLevel.Error,
        "Shard {Shard} cannot be read from the log: {Reason}; trying again within {Seconds} s")]
    private partial void LogReloadFailed(int shard, string reason, double seconds);

    [LoggerMessage(1013, LogLevel.Error,
        "Bug: shard {Shard} cannot be folded from the log; trying again within {Seconds} s")]
    private partial void LogReloadFaulted(Exception bug, int shard, double seconds);

    [LoggerMessage(1012, LogLevel.Error, "{PersistenceId} cannot be read from the log: {Reason}")]
    private partial void LogLoadFailed(string persistenceId, string reason);
}
