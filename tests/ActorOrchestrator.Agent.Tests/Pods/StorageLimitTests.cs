using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Tests.Pods;

/// <summary>Pods that write more than they may.</summary>
public sealed class StorageLimitTests : IDisposable
{
    private readonly PodWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>Volume v may have 1Mi, container a 4Mi, b 2Mi; so the pod may have 6Mi. In KiB.</summary>
    [Theory]
    [InlineData(1024, 0, 0, 0, null)]
    [InlineData(1025, 0, 0, 0, "Usage of EmptyDir volume \"v\" exceeds the limit \"1Mi\". ")]
    [InlineData(0, 4096, 0, 0, null)]
    [InlineData(0, 4000, 96, 0, null)]
    [InlineData(0, 4000, 97, 0, "Container a exceeded its local ephemeral storage limit \"4Mi\". ")]
    [InlineData(0, 0, 0, 2049, "Container b exceeded its local ephemeral storage limit \"2Mi\". ")]
    [InlineData(512, 3584, 0, 2048, null)]
    [InlineData(513, 3584, 0, 2048,
        "Pod ephemeral local storage usage exceeds the total limit of containers 6Mi. ")]
    public void A_pod_that_exceeds_a_limit_is_evicted(int volume, int written, int logged, int other, string? message)
    {
        _world.Files.VolumeBytes["v"] = volume * 1024L;
        _world.Runtime.Written["a"] = written * 1024L;
        _world.Files.LogBytes["a"] = logged * 1024L;
        _world.Runtime.Written["b"] = other * 1024L;
        _world.Start(PodSpecs.Of(Limited("a", "4Mi"), Limited("b", "2Mi")).With(spec => spec with
        {
            Volumes = [Scratch("v", "", "1Mi")],
        })).Advance(60);
        Assert.Equal(message is null ? "Running" : "Failed", _world.Status.Phase);
        Assert.Equal(message, _world.Status.Message);
        Assert.Equal(message is null ? null : "Evicted", _world.Status.Reason);
        Assert.Equal(
            message is null ? [] : [$"Warning Evicted {message}"],
            _world.Cluster.Events.Where(told => told.Contains("Evicted", StringComparison.Ordinal)));
        var told = _world.Cluster.Events.Select(line => line.Split(' ')[1])
            .Where(each => each is "Evicted" or "Killing");
        Assert.Equal(message is null ? [] : ["Evicted", "Killing", "Killing"], told);
    }

    [Fact]
    public void It_is_found_within_ten_seconds_and_ends_at_once_for_good()
    {
        _world.Runtime.Deaf.Add("app");
        var pod = PodSpecs.Of().With(spec => spec with { Volumes = [Scratch("v", "", "1Mi")] });
        _world.Start(pod).Advance(60);
        Assert.Equal("Running", _world.Status.Phase);
        _world.Files.VolumeBytes["v"] = 2L << 20;
        _world.Advance(10);
        Assert.Contains("stop app/0 2s", _world.Runtime.Calls);
        _world.Advance(2);
        Assert.Equal("Failed", _world.Status.Phase);

        _world.Files.VolumeBytes.Clear();
        _world.Restart(pod).Advance(60);
        Assert.Equal(("Failed", "Evicted"), (_world.Status.Phase, _world.Status.Reason));
        Assert.DoesNotContain(_world.Runtime.Calls, call => call.StartsWith("create", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", null, 0)]
    [InlineData("Memory", "1Mi", 0)]
    [InlineData("", "1Mi", 7)]
    public void Only_pods_with_limits_on_disk_are_measured(string medium, string? limit, int expected)
    {
        _world.Start(PodSpecs.Of().With(spec => spec with { Volumes = [Scratch("v", medium, limit)] })).Advance(60);
        Assert.Equal(expected, _world.Files.Measured);
    }

    private static Volume Scratch(string name, string medium, string? limit) => new()
    {
        Name = name,
        EmptyDir = new EmptyDirVolumeSource
        {
            Medium = medium, SizeLimit = limit is null ? null : Quantity.Parse(limit),
        },
    };

    private static Container Limited(string name, string limit) => PodSpecs.App(name) with
    {
        Resources = new ResourceRequirements
        {
            Limits = ValueMap<Quantity>.From([new("ephemeral-storage", Quantity.Parse(limit))]),
        },
    };
}
