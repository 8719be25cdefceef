using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Tests.Time;

public sealed class SimulatedProcessTests
{
    private readonly SimulationLoop _loop = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SimulatedProcess _process;
    private readonly List<string> _happened = [];

    public SimulatedProcessTests() => _process =
        new SimulatedProcess(_loop, "host", "process", new Dice(1, "scheduling"), TimeSpan.FromMilliseconds(5));

    [Fact]
    public void What_is_awaited_goes_on_in_the_process_that_awaited_it()
    {
        var other = new SimulatedProcess(_loop, "host", "other", new Dice(2, "scheduling"), TimeSpan.Zero);
        var answer = new TaskCompletionSource();
        _process.Start(async () =>
        {
            await answer.Task;
            Assert.Same(_process, SynchronizationContext.Current);
            _happened.Add("went on");
        });
        other.Start(async () =>
        {
            await Wait(other, 1);
            answer.SetResult();
        });

        Pass(2);

        Assert.Equal(["went on"], _happened);
    }

    [Fact]
    public void A_killed_process_does_nothing_any_more_not_even_finally()
    {
        _process.Start(async () =>
        {
            try
            {
                _happened.Add("began");
                await Wait(_process, 2);
                _happened.Add("went on");
            }
            finally
            {
                _happened.Add("finally");
            }
        });
        Pass(1);

        _process.Kill();
        _process.Start(() => throw new InvalidOperationException("started after its death"));
        Pass(10);

        Assert.Equal(["began"], _happened);
    }

    [Fact]
    public void A_frozen_process_does_when_it_thaws_what_came_meanwhile()
    {
        var overslept = TimeSpan.Zero;
        _process.Start(async () =>
        {
            var began = _process.Clock.GetTimestamp();
            await Wait(_process, 2);
            overslept = _process.Clock.GetElapsedTime(began);
        });
        Pass(1);

        _process.Freeze();
        Pass(10);
        Assert.Equal(TimeSpan.Zero, overslept);

        _process.Thaw();
        Pass(1);
        Assert.InRange(overslept, TimeSpan.FromSeconds(10.9), TimeSpan.FromSeconds(11.1));
    }

    [Fact]
    public void What_nobody_awaits_and_throws_is_reported()
    {
        Exception? reported = null;
        _process.OnUnhandled = cause => reported = cause;
        _process.Start(async () =>
        {
            await Wait(_process, 1);
            throw new InvalidOperationException("a bug");
        });

        Pass(2);

        Assert.Equal("a bug", reported?.Message);
    }

    [Fact]
    public void A_death_is_told_once_in_the_order_asked_for_and_not_to_who_left()
    {
        using var first = _process.WhenKilled(() => _happened.Add("first"));
        var left = _process.WhenKilled(() => _happened.Add("left"));
        using var last = _process.WhenKilled(() => _happened.Add("last"));
        left.Dispose();
        left.Dispose();

        _process.Kill();
        _process.Kill();

        Assert.Equal(["first", "last"], _happened);
    }

    [Fact]
    public void A_wrong_clock_shows_a_wrong_time_and_measures_right_spans()
    {
        var (wall, mark) = (_process.Clock.GetUtcNow(), _process.Clock.GetTimestamp());

        _process.Clock.Skew = TimeSpan.FromHours(-2);
        Pass(10);

        Assert.Equal(wall.AddHours(-2).AddSeconds(10), _process.Clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(10), _process.Clock.GetElapsedTime(mark));
    }

    [Fact]
    public void A_timer_rings_when_it_was_last_set_to_and_none_is_left_armed()
    {
        var timer = Timer("rings", seconds: 1, every: Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        Assert.Equal(1, _process.Clock.TimersArmed);

        Pass(10);

        Assert.Equal(["rings at 3"], _happened);
        Assert.Equal(0, _process.Clock.TimersArmed);
    }

    [Fact]
    public void A_timer_with_a_period_rings_until_it_is_disposed()
    {
        var timer = Timer("rings", seconds: 1, every: TimeSpan.FromSeconds(2));
        Pass(4);
        timer.Dispose();

        Pass(10);

        Assert.Equal(["rings at 1", "rings at 3"], _happened);
        Assert.False(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        Assert.Equal(0, _process.Clock.TimersArmed);
    }

    private ITimer Timer(string what, int seconds, TimeSpan every) => _process.Clock.CreateTimer(
        _ => _happened.Add($"{what} at {(int)_loop.Elapsed.TotalSeconds}"), null, TimeSpan.FromSeconds(seconds), every);

    private static Task Wait(SimulatedProcess process, int seconds) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), process.Clock, CancellationToken.None);

    private void Pass(int seconds) => _loop.RunUntil(_loop.Now.AddSeconds(seconds));
}
