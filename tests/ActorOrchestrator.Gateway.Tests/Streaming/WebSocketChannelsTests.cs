using ActorOrchestrator.Gateway.Streaming;
using ActorOrchestrator.Streams;

namespace ActorOrchestrator.Gateway.Tests.Streaming;

public sealed class WebSocketChannelsTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_message_that_is_held_up_is_not_waited_for_when_cancelled()
    {
        await using var channels = WebSocketChannels.Over(new Stuck(), "v5.channel.k8s.io");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        var first = channels.SendAsync(1, new byte[10], cancellation.Token).AsTask();
        var second = channels.SendAsync(1, new byte[10], cancellation.Token).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    private sealed class Stuck : AsyncStream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
    }
}
