using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

public sealed class PodTerminationTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_deleted_pod_is_stopped_reported_and_cleaned_up_in_that_order()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        _world.Runtime.Calls.Clear();

        _world.Delete(pod);

        Assert.Equal(["stop app/0 30s", "stop sandbox s1", "remove sandbox s1"], _world.Runtime.Calls);
        Assert.Equal(["u1"], _world.Cluster.Stopped);
        Assert.Equal(["tear down u1", "remove traces u1"], _world.Files.Calls);
        Assert.Contains("Normal Killing Stopping container app", _world.Cluster.Events);
        Assert.Equal("Failed", _world.Status.Phase);
        Assert.Equal(143, _world.Container("app").State.Terminated!.ExitCode);
        Assert.True(_world.Remove().HasEnded);
    }

    [Fact]
    public void A_pod_that_is_over_gives_back_the_network_of_a_sandbox_that_died()
    {
        var pod = PodSpecs.Of().Policy("Never");
        _world.Start(pod);
        _world.Runtime.KillSandbox("web");
        _world.Settle().Advance(60);
        Assert.Equal("Failed", _world.Status.Phase);
        Assert.Single(_world.Runtime.Calls, "stop sandbox s1");

        _world.Restart(pod);
        Assert.Single(_world.Runtime.Calls, "stop sandbox s1");
    }

    /// <summary>All containers of a pod together may leave 12 KiB of last words.</summary>
    [Theory]
    [InlineData(1, 4096, 4096)]
    [InlineData(3, 4096, 4096)]
    [InlineData(4, 3071, 3071)]
    [InlineData(4, 3072, 3072)]
    [InlineData(4, 3073, 3072)]
    public void Containers_share_the_room_for_last_words(int containers, int length, int expected)
    {
        var names = Enumerable.Range(0, containers).Select(i => $"c{i}").ToList();
        foreach (var name in names)
        {
            _world.Files.LastWords[name] = new string('x', length);
        }

        _world.Start(PodSpecs.Of([.. names.Select(name => PodSpecs.App(name))]).Policy("Never"));
        foreach (var name in names)
        {
            _world.Exit(name, 1);
        }

        Assert.All(_world.Status.ContainerStatuses, c => Assert.Equal(expected, c.State.Terminated!.Message!.Length));
    }

    [Fact]
    public void While_it_ends_a_pod_is_shown_as_running()
    {
        _world.Runtime.Deaf.Add("app");
        var pod = PodSpecs.Of();
        _world.Start(pod).Delete(pod, 20).Advance(10);

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Empty(_world.Cluster.Stopped);

        _world.Advance(11);
        Assert.Equal(137, _world.Container("app").State.Terminated!.ExitCode);
        Assert.Equal(["u1"], _world.Cluster.Stopped);
    }

    [Fact]
    public void A_shortened_grace_hastens_the_end()
    {
        _world.Runtime.Deaf.Add("app");
        var pod = PodSpecs.Of();
        _world.Start(pod).Delete(pod, 300).Advance(1);

        _world.Delete(pod, 0).Advance(2.1);

        Assert.Contains("stop app/0 2s", _world.Runtime.Calls);
        Assert.Equal(["u1"], _world.Cluster.Stopped);
    }

    [Fact]
    public void The_preStop_hook_runs_first_and_takes_its_time_from_the_grace()
    {
        var hook = new LifecycleHandler { Sleep = new SleepAction { Seconds = 8 } };
        var pod = PodSpecs.Of(PodSpecs.App("app") with { Lifecycle = new Lifecycle { PreStop = hook } });
        _world.Start(pod).Delete(pod);
        Assert.DoesNotContain(_world.Runtime.Calls, c => c.StartsWith("stop app", StringComparison.Ordinal));

        _world.Advance(8.1);

        Assert.Contains("stop app/0 22s", _world.Runtime.Calls);
        Assert.Equal(["u1"], _world.Cluster.Stopped);
    }

    [Fact]
    public void A_preStop_hook_that_never_ends_is_given_up_when_the_grace_is_over()
    {
        var hook = new LifecycleHandler { Sleep = new SleepAction { Seconds = 3600 } };
        var pod = PodSpecs.Of(PodSpecs.App("app") with { Lifecycle = new Lifecycle { PreStop = hook } });
        _world.Start(pod).Delete(pod, 5).Advance(5.1);

        Assert.Contains("stop app/0 2s", _world.Runtime.Calls);
    }

    [Fact]
    public void Sidecars_end_last_first_after_the_main_containers()
    {
        var pod = PodSpecs.Of().Inits(PodSpecs.Sidecar("a"), PodSpecs.Sidecar("b"));
        _world.Start(pod).Delete(pod);

        Assert.Equal(
            ["stop app/0", "stop b/0", "stop a/0"],
            _world.Runtime.Calls.Where(c => c.StartsWith("stop ", StringComparison.Ordinal) && c.Contains('/'))
                .Select(c => string.Join(' ', c.Split(' ')[..2])));
    }

    [Fact]
    public void A_pod_deleted_before_it_ran_leaves_nothing()
    {
        _world.Runtime.Images.Clear();
        var pod = PodSpecs.Of();
        _world.Start(pod).Delete(pod);

        Assert.Equal(["u1"], _world.Cluster.Stopped);
        Assert.Empty(_world.Runtime.Sandboxes);
    }

    [Fact]
    public void A_report_of_the_end_that_was_lost_is_made_again_until_the_pod_is_gone()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod).Delete(pod).Advance(10.1);
        Assert.Equal(["u1", "u1"], _world.Cluster.Stopped);

        _world.Remove().Advance(100);

        Assert.Equal(["u1", "u1"], _world.Cluster.Stopped);
        Assert.True(_world.HasEnded);
    }

    [Fact]
    public void A_report_of_the_end_that_was_lost_is_made_again_though_the_clock_was_set_back()
    {
        var pod = PodSpecs.Of();
        _world.Skew = TimeSpan.FromMinutes(39);
        _world.Start(pod).Delete(pod);
        _world.Skew = TimeSpan.Zero;
        _world.Advance(10.1);

        Assert.Equal(["u1", "u1"], _world.Cluster.Stopped);
    }

    [Fact]
    public void A_report_that_was_lost_is_made_again()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        var reports = _world.Cluster.Reports.Count;

        _world.Relist();
        Assert.Equal(reports + 1, _world.Cluster.Reports.Count);

        _world.Desire(pod with { Status = _world.Status }).Relist();
        Assert.Equal(reports + 1, _world.Cluster.Reports.Count);
    }

    [Theory]
    [InlineData("Never", "Failed", 0)]
    [InlineData("Always", "Running", 1)]
    public void What_a_runtime_lost_has_ended(string policy, string phase, int restarts)
    {
        var pod = PodSpecs.Of().Policy(policy);
        _world.Start(pod);
        _world.Runtime.LoseEverything();

        _world.Restart(pod).Advance(1);

        Assert.Equal(phase, _world.Status.Phase);
        var app = _world.Container("app");
        Assert.Equal(restarts, app.RestartCount);
        var ended = app.State.Terminated ?? app.LastState.Terminated!;
        Assert.Equal((137, "ContainerStatusUnknown"), (ended.ExitCode, ended.Reason));
    }

    [Fact]
    public void A_removed_pod_is_ended_without_a_report()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        var reports = _world.Cluster.Reports.Count;

        _world.Remove();

        Assert.Equal(reports, _world.Cluster.Reports.Count);
        Assert.Empty(_world.Cluster.Stopped);
        Assert.Empty(_world.Runtime.Sandboxes);
        Assert.True(_world.HasEnded);
    }

    [Fact]
    public void A_runtime_that_is_away_delays_the_end_but_loses_nothing()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        _world.Runtime.IsDown = true;
        _world.Delete(pod).Advance(3);
        Assert.Empty(_world.Cluster.Stopped);

        _world.Runtime.IsDown = false;
        _world.Advance(11);

        Assert.Equal(["u1"], _world.Cluster.Stopped);
        Assert.Empty(_world.Runtime.Sandboxes);
    }

    [Fact]
    public void Readiness_is_lost_while_a_pod_ends_only_by_its_probe()
    {
        _world.Runtime.Deaf.Add("app");
        var probe = PodSpecs.Http(failureThreshold: 1, period: 1);
        var pod = PodSpecs.Of(PodSpecs.App("app") with { ReadinessProbe = probe });
        _world.Start(pod).Delete(pod);
        Assert.Equal("True", _world.Condition("Ready").Status);

        _world.Prober.Http = false;
        _world.Advance(1.1);

        Assert.Equal("False", _world.Condition("Ready").Status);
    }

    [Fact]
    public void A_restarted_agent_touches_nothing_that_runs()
    {
        var hook = new LifecycleHandler { Exec = new ExecAction { Command = ["hi"] } };
        var pod = PodSpecs.Of(PodSpecs.App("app") with
        {
            ReadinessProbe = PodSpecs.Http(),
            Lifecycle = new Lifecycle { PostStart = hook },
        });
        _world.Start(pod);
        Assert.Equal("True", _world.Condition("Ready").Status);
        var before = _world.Status;
        var reports = _world.Cluster.Reports.Count;

        _world.Restart(pod);

        Assert.Empty(_world.Runtime.Calls);
        Assert.Equal(reports, _world.Cluster.Reports.Count);
        Assert.Equal(before, _world.Status);
    }

    [Fact]
    public void Restart_counts_outlive_the_agent()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod).Exit("app", 1).Exit("app", 1).Advance(11);
        Assert.Equal(2, _world.Container("app").RestartCount);

        _world.Restart(pod).Exit("app", 1);

        Assert.Equal(3, _world.Container("app").RestartCount);
    }

    [Fact]
    public void A_pod_that_was_over_stays_over_after_a_restart()
    {
        var pod = PodSpecs.Of().Policy("OnFailure");
        _world.Start(pod).Exit("app", 0);

        _world.Restart(pod).Advance(100);

        Assert.DoesNotContain(_world.Runtime.Calls, c => c.StartsWith("create", StringComparison.Ordinal));
        Assert.Equal("Succeeded", _world.Status.Phase);
        Assert.Equal("Completed", _world.Container("app").State.Terminated!.Reason);
    }
}
