using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>What may go wrong between an agent and its runtime.</summary>
public sealed class RuntimeWeatherTests
{
    private readonly MachineWorld _world = new();

    [Fact]
    public void A_call_may_fail_with_nothing_done()
    {
        _world.Weather = new RuntimeWeather { FailBeforeChance = 1 };
        var kind = _world.Refused(() => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), default));

        Assert.True(kind is RuntimeErrorKind.Unavailable or RuntimeErrorKind.Other);
        Assert.Empty(_world.Runtime.Sandboxes);
        Assert.Equal(["runtime call failed"], _world.Faults);
    }

    [Fact]
    public void A_call_may_fail_after_it_was_carried_out()
    {
        _world.Weather = new RuntimeWeather { FailAfterChance = 1 };
        _world.Refused(() => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), default));

        Assert.Single(_world.Runtime.Sandboxes);
        Assert.Equal(["runtime call failed after its effect"], _world.Faults);
    }

    [Fact]
    public void A_call_may_hang_until_its_timeout_done_or_not()
    {
        _world.Weather = new RuntimeWeather { HangChance = 1 };
        var began = _world.Loop.Now;
        for (var i = 0; i < 20; i++)
        {
            var config = MachineWorld.SandboxOf($"p{i}", 0);
            Assert.Equal(
                RuntimeErrorKind.Timeout, _world.Refused(() => _world.Client.RunSandboxAsync(config, default)));
        }

        Assert.Equal(TimeSpan.FromMinutes(40), _world.Loop.Now - began);
        Assert.InRange(_world.Runtime.Sandboxes.Count, 1, 19);
        Assert.Equal(20, _world.Faults.Count);
    }

    [Fact]
    public void An_exit_may_be_told_by_nobody()
    {
        var heard = _world.Listen();
        _world.Weather = new RuntimeWeather { LostExitChance = 1 };
        var id = _world.Running("job:1");
        _world.Advance(60);

        Assert.Equal(ContainerRuntimeState.Exited, _world.Status(id).State);
        Assert.Equal(
            [RuntimeEventKind.Reconnected, RuntimeEventKind.ContainerStarted], heard.Select(e => e.Kind));
        Assert.Equal(["exit event lost"], _world.Faults);
    }

    [Fact]
    public void A_stream_may_break_over_an_exit_and_then_shows_a_gap()
    {
        var heard = _world.Listen();
        _world.Weather = new RuntimeWeather { BrokenStreamChance = 1 };
        _world.Running("job:1");
        _world.Advance(60);

        Assert.Equal(
            [RuntimeEventKind.Reconnected, RuntimeEventKind.ContainerStarted, RuntimeEventKind.Reconnected],
            heard.Select(e => e.Kind));
    }

    [Fact]
    public void Containers_crash_as_often_as_the_weather_has_it()
    {
        _world.Weather = new RuntimeWeather { CrashMean = TimeSpan.FromMinutes(10) };
        var heard = _world.Listen();
        for (var i = 0; i < 100; i++)
        {
            _world.Running("app:1", $"p{i}");
        }

        var before = _world.Faults.Count;
        Assert.InRange(before, 0, 90);
        _world.Advance(3_600);

        var ended = _world.Runtime.Containers.Where(c => c.State == ContainerRuntimeState.Exited).ToList();
        Assert.InRange(ended.Count, 95, 100);
        Assert.All(ended, c => Assert.NotEqual(0, c.ExitCode));
        var killed = ended.Count(c => c.Reason == "OOMKilled");
        Assert.InRange(killed, 10, 45);
        Assert.Equal(killed, heard.Count(e => e.Kind == RuntimeEventKind.ContainerOutOfMemory));
    }

    [Fact]
    public void A_sandbox_may_die_and_its_containers_run_on()
    {
        var heard = _world.Listen();
        var id = _world.Running();
        _world.Weather = new RuntimeWeather { SandboxCrashMean = TimeSpan.FromSeconds(10) };
        _world.Advance(200);

        Assert.False(_world.Runtime.Sandboxes.Single().Ready);
        Assert.Equal(ContainerRuntimeState.Running, _world.Status(id).State);
        Assert.Equal(RuntimeEventKind.SandboxExited, heard[^1].Kind);
    }

    [Fact]
    public void A_kill_may_take_long()
    {
        _world.Weather = new RuntimeWeather { StuckKillChance = 1 };
        var took = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            var id = _world.Running("stubborn:1", $"p{i}");
            var began = _world.Loop.Now;
            var stop = _world.Begin(() => _world.Client.StopContainerAsync(id, TimeSpan.Zero, default));
            _world.Loop.RunUntil(began + TimeSpan.FromMinutes(5), () => stop.IsCompleted);
            took.Add(_world.Loop.Now - began);
        }

        Assert.Contains(took, t => t > TimeSpan.FromSeconds(30));
        Assert.All(_world.Runtime.Containers.Where(c => c.State == ContainerRuntimeState.Exited),
            c => Assert.Equal(137, c.ExitCode));
    }

    [Fact]
    public void A_runtime_that_is_away_answers_nothing_and_its_containers_run_on()
    {
        var heard = _world.Listen();
        var id = _world.Running("job:1");
        _world.Weather = new RuntimeWeather { IsAway = true };
        Assert.Equal(RuntimeErrorKind.Unavailable, _world.Refused(() => _world.Client.StatusAsync(default)));
        _world.Advance(60);
        Assert.Equal(ContainerRuntimeState.Exited, _world.Status(id).State);
        Assert.Equal(RuntimeEventKind.ContainerStarted, heard[^1].Kind);

        _world.Weather = RuntimeWeather.Fair;
        _world.Advance(10);

        Assert.Equal(RuntimeEventKind.Reconnected, heard[^1].Kind);
        Assert.Equal(0, _world.Do(() => _world.Client.ContainerStatusAsync(id, default))!.ExitCode);
    }
}
