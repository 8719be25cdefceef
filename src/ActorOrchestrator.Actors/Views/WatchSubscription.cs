using System.Threading.Channels;

namespace ActorOrchestrator.Actors.Views;

/// <summary>One reader of a kind's changes, through a bounded queue: a reader that falls behind is cut off, and never
/// holds up the log.</summary>
internal sealed class WatchSubscription : IWatchSubscription
{
    /// <summary>Changes a reader may be behind: a second of a busy cluster.</summary>
    internal const int PendingMax = 65_536;

    /// <summary>Bytes of the rows of its kind's changes that a reader may be behind.</summary>
    internal const long PendingBytesMax = 128 << 20;

    private readonly ClusterView _view;
    private readonly KindStore _store;
    private readonly string? _namespace;
    private readonly Channel<WatchRecord> _channel;

    public WatchSubscription(ClusterView view, KindStore store, string? @namespace)
    {
        _view = view;
        _store = store;
        _namespace = @namespace;
        _channel = Channel.CreateBounded<WatchRecord>(
            new BoundedChannelOptions(PendingMax) { SingleReader = true, SingleWriter = true });
    }

    public ChannelReader<WatchRecord> Changes => _channel.Reader;

    public void Mark() => _view.Mark(this);

    /// <returns>False when the subscription has ended.</returns>
    public bool Offer(WatchRecord record)
    {
        if (_namespace is not null && (record.New ?? record.Old)!.Metadata.Namespace != _namespace)
        {
            return true;
        }

        if (!IsFarBehind(record) && _channel.Writer.TryWrite(record))
        {
            return true;
        }

        _channel.Writer.TryComplete(new WatchOverrunException());
        return false;
    }

    /// <summary>Called under the view's lock, so nothing up to the sequence can come after the mark.</summary>
    public void OfferMark(long sequence) =>
        _channel.Writer.TryWrite(new WatchRecord(sequence, Old: null, New: null) { Position = _store.Position });

    private bool IsFarBehind(WatchRecord record) =>
        _channel.Reader.TryPeek(out var next) && record.Position - next.Position > PendingBytesMax;

    public void Dispose()
    {
        _channel.Writer.TryComplete();
        _view.Unsubscribe(_store, this);
    }
}
