using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>A running pod is given other cpu and memory.</summary>
public sealed class PodResizeTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_running_container_gets_other_limits_without_a_restart()
    {
        var pod = With("100m", "64Mi");
        _world.Start(pod);
        Assert.Equal("cpu=100m,memory=64Mi", Shown(_world.Container("app").Resources!.Limits));
        _world.Runtime.Calls.Clear();

        _world.Desire(With("200m", "128Mi") with { Status = _world.Status });

        Assert.Equal(["resize app 204 20000 134217728"], _world.Runtime.Calls);
        var app = _world.Container("app");
        Assert.Equal((0, "cpu=200m,memory=128Mi", "cpu=200m,memory=128Mi"),
            (app.RestartCount, Shown(app.Resources!.Limits), Shown(app.AllocatedResources)));
        Assert.Contains(_world.Cluster.Reports, report => report.Conditions.Any(
            condition => condition is { Type: "PodResizeInProgress", Status: "True" }));
        Assert.DoesNotContain(_world.Status.Conditions, condition => condition.Type == "PodResizeInProgress");
        Assert.Contains("Normal ResizeCompleted Pod resize completed", _world.Cluster.Events);
    }

    [Theory]
    [InlineData("memory", "200m", "64Mi", 0)]
    [InlineData("memory", "200m", "128Mi", 1)]
    [InlineData("cpu", "200m", "64Mi", 1)]
    public void A_resource_whose_policy_says_so_needs_a_restart(
        string resource, string cpu, string memory, int restarts)
    {
        ContainerResizePolicy policy = new() { ResourceName = resource, RestartPolicy = "RestartContainer" };
        _world.Start(With("100m", "64Mi", policy));

        _world.Desire(With(cpu, memory, policy) with { Status = _world.Status });

        Assert.Equal((restarts, $"cpu={cpu},memory={memory}"),
            (_world.Container("app").RestartCount, Shown(_world.Container("app").Resources!.Limits)));
        Assert.Equal(restarts == 1, _world.Cluster.Events.Any(
            told => told.Contains("Container app resize requires restart", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_the_runtime_refuses_is_told_and_tried_again()
    {
        _world.Start(With("100m", "64Mi"));
        _world.Runtime.IsDown = true;
        _world.Desire(With("200m", "64Mi") with { Status = _world.Status });
        var condition = _world.Condition("PodResizeInProgress");
        Assert.Equal(("Error", true), (condition.Reason, condition.Message!.Length > 0));
        Assert.Equal("cpu=100m,memory=64Mi", Shown(_world.Container("app").Resources!.Limits));

        _world.Runtime.IsDown = false;
        _world.Advance(10);
        Assert.Equal("cpu=200m,memory=64Mi", Shown(_world.Container("app").Resources!.Limits));
    }

    [Fact]
    public void What_was_resized_while_the_agent_was_away_is_done_when_it_is_back()
    {
        _world.Start(With("100m", "64Mi"));
        _world.Restart(With("200m", "64Mi"));
        Assert.Equal(["resize app 204 20000 67108864"], _world.Runtime.Calls);

        _world.Restart(With("200m", "64Mi"));
        Assert.Empty(_world.Runtime.Calls);
    }

    private static string Shown(ValueMap<Quantity> amounts) =>
        string.Join(',', amounts.Select(amount => $"{amount.Key}={amount.Value}"));

    private static Pod With(string cpu, string memory, params ContainerResizePolicy[] policies)
    {
        var amounts = ValueMap<Quantity>.From(
            [new("cpu", Quantity.Parse(cpu)), new("memory", Quantity.Parse(memory))]);
        return PodSpecs.Of(PodSpecs.App("app") with
        {
            Resources = new ResourceRequirements { Limits = amounts, Requests = amounts },
            ResizePolicy = policies.ToValueList(),
        });
    }
}
