using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Pods;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Probes;

public sealed class PodProbeTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Readiness_makes_a_container_ready_and_unready()
    {
        _world.Prober.Http = false;
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { ReadinessProbe = PodSpecs.Http(failureThreshold: 2) }));
        Assert.False(_world.Container("app").Ready);
        Assert.Equal("Running", _world.Status.Phase);
        Assert.Contains(
            "Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 500", _world.Cluster.Events);

        _world.Prober.Http = true;
        _world.Advance(10);
        Assert.True(_world.Container("app").Ready);
        Assert.Equal("http://10.0.0.1/ok", _world.Prober.Sent[0]);

        _world.Prober.Http = false;
        _world.Advance(10);
        Assert.True(_world.Container("app").Ready);
        _world.Advance(10);
        Assert.False(_world.Container("app").Ready);
        Assert.Equal(0, _world.Container("app").RestartCount);
    }

    [Fact]
    public void Liveness_restarts_after_its_threshold_with_its_own_grace()
    {
        var probe = PodSpecs.Http(failureThreshold: 3) with { TerminationGracePeriodSeconds = 4 };
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { LivenessProbe = probe }));
        _world.Prober.Http = false;

        _world.Advance(20);
        Assert.Equal(0, _world.Container("app").RestartCount);
        _world.Advance(10);

        Assert.Contains("stop app/0 4s", _world.Runtime.Calls);
        Assert.Contains("Normal Killing Container app failed liveness probe, will be restarted", _world.Cluster.Events);
        Assert.Equal(1, _world.Container("app").RestartCount);
        Assert.NotNull(_world.Container("app").State.Running);
    }

    [Fact]
    public void A_failed_liveness_probe_under_never_ends_the_pod()
    {
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { LivenessProbe = PodSpecs.Http(1) }).Policy("Never"));
        _world.Prober.Http = false;
        _world.Advance(10);

        Assert.Equal("Failed", _world.Status.Phase);
    }

    [Fact]
    public void Other_probes_rest_until_the_startup_probe_succeeds()
    {
        _world.Prober.Http = false;
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with
        {
            StartupProbe = PodSpecs.Http(failureThreshold: 10),
            LivenessProbe = new Probe
            {
                TcpSocket = new TCPSocketAction { Port = 81 },
                PeriodSeconds = 10, FailureThreshold = 3, TimeoutSeconds = 1,
            },
        }));
        _world.Advance(35);
        Assert.False(_world.Container("app").Started);
        Assert.DoesNotContain("10.0.0.1:81", _world.Prober.Sent);

        _world.Prober.Http = true;
        _world.Advance(10);

        Assert.True(_world.Container("app") is { Started: true, Ready: true });
        Assert.Contains("10.0.0.1:81", _world.Prober.Sent);
        var startups = _world.Prober.Sent.Count(s => s.Contains("/ok", StringComparison.Ordinal));
        _world.Advance(60);
        Assert.Equal(startups, _world.Prober.Sent.Count(s => s.Contains("/ok", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_startup_probe_that_never_succeeds_restarts_the_container()
    {
        _world.Prober.Http = false;
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { StartupProbe = PodSpecs.Http(failureThreshold: 2) }));
        _world.Advance(10);

        Assert.Contains("Normal Killing Container app failed startup probe, will be restarted", _world.Cluster.Events);
        Assert.Equal(1, _world.Container("app").RestartCount);
    }

    [Fact]
    public void The_initial_delay_holds_the_first_probe_back()
    {
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { ReadinessProbe = PodSpecs.Http(initialDelay: 7) }));
        _world.Advance(6.9);
        Assert.Empty(_world.Prober.Sent);

        _world.Advance(0.2);

        Assert.Single(_world.Prober.Sent);
        Assert.True(_world.Container("app").Ready);
    }

    [Fact]
    public void An_exec_probe_runs_in_the_container()
    {
        var probe = new Probe
        {
            Exec = new ExecAction { Command = ["test", "-f", "/ready"] },
            PeriodSeconds = 5, SuccessThreshold = 1, FailureThreshold = 1, TimeoutSeconds = 1,
        };
        _world.Runtime.OnExec = (_, _) => new ExecResult(1, "no such file", false);
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { ReadinessProbe = probe }));
        Assert.Contains("Warning Unhealthy Readiness probe failed: no such file", _world.Cluster.Events);

        _world.Runtime.OnExec = (_, _) => new ExecResult(0, "", false);
        _world.Advance(5);

        Assert.Contains("exec app test -f /ready", _world.Runtime.Calls);
        Assert.True(_world.Container("app").Ready);
    }

    [Fact]
    public void A_probe_that_cannot_be_made_counts_for_nothing()
    {
        _world.Prober.Http = null;
        _world.Start(PodSpecs.Of(PodSpecs.App("app") with { LivenessProbe = PodSpecs.Http(failureThreshold: 1) }));
        _world.Advance(100);

        Assert.Equal(0, _world.Container("app").RestartCount);
    }

    [Fact]
    public void Named_ports_and_grpc_services_are_found()
    {
        var app = PodSpecs.App("app") with
        {
            Ports = [new ContainerPort { Name = "web", Port = 8080 }],
            ReadinessProbe = PodSpecs.Http() with { HttpGet = new HTTPGetAction { Path = "x", Port = "web" } },
            LivenessProbe = new Probe
            {
                Grpc = new GRPCAction { Port = 9000, Service = "shop" }, PeriodSeconds = 10, TimeoutSeconds = 1,
            },
        };
        _world.Start(PodSpecs.Of(app));

        Assert.Equal(["10.0.0.1:9000/shop", "http://10.0.0.1:8080/x"], _world.Prober.Sent.Order());
    }
}
