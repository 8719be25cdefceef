using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>How containers run, end and are told of.</summary>
public sealed class ContainerLifeTests
{
    private readonly MachineWorld _world = new();

    [Theory]
    // image, ends within, exit code
    [InlineData("crash:1", 61, 1)]
    [InlineData("job:1", 31, 0)]
    [InlineData("flaky:1", 20_000, 1)]
    public void Some_images_end_by_themselves(string image, double seconds, int exitCode)
    {
        var id = _world.Running(image);
        _world.Advance(seconds);

        Assert.Equal((ContainerRuntimeState.Exited, exitCode), (_world.Status(id).State, _world.Status(id).ExitCode));
        Assert.Equal(exitCode == 0 ? "Completed" : "Error", _world.Status(id).Reason);
    }

    [Fact]
    public void Tasks_end_well_or_not()
    {
        var ids = Enumerable.Range(0, 60).Select(i => _world.Running("task:1", $"task-{i}")).ToList();
        _world.Advance(31);

        Assert.All(ids, id => Assert.Equal(ContainerRuntimeState.Exited, _world.Status(id).State));
        Assert.Equal([0, 1, 42], ids.Select(id => _world.Status(id).ExitCode).Distinct().Order());
    }

    [Theory]
    [InlineData("app:1")]
    [InlineData("stubborn:1")]
    [InlineData("unready:1")]
    [InlineData("unhealthy:1")]
    [InlineData("slow:1")]
    public void Others_run_until_they_are_stopped(string image)
    {
        var id = _world.Running(image);
        _world.Advance(100_000);

        Assert.Equal(ContainerRuntimeState.Running, _world.Status(id).State);
    }

    [Theory]
    // image, grace, ends between, exit codes
    [InlineData("app:1", 30, 0, 2, new[] { 0, 143 })]
    [InlineData("crash:1", 30, 0, 2, new[] { 0, 1, 143 })]
    [InlineData("stubborn:1", 30, 30, 30.3, new[] { 137 })]
    [InlineData("stubborn:1", 1.2, 2, 2.3, new[] { 137 })]
    [InlineData("app:1", 0, 0, 0.3, new[] { 137 })]
    public void A_stop_asks_first_and_kills_after_the_grace(
        string image, double grace, double least, double most, int[] exitCodes)
    {
        var id = _world.Running(image);
        var began = _world.Loop.Now;
        _world.Do(() => _world.Client.StopContainerAsync(id, TimeSpan.FromSeconds(grace), default));

        Assert.InRange((_world.Loop.Now - began).TotalSeconds, least, most);
        Assert.Contains(_world.Status(id).ExitCode, exitCodes);
        Assert.Equal(ContainerRuntimeState.Exited, _world.Status(id).State);
    }

    [Fact]
    public void A_second_stop_with_less_grace_hastens_the_first()
    {
        var id = _world.Running("stubborn:1");
        var first = _world.Begin(() => _world.Client.StopContainerAsync(id, TimeSpan.FromSeconds(60), default));
        _world.Advance(1);
        _world.Do(() => _world.Client.StopContainerAsync(id, TimeSpan.FromSeconds(2), default));
        _world.Advance(0.1);

        Assert.True(first.IsCompletedSuccessfully);
    }

    [Fact]
    public void The_kill_comes_though_the_agent_that_asked_for_it_is_dead()
    {
        var id = _world.Running("stubborn:1");
        _world.Begin(() => _world.Client.StopContainerAsync(id, TimeSpan.FromSeconds(30), default));
        _world.Advance(1);
        _world.Agent.Kill();
        _world.Advance(30);

        Assert.Equal(137, _world.Status(id).ExitCode);
    }

    [Fact]
    public void Removing_a_sandbox_kills_and_removes_what_is_in_it()
    {
        _world.Running("stubborn:1");
        _world.Created("s000001-1", attempt: 1);
        var heard = _world.Listen();
        _world.Do(() => _world.Client.RemoveSandboxAsync("s000001-1", default));
        _world.Advance(1);

        Assert.Empty(_world.Runtime.Containers);
        Assert.Equal(
            [
                RuntimeEventKind.Reconnected, RuntimeEventKind.ContainerExited, RuntimeEventKind.SandboxExited,
                RuntimeEventKind.ContainerDeleted, RuntimeEventKind.ContainerDeleted,
            ],
            heard.Select(e => e.Kind));
    }

    [Fact]
    public void When_an_exit_is_told_the_status_says_so()
    {
        var seen = new List<ContainerRuntimeStatus?>();
        _world.Agent.Start(async () =>
        {
            await foreach (var told in _world.Client.EventsAsync(default))
            {
                if (told.Kind == RuntimeEventKind.ContainerExited)
                {
                    seen.Add(await _world.Client.ContainerStatusAsync(told.ContainerId, default));
                }
            }
        });
        for (var i = 0; i < 20; i++)
        {
            _world.Running("job:1", $"p{i}");
        }

        _world.Advance(60);

        Assert.Equal(20, seen.Count);
        Assert.All(seen, s => Assert.Equal(ContainerRuntimeState.Exited, s!.State));
    }

    [Fact]
    public void Freezing_the_machine_holds_its_containers()
    {
        var id = _world.Running("job:1");
        _world.Runtime.Process.Freeze();
        _world.Advance(1_000);
        Assert.Equal(ContainerRuntimeState.Running, _world.Status(id).State);

        _world.Runtime.Process.Thaw();
        _world.Advance(1);

        Assert.Equal(0, _world.Status(id).ExitCode);
    }

    [Theory]
    // image, command, code, timed out
    [InlineData("app:1", "cat /ready", 0, false)]
    [InlineData("unready:1", "cat /ready", 1, false)]
    [InlineData("unready:1", "cat /healthy", 0, false)]
    [InlineData("unready:1", "sleep 2", 0, false)]
    [InlineData("app:1", "sleep 60", -1, true)]
    [InlineData("slow:1", "cat /started", 1, false)]
    public void A_command_answers_as_the_image_behaves(string image, string command, int exitCode, bool timedOut)
    {
        var id = _world.Running(image);
        var result = _world.Do(
            () => _world.Client.ExecAsync(id, command.Split(' '), TimeSpan.FromSeconds(5), default));

        Assert.Equal((exitCode, timedOut), (result.ExitCode, result.TimedOut));
    }

    [Fact]
    public void A_machine_without_power_runs_nothing_and_comes_back_as_after_a_reboot()
    {
        var id = _world.Running("stubborn:1");
        var created = _world.Created("s000001-1", attempt: 1);
        var starting = _world.Begin(() => _world.Client.StartContainerAsync(created, default));
        _world.Advance(0.005);
        _world.Agent.Kill();
        _world.Runtime.PowerOff();

        Assert.Equal((ContainerRuntimeState.Exited, 255), (_world.Status(id).State, _world.Status(id).ExitCode));
        Assert.Equal(ContainerChangeKind.Exited, _world.Changes[^2].Kind);
        Assert.Equal(ContainerChangeKind.SandboxStopped, _world.Changes[^1].Kind);
        Assert.False(starting.IsCompleted);

        _world.Advance(100);
        _world.Runtime.PowerOn();
        _world.NewAgent();

        Assert.False(Assert.Single(_world.Do(() => _world.Client.ListSandboxesAsync(default))).Ready);
        Assert.Equal(
            [ContainerRuntimeState.Exited, ContainerRuntimeState.Created],
            _world.Do(() => _world.Client.ListContainersAsync(default)).Select(c => c.State));
        Assert.Equal(2, _world.Runtime.Images.Count);
        Assert.Equal(RuntimeErrorKind.AlreadyExists, _world.Refused(
            () => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), default)));
        _world.Do(() => _world.Client.RemoveSandboxAsync("s000001-1", default));
        _world.Running("job:1");
        _world.Advance(31);
        Assert.Equal(0, _world.Runtime.Containers.Single().ExitCode);
    }
}
