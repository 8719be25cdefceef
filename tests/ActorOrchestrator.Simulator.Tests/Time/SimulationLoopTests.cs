using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Tests.Time;

public sealed class SimulationLoopTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SimulationLoop _loop = new(Start);
    private readonly List<string> _happened = [];

    [Fact]
    public void What_is_due_first_happens_first_and_at_its_time()
    {
        Note("later", 2);
        Note("sooner", 1);

        _loop.RunUntil(Start.AddSeconds(5));

        Assert.Equal(["sooner at 1", "later at 2"], _happened);
        Assert.Equal(Start.AddSeconds(5), _loop.Now);
    }

    [Fact]
    public void What_is_due_at_one_instant_happens_in_the_order_asked_for()
    {
        for (var i = 0; i < 50; i++)
        {
            Note($"{i}", 1);
        }

        _loop.RunUntil(Start.AddSeconds(1));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i} at 1"), _happened);
    }

    [Fact]
    public void Time_does_not_go_back_for_what_is_overdue()
    {
        _loop.After(TimeSpan.FromSeconds(3), () => _loop.At(Start, () => _happened.Add($"overdue at {Elapsed}")));

        _loop.RunUntil(Start.AddSeconds(5));

        Assert.Equal(["overdue at 3"], _happened);
    }

    [Fact]
    public void What_comes_after_the_end_waits_for_the_next_run()
    {
        Note("first", 1);
        Note("second", 4);

        _loop.RunUntil(Start.AddSeconds(3));
        Assert.Equal(["first at 1"], _happened);

        _loop.RunUntil(Start.AddSeconds(4));
        Assert.Equal(["first at 1", "second at 4"], _happened);
    }

    [Fact]
    public void A_run_may_end_earlier()
    {
        Note("first", 1);
        Note("second", 2);

        _loop.RunUntil(Start.AddSeconds(9), isOver: () => _happened.Count == 1);

        Assert.Equal(["first at 1"], _happened);
        Assert.Equal(Start.AddSeconds(1), _loop.Now);
    }

    [Fact]
    public void Who_goes_round_in_a_circle_ends_the_run()
    {
        _loop.StepsPerSecondMax = 1_000;
        Again();

        var busy = Assert.Throws<BusyLoopException>(() => _loop.RunUntil(Start.AddSeconds(5)));

        Assert.Contains("more than 1000 things", busy.Message, StringComparison.Ordinal);

        void Again() => _loop.After(TimeSpan.Zero, Again);
    }

    [Fact]
    public void What_comes_from_another_thread_ends_the_run()
    {
        _loop.After(TimeSpan.FromSeconds(1), () =>
        {
            var stray = new Thread(() => _loop.After(TimeSpan.Zero, () => _happened.Add("stray")));
            stray.Start();
            stray.Join();
        });

        Assert.Throws<NotDeterministicException>(() => _loop.RunUntil(Start.AddSeconds(5)));

        Assert.Empty(_happened);
    }

    private int Elapsed => (int)_loop.Elapsed.TotalSeconds;

    private void Note(string what, int seconds) =>
        _loop.After(TimeSpan.FromSeconds(seconds), () => _happened.Add($"{what} at {Elapsed}"));
}
