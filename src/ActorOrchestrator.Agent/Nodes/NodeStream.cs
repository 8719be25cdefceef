namespace ActorOrchestrator.Agent.Nodes;

/// <summary>A stream that the agent follows item by item, so that no more than one of it waits in the mailbox. After
/// a failure it is opened anew.</summary>
internal sealed class NodeStream(string what, Func<CancellationToken, IAsyncEnumerable<object>> open)
{
    private IAsyncEnumerator<object>? _items;

    public string What => what;

    /// <exception cref="IOException">The stream ended.</exception>
    public async Task<NodeMessage> NextAsync(CancellationToken stop)
    {
        _items ??= open(stop).GetAsyncEnumerator(stop);
        var isAlive = false;
        try
        {
            isAlive = await _items.MoveNextAsync();
            return isAlive ? new NodeMessage.Arrived(this, _items.Current) : throw new IOException("it ended");
        }
        finally
        {
            if (!isAlive)
            {
                var broken = _items;
                _items = null;
                await broken.DisposeAsync();
            }
        }
    }
}
