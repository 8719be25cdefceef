using ActorOrchestrator.Agent.Pods;

namespace ActorOrchestrator.Agent.Tests.Pods;

public sealed class ConcurrencyLimitTests
{
    private readonly AgentLoop _loop = new();
    private readonly ConcurrencyLimit _limit = new(2);
    private readonly List<string> _told = [];

    [Fact]
    public void Others_wait_and_enter_in_their_order()
    {
        TaskCompletionSource[] ends = [new(), new(), new(), new()];
        var all = _loop.Run(() => Task.WhenAll(ends.Select((end, i) => EnterAsync($"{i}", end.Task, default))));
        _loop.Settle();
        Assert.Equal(["in 0", "in 1"], _told);
        ends[1].SetResult();
        _loop.Settle();
        Assert.Equal(["out 1", "in 2"], _told[2..]);
        foreach (var end in ends)
        {
            end.TrySetResult();
        }

        _loop.Finish(() => all);
        Assert.Equal("in 3", _told.Single(told => told.EndsWith('3') && told.StartsWith('i')));
    }

    [Fact]
    public void Whoever_gives_up_takes_no_place()
    {
        using var impatience = new CancellationTokenSource();
        TaskCompletionSource[] ends = [new(), new()];
        var inside = _loop.Run(() => Task.WhenAll(ends.Select((end, i) => EnterAsync($"{i}", end.Task, default))));
        var given = _loop.Run(() => EnterAsync("given up", Task.CompletedTask, impatience.Token));
        var next = _loop.Run(() => EnterAsync("next", Task.CompletedTask, default));
        _loop.Settle();
        impatience.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _loop.Finish(() => given));
        ends[0].SetResult();
        _loop.Finish(() => next);
        ends[1].SetResult();
        _loop.Finish(() => inside);
    }

    private async Task<int> EnterAsync(string name, Task end, CancellationToken cancellation)
    {
        using var place = await _limit.EnterAsync(cancellation);
        _told.Add($"in {name}");
        await end;
        _told.Add($"out {name}");
        return 0;
    }
}
