using System.Threading.Channels;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Lets so many operations of a costly kind run at once; the others wait, first come, first served. Unlike a
/// SemaphoreSlim it goes on where its caller does (SynchronizationContext), never by the thread pool.</summary>
public sealed class ConcurrencyLimit
{
    /// <summary>Holds one item for each place that is free.</summary>
    private readonly Channel<Place> _free = Channel.CreateUnbounded<Place>();

    public ConcurrencyLimit(int places)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        for (var i = 0; i < places; i++)
        {
            _free.Writer.TryWrite(new Place(this));
        }
    }

    /// <summary>Waits for a place; dispose it to leave.</summary>
    public ValueTask<Place> EnterAsync(CancellationToken cancellation) => _free.Reader.ReadAsync(cancellation);

    public readonly struct Place(ConcurrencyLimit owner) : IDisposable
    {
        public void Dispose() => owner._free.Writer.TryWrite(this);
    }
}
