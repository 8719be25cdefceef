using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Simulator.Log;

namespace ActorOrchestrator.TestKit.Tests;

public sealed class ScriptedWorldTests : IDisposable
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers: [{name: app, image: "app:v1"}]
        """;

    private readonly ScriptedWorld _world = new(seed: 3);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_deployment_comes_up_and_survives_the_control_plane()
    {
        _world.AddMachines(2);
        _world.Create(Web);
        _world.UntilAtRest(TimeSpan.FromMinutes(1));
        var before = _world.All<Pod>().Select(pod => pod.Metadata.Uid).ToList();

        _world.KillControl();
        _world.Pass(TimeSpan.FromMinutes(1));
        _world.StartControl();
        _world.UntilAtRest(TimeSpan.FromMinutes(1));

        Assert.Equal(2, before.Count);
        Assert.Equal(before, _world.All<Pod>().Select(pod => pod.Metadata.Uid));
    }

    [Fact]
    public void Waiting_in_vain_says_for_what_and_how_it_is_instead()
    {
        _world.Create(Web);
        var failure = Assert.Throws<TestKitException>(() => _world.Until(
            "two available replicas",
            () => _world.Find<Deployment>("default", "web")!.Status.AvailableReplicas is var available && available == 2
                ? null
                : $"{available} available",
            TimeSpan.FromSeconds(30)));
        Assert.Equal("waits for two available replicas: not within 30 s; it is 0 available", failure.Message);
        Assert.InRange(_world.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(35));
    }

    [Fact]
    public void What_is_refused_fails_the_test()
    {
        var failure = Assert.Throws<TestKitException>(
            () => _world.Create("{apiVersion: v1, kind: ConfigMap, metadata: {name: Not A Name}}"));
        Assert.Contains("was answered with 422", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_is_away_refuses_writes_until_it_is_back()
    {
        _world.LogWeather = LogWeather.Fair with { IsAway = true };
        var failure = Assert.Throws<TestKitException>(
            () => _world.Create("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}"));
        Assert.Contains("was answered with 503", failure.Message, StringComparison.Ordinal);
        _world.LogWeather = LogWeather.Fair;
        _world.Pass(TimeSpan.FromSeconds(10));
        _world.Create("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}");
        Assert.NotNull(_world.Find<ConfigMap>("default", "settings"));
    }

    [Fact]
    public void A_machine_that_is_not_there_is_named()
    {
        _world.AddMachines(1);
        var failure = Assert.Throws<TestKitException>(() => _world.PowerOff("node-7"));
        Assert.Equal("there is no machine node-7; there are node-1", failure.Message);
        Assert.Throws<TestKitException>(() => _world.KillContainer("nobody"));
    }
}
