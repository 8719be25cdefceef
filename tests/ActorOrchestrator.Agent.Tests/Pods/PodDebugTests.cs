using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>Containers that are added to a running pod for debugging.</summary>
public sealed class PodDebugTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void One_starts_in_the_sandbox_of_the_pod_and_sees_the_processes_of_its_target()
    {
        Debug(PodSpecs.Of(), Debugger() with { TargetContainerName = "app" });
        Assert.Equal((_world.Runtime.Newest("app").SandboxId, _world.Runtime.Newest("app").Id), (
            _world.Runtime.Newest("debugger").SandboxId, _world.Runtime.Configs["debugger"].PidTarget));
        var status = Debugged();
        Assert.NotNull(status.State.Running);
        Assert.Equal((false, null, 0), (status.Ready, status.Started, status.RestartCount));
        Assert.Contains("Normal Started Started container debugger", _world.Cluster.Events);
        Assert.Equal("True", _world.Condition("Ready").Status);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(null, true)]
    public void Where_all_see_each_other_a_target_changes_nothing(bool? host, bool? shared)
    {
        var pod = PodSpecs.Of().With(spec => spec with { HostPID = host == true, ShareProcessNamespace = shared });
        Debug(pod, Debugger() with { TargetContainerName = "app" });
        Assert.Null(_world.Runtime.Configs["debugger"].PidTarget);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void It_runs_once_whatever_it_ends_with_and_nothing_else_depends_on_it(int exitCode)
    {
        Debug(PodSpecs.Of(), Debugger());
        _world.Exit("debugger", exitCode).Advance(1000);
        Assert.Equal((exitCode, 0), (Debugged().State.Terminated!.ExitCode, Debugged().RestartCount));
        Assert.Single(_world.Runtime.Containers, container => container.Name == "debugger");
        Assert.Equal(("Running", "True"), (_world.Status.Phase, _world.Condition("Ready").Status));
    }

    [Fact]
    public void It_starts_while_init_containers_hold_the_others_back()
    {
        Debug(PodSpecs.Of().Inits(PodSpecs.App("init")), Debugger());
        Assert.NotNull(Debugged().State.Running);
        Assert.Equal("Pending", _world.Status.Phase);
        _world.Exit("init", 0);
        Assert.Equal("Running", _world.Status.Phase);
    }

    [Fact]
    public void A_pod_whose_own_containers_have_ended_has_ended_and_takes_it_along()
    {
        Debug(PodSpecs.Of().Policy("Never"), Debugger());
        _world.Exit("app", 0);
        Assert.Equal("Succeeded", _world.Status.Phase);
        Assert.Equal(143, Debugged().State.Terminated!.ExitCode);
    }

    [Fact]
    public void What_is_added_to_a_pod_that_has_ended_never_starts()
    {
        var pod = PodSpecs.Of().Policy("Never");
        _world.Start(pod).Exit("app", 0);
        _world.Desire(With(pod, Debugger()) with { Status = _world.Status });
        Assert.DoesNotContain(_world.Runtime.Containers, container => container.Name == "debugger");
        Assert.Empty(_world.Status.EphemeralContainerStatuses);
    }

    [Fact]
    public void It_ends_with_the_pod()
    {
        var pod = Debug(PodSpecs.Of(), Debugger());
        _world.Delete(pod);
        Assert.Contains("stop debugger/0 30s", _world.Runtime.Calls);
        _world.Remove();
        Assert.Empty(_world.Runtime.Containers);
    }

    [Fact]
    public void A_new_agent_takes_it_over_and_starts_none_again_that_has_ended()
    {
        var pod = Debug(PodSpecs.Of(), Debugger(), Debugger("other"));
        _world.Exit("other", 1).Restart(pod);
        Assert.Equal([], _world.Runtime.Calls);
        Assert.NotNull(Debugged().State.Running);
        Assert.Equal(1, Debugged("other").State.Terminated!.ExitCode);

        // The runtime has been emptied: what ran is gone for good.
        _world.Runtime.LoseEverything();
        _world.Restart(pod);
        Assert.Equal((0, 2, 137), (
            _world.Runtime.Containers.Count(container => container.Name != "app"),
            _world.Status.EphemeralContainerStatuses.Count, Debugged().State.Terminated!.ExitCode));
        Assert.Equal(1, _world.Container("app").RestartCount);
    }

    [Fact]
    public void An_image_that_is_not_to_be_had_and_a_target_that_never_ran_are_told_and_tried_again()
    {
        Debug(PodSpecs.Of(), Debugger() with { Image = "none:1" });
        Assert.Equal("ErrImagePull", Debugged().State.Waiting!.Reason);
        Assert.Equal("True", _world.Condition("Ready").Status);
        _world.Runtime.Pullable.Add("docker.io/library/none:1");
        _world.Advance(60);
        Assert.NotNull(Debugged().State.Running);
    }

    [Fact]
    public void A_target_that_does_not_run_yet_is_waited_for()
    {
        var pod = PodSpecs.Of().Inits(PodSpecs.App("init"));
        Debug(pod, Debugger() with { TargetContainerName = "app" });
        Assert.Equal(("CreateContainerConfigError", "unable to find target container app"),
            (Debugged().State.Waiting!.Reason, Debugged().State.Waiting!.Message));
        _world.Exit("init", 0).Advance(30);
        Assert.Equal(_world.Runtime.Newest("app").Id, _world.Runtime.Configs["debugger"].PidTarget);
    }

    [Fact]
    public void A_privileged_one_is_allowed_in_the_sandbox_of_a_pod_without_privileges()
    {
        Debug(PodSpecs.Of(), Debugger() with { SecurityContext = new SecurityContext { Privileged = true } });
        Assert.True(_world.Runtime.Configs["debugger"].Security.Privileged);
        Assert.True(_world.Runtime.CreatedIn["debugger"].Privileged);
        Assert.False(_world.Runtime.CreatedIn["app"].Privileged);
    }

    private static EphemeralContainer Debugger(string name = "debugger") =>
        new() { Name = name, Image = "app:1", ImagePullPolicy = "IfNotPresent" };

    private static Pod With(Pod pod, params EphemeralContainer[] added) =>
        pod.With(spec => spec with { EphemeralContainers = added.ToValueList() });

    /// <summary>Starts the pod and then adds to it.</summary>
    private Pod Debug(Pod pod, params EphemeralContainer[] added)
    {
        _world.Start(pod);
        var debugged = With(pod, added) with { Status = _world.Status };
        _world.Desire(debugged);
        return debugged;
    }

    private ContainerStatus Debugged(string name = "debugger") =>
        _world.Status.EphemeralContainerStatuses.First(status => status.Name == name);
}
