using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Machines;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>What the runtime answers in fair weather.</summary>
public sealed class RuntimeCallTests
{
    private readonly MachineWorld _world = new();

    [Fact]
    public void Whatever_happens_to_a_pod_is_told_in_order()
    {
        var id = _world.Running("crash:1");
        _world.Advance(61);
        _world.Do(() => _world.Client.RemoveContainerAsync(id, default));
        _world.Do(() => _world.Client.RemoveSandboxAsync("s000001-1", default));

        Assert.Equal(
            [
                "node-1 SandboxStarted shop/web #0 s000001-1",
                "node-1 Created shop/web app#0 c000002-1",
                "node-1 Started shop/web app#0 c000002-1",
                "node-1 Exited shop/web app#0 c000002-1 1",
                "node-1 Removed shop/web app#0 c000002-1",
                "node-1 SandboxStopped shop/web #0 s000001-1",
                "node-1 SandboxRemoved shop/web #0 s000001-1",
            ],
            _world.Changes.Select(c => c.ToString()));
        Assert.All(_world.Changes, c => Assert.Equal("uid-web", c.PodUid));
        Assert.Equal("docker.io/library/crash:1", _world.Changes[1].Image);
        Assert.Empty(_world.Runtime.Containers);
        Assert.Empty(_world.Runtime.Sandboxes);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var sandbox = _world.Sandbox();
        var id = _world.Created(sandbox);

        Assert.Equal(RuntimeErrorKind.AlreadyExists, _world.Refused(
            () => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), default)));
        Assert.Equal(RuntimeErrorKind.AlreadyExists, _world.Refused(() => _world.Client.CreateContainerAsync(
            sandbox, MachineWorld.ContainerOf("app:1", 0), MachineWorld.SandboxOf("web", 0), default)));

        Assert.NotEqual(sandbox, _world.Sandbox(attempt: 1));
        Assert.NotEqual(id, _world.Created(sandbox, attempt: 1));
        _world.Do(() => _world.Client.RemoveContainerAsync(id, default));
        _world.Created(sandbox);
    }

    [Fact]
    public void Two_makings_of_one_name_at_a_time_end_in_one_sandbox()
    {
        var config = MachineWorld.SandboxOf("web", 0);
        var first = _world.Begin(() => _world.Client.RunSandboxAsync(config, default));
        var second = _world.Begin(() => _world.Client.RunSandboxAsync(config, default));
        _world.Advance(2);

        Assert.Single(_world.Runtime.Sandboxes);
        Assert.Single(new[] { first, second }, t => t.IsFaulted);
    }

    [Fact]
    public void Stops_and_removals_may_be_repeated()
    {
        var id = _world.Running();
        for (var i = 0; i < 2; i++)
        {
            _world.Do(() => _world.Client.StopContainerAsync(id, TimeSpan.FromSeconds(30), default));
            _world.Do(() => _world.Client.StopSandboxAsync("s000001-1", default));
        }

        for (var i = 0; i < 2; i++)
        {
            _world.Do(() => _world.Client.RemoveContainerAsync(id, default));
            _world.Do(() => _world.Client.RemoveSandboxAsync("s000001-1", default));
            _world.Do(() => _world.Client.StopContainerAsync(id, TimeSpan.FromSeconds(30), default));
            _world.Do(() => _world.Client.StopSandboxAsync("s000001-1", default));
        }

        Assert.Single(_world.Changes, c => c.Kind == ContainerChangeKind.Exited);
        Assert.Single(_world.Changes, c => c.Kind == ContainerChangeKind.Removed);
        Assert.Single(_world.Changes, c => c.Kind == ContainerChangeKind.SandboxStopped);
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        var client = _world.Client;
        Assert.Null(_world.Do(() => client.ContainerStatusAsync("c9", default)));
        Assert.Null(_world.Do(() => client.SandboxStatusAsync("s9", default)));
        Assert.Null(_world.Do(() => client.ImageStatusAsync("app:1", default)));
        Assert.Equal(RuntimeErrorKind.NotFound, _world.Refused(() => client.StartContainerAsync("c9", default)));
        Assert.Equal(RuntimeErrorKind.NotFound, _world.Refused(
            () => client.ExecAsync("c9", ["true"], TimeSpan.FromSeconds(1), default)));
        Assert.Equal(RuntimeErrorKind.NotFound, _world.Refused(() => client.CreateContainerAsync(
            "s9", MachineWorld.ContainerOf("app:1", 0), MachineWorld.SandboxOf("web", 0), default)));
        var sandbox = _world.Sandbox();
        Assert.Equal(RuntimeErrorKind.NotFound, _world.Refused(() => client.CreateContainerAsync(
            sandbox, MachineWorld.ContainerOf("app:1", 0), MachineWorld.SandboxOf("web", 0), default)));
    }

    [Fact]
    public void A_container_starts_once_and_only_in_a_live_sandbox()
    {
        var id = _world.Running();
        Assert.Equal(RuntimeErrorKind.Other, _world.Refused(() => _world.Client.StartContainerAsync(id, default)));

        var sandbox = _world.Sandbox("other");
        var late = _world.Created(sandbox, pod: "other");
        _world.Do(() => _world.Client.StopSandboxAsync(sandbox, default));
        Assert.Equal(RuntimeErrorKind.Other, _world.Refused(() => _world.Client.StartContainerAsync(late, default)));
        Assert.Equal((ContainerRuntimeState.Exited, 128, "StartError"),
            (_world.Status(late).State, _world.Status(late).ExitCode, _world.Status(late).Reason));
    }

    [Fact]
    public void Lists_tell_less_than_a_look_at_one()
    {
        var id = _world.Running("crash:1");
        _world.Advance(61);

        var listed = Assert.Single(_world.Do(() => _world.Client.ListContainersAsync(default)));
        var seen = _world.Do(() => _world.Client.ContainerStatusAsync(id, default))!;
        Assert.Equal((ContainerRuntimeState.Exited, 0, null), (listed.State, listed.ExitCode, listed.FinishedAt));
        Assert.Equal((ContainerRuntimeState.Exited, 1, "Error"), (seen.State, seen.ExitCode, seen.Reason));
        Assert.Empty(Assert.Single(_world.Do(() => _world.Client.ListSandboxesAsync(default))).Ips);
        Assert.Equal(["10.0.1.2"], _world.Do(() => _world.Client.SandboxStatusAsync("s000001-1", default))!.Ips);
    }

    [Fact]
    public void Addresses_are_unique_among_machines_and_rest_before_they_are_used_again()
    {
        var other = new MachineWorld(machineNumber: 300);
        other.Sandbox();
        Assert.Equal(["10.1.44.2"], other.Runtime.Sandboxes[0].Ips);
        Assert.Equal("192.168.1.44", other.Runtime.HostIp);

        for (var i = 0; i < 253; i++)
        {
            _world.Sandbox($"p{i}");
        }

        Assert.Equal(253, _world.Runtime.Sandboxes.SelectMany(s => s.Ips).Distinct().Count());
        Assert.Equal(RuntimeErrorKind.Other, _world.Refused(
            () => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("late", 0), default)));

        _world.Do(() => _world.Client.StopSandboxAsync("s000007-1", default));
        _world.Sandbox("late");
        Assert.Equal(["10.0.1.8"], _world.Runtime.Sandboxes[^1].Ips);
    }

    [Fact]
    public void Images_are_pulled_once_and_found_by_name_and_by_id()
    {
        var began = _world.Loop.Now;
        var id = _world.Do(() => _world.Client.PullImageAsync("slow:1", null, default));
        Assert.InRange(_world.Loop.Now - began, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(121));

        began = _world.Loop.Now;
        Assert.Equal(id, _world.Do(() => _world.Client.PullImageAsync("docker.io/library/slow:1", null, default)));
        Assert.InRange(_world.Loop.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        Assert.StartsWith("sha256:", id);
        Assert.Equal(id, _world.Do(() => _world.Client.ImageStatusAsync("slow:1", default))!.Id);
        Assert.Equal(["docker.io/library/slow:1"], _world.Do(() => _world.Client.ImageStatusAsync(id, default))!.Tags);
        Assert.Single(_world.Do(() => _world.Client.ListImagesAsync(default)));
    }

    [Fact]
    public void A_missing_image_cannot_be_pulled_until_it_is_published()
    {
        Assert.Equal(RuntimeErrorKind.ImageNotFound, _world.Refused(
            () => _world.Client.PullImageAsync("missing:1", null, default)));

        _world.Catalogue.Publish("missing:1", ImageBehavior.Job);
        var id = _world.Running("missing:1");
        _world.Advance(31);

        Assert.Equal(0, _world.Status(id).ExitCode);
    }

    [Fact]
    public void A_call_is_carried_out_though_its_caller_dies()
    {
        var answer = _world.Begin(() => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), default));
        _world.Agent.Kill();
        _world.Advance(2);

        Assert.Single(_world.Runtime.Sandboxes);
        Assert.False(answer.IsCompleted);
    }

    [Fact]
    public void Cancelling_a_call_ends_the_wait_and_not_the_work()
    {
        using var limit = new CancellationTokenSource();
        var answer = _world.Begin(
            () => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), limit.Token));
        _world.Agent.Enter(limit.Cancel);
        _world.Advance(2);

        Assert.True(answer.IsCanceled);
        Assert.Single(_world.Runtime.Sandboxes);
    }

    [Fact]
    public void An_answer_waits_for_a_frozen_agent()
    {
        var answer = _world.Begin(() => _world.Client.RunSandboxAsync(MachineWorld.SandboxOf("web", 0), default));
        _world.Agent.Freeze();
        _world.Advance(100);
        Assert.False(answer.IsCompleted);

        _world.Agent.Thaw();
        _world.Advance(1);

        Assert.True(answer.IsCompletedSuccessfully);
    }

    [Fact]
    public void Figures_are_told_of_what_runs()
    {
        var id = _world.Running();
        _world.Created("s000001-1", attempt: 1);
        _world.Advance(10);

        var figures = Assert.Single(_world.Do(() => _world.Client.StatsAsync(null, default)));
        Assert.Equal((id, "uid-web"), (figures.ContainerId, figures.PodUid));
        Assert.InRange(figures.CpuUsageNanoseconds, 100_000_000, 110_000_000);
    }
}
