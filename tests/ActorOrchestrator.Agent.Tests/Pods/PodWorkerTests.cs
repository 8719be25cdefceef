using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Pods;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

public sealed class PodWorkerTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Runs_a_pod_and_reports_it_as_kubelet_does()
    {
        _world.Start(PodSpecs.Of());

        Assert.Equal(["run sandbox web/0", "create app/0", "start app/0"], _world.Runtime.Calls);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal("10.0.0.1", _world.Status.PodIP);
        Assert.Equal("192.168.0.1", _world.Status.HostIP);
        Assert.Equal(
            ["PodReadyToStartContainers=True", "Initialized=True", "Ready=True", "ContainersReady=True"],
            _world.Status.Conditions.Select(c => $"{c.Type}={c.Status}"));
        var app = _world.Container("app");
        Assert.True(app is { Ready: true, Started: true, RestartCount: 0, Image: "app:1" });
        Assert.Equal("containerd://c2", app.ContainerID);
        Assert.Equal(
            [
                "Normal Pulled Container image \"app:1\" already present on machine",
                "Normal Created Created container: app", "Normal Started Started container app",
            ],
            _world.Cluster.Events);
        Assert.StartsWith("Settled", _world.Reason);
    }

    [Fact]
    public void Tells_of_the_creation_before_anything_runs()
    {
        _world.Start(PodSpecs.Of());

        var first = _world.Cluster.Reports[0];
        Assert.Equal("Pending", first.Phase);
        Assert.Equal("ContainerCreating", first.ContainerStatuses[0].State.Waiting!.Reason);
        Assert.Equal("containers with unready status: [app]", first.Conditions.First(c => c.Type == "Ready").Message);
    }

    [Fact]
    public void Says_nothing_when_nothing_changed()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        var reports = _world.Cluster.Reports.Count;

        _world.Desire(pod with { Status = _world.Status }).Advance(300);

        Assert.Equal(reports, _world.Cluster.Reports.Count);
    }

    [Fact]
    public void Reports_again_when_the_control_plane_was_away()
    {
        _world.Cluster.IsDeaf = true;
        _world.Start(PodSpecs.Of());
        Assert.Empty(_world.Cluster.Reports);

        _world.Cluster.IsDeaf = false;
        _world.Advance(2);

        Assert.Equal("Running", _world.Status.Phase);
    }

    /// <summary>That nobody answers is told by the link, once for all pods.</summary>
    [Fact]
    public void Tells_once_that_its_status_is_not_taken_until_one_is()
    {
        var pod = PodSpecs.Of();
        _world.Cluster.IsDeaf = true;
        _world.Start(pod).Advance(10);
        Assert.Empty(_world.Log.Of(4004));

        _world.Cluster.Deafness = new IOException("it was refused");
        _world.Advance(10);
        Assert.Equal(
            "pod shop/web: its status could not be reported, trying again: it was refused",
            Assert.Single(_world.Log.Of(4004)));

        _world.Cluster.IsDeaf = false;
        _world.Advance(10);
        _world.Cluster.IsDeaf = true;
        _world.Delete(pod).Advance(10);
        Assert.Equal(2, _world.Log.Of(4004).Count);
    }

    /// <summary>The entity heard it, and could not store it.</summary>
    [Fact]
    public void Reports_again_what_the_control_plane_does_not_show()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        var lost = _world.Cluster.Reports.Count;

        _world.Advance(6);
        Assert.Equal(lost + 1, _world.Cluster.Reports.Count);

        _world.Desire(pod with { Status = _world.Status }).Advance(300);
        Assert.Equal(lost + 1, _world.Cluster.Reports.Count);
    }

    [Fact]
    public void Reports_again_though_the_clock_was_set_back_meanwhile()
    {
        _world.Skew = TimeSpan.FromMinutes(39);
        _world.Cluster.IsDeaf = true;
        _world.Start(PodSpecs.Of());

        _world.Cluster.IsDeaf = false;
        _world.Skew = TimeSpan.Zero;
        _world.Advance(2);

        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void Tells_how_it_is_at_once_when_the_control_plane_has_it_otherwise()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod);
        var (told, reports) = (_world.Status, _world.Cluster.Reports.Count);
        var doubted = told.Conditions.Select(c => c.Type == "Ready" ? c with { Status = "False" } : c);

        _world.Desire(pod with { Status = told with { Conditions = doubted.ToValueList() } });

        Assert.Equal(reports + 1, _world.Cluster.Reports.Count);
        Assert.Equal("True", _world.Condition("Ready").Status);
    }

    /// <summary>Of the spec that the agent has seen; the same one is not reported twice.</summary>
    [Fact]
    public void Conditions_tell_the_generation_that_they_are_about()
    {
        _world.Start(At(4));
        Assert.All(_world.Status.Conditions, condition => Assert.Equal(4, condition.ObservedGeneration));
        var reports = _world.Cluster.Reports.Count;

        _world.Desire(At(4) with { Status = _world.Status });
        Assert.Equal(reports, _world.Cluster.Reports.Count);
        _world.Desire(At(5) with { Status = _world.Status });
        Assert.Equal(reports + 1, _world.Cluster.Reports.Count);
        Assert.All(_world.Status.Conditions, condition => Assert.Equal(5, condition.ObservedGeneration));

        static Pod At(long generation)
        {
            var pod = PodSpecs.Of();
            return pod with { Metadata = pod.Metadata with { Generation = generation } };
        }
    }

    [Fact]
    public void Restarts_at_once_the_first_time_then_backs_off_and_forgets_after_a_good_run()
    {
        _world.Start(PodSpecs.Of());

        _world.Exit("app", 1);
        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.NotNull(_world.Container("app").State.Running);

        _world.Exit("app", 1);
        var waiting = _world.Container("app").State.Waiting!;
        Assert.Equal("CrashLoopBackOff", waiting.Reason);
        Assert.Equal("back-off 10s restarting failed container=app pod=web_shop(u1)", waiting.Message);
        Assert.Equal(1, _world.Container("app").LastState.Terminated!.ExitCode);
        Assert.Contains(
            "Warning BackOff Back-off restarting failed container app in pod web_shop(u1)", _world.Cluster.Events);

        _world.Advance(9.9);
        Assert.Equal(1u, _world.Runtime.Newest("app").Attempt);
        _world.Advance(0.2);
        Assert.Equal(2u, _world.Runtime.Newest("app").Attempt);

        _world.Exit("app", 1).Advance(19);
        Assert.Equal(2u, _world.Runtime.Newest("app").Attempt);
        _world.Advance(2);
        Assert.Equal(3u, _world.Runtime.Newest("app").Attempt);

        _world.Advance(601).Exit("app", 1);
        Assert.Equal(4u, _world.Runtime.Newest("app").Attempt);
    }

    [Fact]
    public void What_of_a_pod_has_no_effect_is_told_once()
    {
        var pod = PodSpecs.Of().With(spec => spec with { ResourceClaims = [new PodResourceClaim { Name = "c" }] });
        _world.Start(pod).Restart(pod);
        Assert.Equal(
            ["Warning FieldsIgnored spec.resourceClaims: is not honoured: devices are not allocated"],
            _world.Cluster.Events.Where(told => told.Contains("FieldsIgnored", StringComparison.Ordinal)));
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Theory]
    [InlineData("first end")]
    [InlineData("other image")]
    [InlineData("sandbox gone")]
    public void A_restart_that_waits_for_nothing_is_no_back_off(string cause)
    {
        _world.Runtime.Images.Add("docker.io/library/app:2");
        _world.Start(PodSpecs.Of());
        switch (cause)
        {
            case "first end":
                _world.Exit("app", 1);
                break;
            case "other image":
                _world.Desire(PodSpecs.Of(PodSpecs.App("app", "app:2")));
                break;
            default:
                _world.Runtime.KillSandbox("web");
                _world.Settle();
                break;
        }

        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.Equal("Running", _world.Status.Phase);
        TellsOfNoBackOff();
    }

    private void TellsOfNoBackOff()
    {
        Assert.DoesNotContain(_world.Cluster.Events, e => e.Contains("BackOff"));
        Assert.DoesNotContain(
            _world.Cluster.Reports, r => r.ContainerStatuses.Any(c => c.State.Waiting?.Reason == "CrashLoopBackOff"));
    }

    [Fact]
    public void The_back_off_of_crashes_never_exceeds_five_minutes()
    {
        _world.Start(PodSpecs.Of());
        for (var i = 0; i < 8; i++)
        {
            _world.Exit("app", 1).Advance(301);
        }

        _world.Exit("app", 1);

        Assert.StartsWith("back-off 5m0s", _world.Container("app").State.Waiting!.Message);
    }

    [Fact]
    public void Keeps_one_dead_incarnation_for_its_logs()
    {
        _world.Start(PodSpecs.Of());
        for (var i = 0; i < 4; i++)
        {
            _world.Exit("app", 1).Advance(301);
        }

        Assert.Equal([3u, 4u], _world.Runtime.Containers.Select(c => c.Attempt).Order());
    }

    [Theory]
    [InlineData("Never", 0, "Succeeded", "Completed")]
    [InlineData("Never", 3, "Failed", "Error")]
    [InlineData("OnFailure", 0, "Succeeded", "Completed")]
    public void A_pod_that_is_done_is_over(string policy, int exitCode, string phase, string reason)
    {
        _world.Start(PodSpecs.Of().Policy(policy)).Exit("app", exitCode);

        Assert.Equal(phase, _world.Status.Phase);
        Assert.Equal(reason, _world.Container("app").State.Terminated!.Reason);
        Assert.Equal(exitCode, _world.Container("app").State.Terminated!.ExitCode);
        Assert.Equal(phase == "Succeeded" ? "PodCompleted" : "PodFailed", _world.Condition("Ready").Reason);
        Assert.Contains("stop sandbox s1", _world.Runtime.Calls);
        Assert.DoesNotContain("remove sandbox s1", _world.Runtime.Calls);
        Assert.StartsWith("Completed", _world.Reason);
    }

    [Fact]
    public void On_failure_runs_again_what_failed()
    {
        _world.Start(PodSpecs.Of().Policy("OnFailure")).Exit("app", 2);

        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal(1u, _world.Runtime.Newest("app").Attempt);
    }

    [Fact]
    public void A_kill_for_memory_is_named()
    {
        _world.Start(PodSpecs.Of().Policy("Never")).Exit("app", 137, "OOMKilled");

        Assert.Equal("OOMKilled", _world.Container("app").State.Terminated!.Reason);
    }

    [Fact]
    public void The_last_words_of_a_container_are_told()
    {
        _world.Files.LastWords["app"] = "no more paper";
        _world.Start(PodSpecs.Of().Policy("Never")).Exit("app", 1);

        Assert.Equal("no more paper", _world.Container("app").State.Terminated!.Message);
    }

    [Fact]
    public void A_new_image_replaces_the_container()
    {
        _world.Runtime.Images.Add("docker.io/library/app:2");
        var pod = PodSpecs.Of();
        _world.Start(pod);

        _world.Desire(pod.With(s => s with { Containers = [PodSpecs.App("app", "app:2")] }));

        Assert.Contains("Normal Killing Container app definition changed, will be restarted", _world.Cluster.Events);
        Assert.Equal("app:2", _world.Container("app").Image);
        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.NotNull(_world.Container("app").State.Running);
    }

    [Fact]
    public void Init_containers_run_one_after_the_other()
    {
        _world.Start(PodSpecs.Of().Inits(PodSpecs.App("one"), PodSpecs.App("two")));
        Assert.Equal("one", _world.Runtime.Containers.Single().Name);
        Assert.Equal("containers with incomplete status: [one two]", _world.Condition("Initialized").Message);
        Assert.Equal("PodInitializing", _world.Container("app").State.Waiting!.Reason);

        _world.Exit("one", 0);
        Assert.Equal(["one", "two"], _world.Runtime.Containers.Select(c => c.Name).Order());

        _world.Exit("two", 0);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal("True", _world.Condition("Initialized").Status);
    }

    [Fact]
    public void A_failed_init_container_is_tried_again_and_under_never_fails_the_pod()
    {
        _world.Start(PodSpecs.Of().Inits(PodSpecs.App("one"))).Exit("one", 1);
        Assert.Equal(1u, _world.Runtime.Newest("one").Attempt);

        using var other = new PodWorld();
        other.Start(PodSpecs.Of().Policy("Never").Inits(PodSpecs.App("one"))).Exit("one", 1);
        Assert.Equal("Failed", other.Status.Phase);
        Assert.DoesNotContain(other.Runtime.Containers, c => c.Name == "app");
    }

    [Fact]
    public void A_sidecar_starts_before_and_ends_after_the_main_containers()
    {
        var proxy = PodSpecs.Sidecar("proxy") with { StartupProbe = PodSpecs.Http() };
        var pod = PodSpecs.Of().Policy("Never").Inits(proxy);
        _world.Prober.Http = false;
        _world.Start(pod);
        Assert.DoesNotContain(_world.Runtime.Containers, c => c.Name == "app");

        _world.Prober.Http = true;
        _world.Advance(10);
        Assert.NotNull(_world.Container("app").State.Running);

        _world.Exit("app", 0);
        Assert.Equal("Succeeded", _world.Status.Phase);
        Assert.Contains("stop proxy/0 30s", _world.Runtime.Calls);
    }

    [Fact]
    public void A_sidecar_that_ends_is_started_again()
    {
        _world.Start(PodSpecs.Of().Policy("Never").Inits(PodSpecs.Sidecar("proxy"))).Exit("proxy", 0);

        Assert.Equal(1u, _world.Runtime.Newest("proxy").Attempt);
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void The_deadline_ends_a_pod()
    {
        _world.Start(PodSpecs.Of().With(s => s with { ActiveDeadlineSeconds = 60 })).Advance(61);

        Assert.Equal("Failed", _world.Status.Phase);
        Assert.Equal("DeadlineExceeded", _world.Status.Reason);
        Assert.Contains("stop app/0 30s", _world.Runtime.Calls);
        Assert.Equal(
            ["DeadlineExceeded", "Killing"],
            _world.Cluster.Events.Select(told => told.Split(' ')[1])
                .Where(reason => reason is "DeadlineExceeded" or "Killing"));
    }

    [Fact]
    public void A_dead_sandbox_is_replaced_and_everything_started_again()
    {
        _world.Start(PodSpecs.Of());
        _world.Runtime.KillSandbox("web");
        _world.Settle();

        Assert.Contains("run sandbox web/1", _world.Runtime.Calls);
        Assert.Contains(
            "Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.", _world.Cluster.Events);
        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Equal("s3", _world.Runtime.Newest("app").SandboxId);
    }

    [Fact]
    public void A_failed_sandbox_is_tried_again()
    {
        _world.Runtime.SandboxProblem = "no address left";
        _world.Start(PodSpecs.Of());
        Assert.Contains(
            "Warning FailedCreatePodSandBox Failed to create pod sandbox: no address left", _world.Cluster.Events);

        _world.Runtime.SandboxProblem = null;
        _world.Advance(1.1);

        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void An_exit_that_no_event_told_is_found_by_the_list()
    {
        _world.Start(PodSpecs.Of().Policy("Never")).Advance(1);
        _world.Runtime.End(_world.Runtime.Newest("app").Id, 0);

        _world.Relist();

        Assert.Equal("Succeeded", _world.Status.Phase);
    }

    [Fact]
    public void An_exit_that_no_event_told_is_found_by_the_list_though_the_clock_was_set_back()
    {
        _world.Skew = TimeSpan.FromMinutes(39);
        _world.Start(PodSpecs.Of().Policy("Never")).Advance(1);
        _world.Skew = TimeSpan.Zero;
        _world.Runtime.End(_world.Runtime.Newest("app").Id, 0);

        _world.Relist();

        Assert.Equal("Succeeded", _world.Status.Phase);
    }

    [Fact]
    public void A_worker_whose_mailbox_was_full_looks_at_everything_and_asks_what_is_wanted()
    {
        var pod = PodSpecs.Of();
        _world.Start(pod).Advance(1);
        _world.Runtime.End(_world.Runtime.Newest("app").Id, 1);

        for (var i = 0; i < 1000; i++)
        {
            _world.Post(new PodMessage.Desired(pod));
        }

        _world.Settle();

        Assert.Equal(["pod shop/web: its mailbox was full; everything is looked at again"], _world.Log.Of(4006));
        Assert.Equal([new NodeMessage.TellAgain("u1")], _world.Told.OfType<NodeMessage.TellAgain>());
        Assert.Equal(1, _world.Container("app").RestartCount);
    }
}
