using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Scheduling;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

public sealed class PodRequestsTests
{
    // init: plain init containers by their cpu, "s" before it marks a sidecar.
    [Theory]
    [InlineData("200m 300m", "", null, null, 500)]
    [InlineData("200m 300m", "400m s100m 600m", null, null, 700)]
    [InlineData("200m 300m", "400m", null, null, 500)]
    [InlineData("200m 300m", "900m", null, null, 900)]
    [InlineData("200m 300m", "s100m s200m", null, null, 800)]
    [InlineData("200m", "s100m 50m s1 50m", null, null, 1300)]
    [InlineData("200m", "", "50m", null, 250)]
    [InlineData("200m", "900m", null, "400m", 400)]
    [InlineData("200m", "", "50m", "400m", 450)]
    [InlineData("-", "", null, null, 0)]
    public void A_pod_requests_what_its_containers_need_at_most(
        string containers, string init, string? overhead, string? podLevel, long expectedMilli)
    {
        var spec = new PodSpec
        {
            Containers = [.. Parse(containers)],
            InitContainers = [.. Parse(init)],
            Overhead = overhead is null ? ValueMap<Quantity>.Empty : Quantities(("cpu", overhead)),
            Resources = podLevel is null
                ? null
                : new ResourceRequirements { Requests = Quantities(("cpu", podLevel)) },
        };

        Assert.Equal(expectedMilli, PodRequests.Of(spec).GetValueOrDefault("cpu"));
    }

    [Fact]
    public void Amounts_are_in_milli_cores_bytes_and_units()
    {
        var spec = Pod("p", "1500m", "1Gi").Spec;
        var container = spec.Containers[0];
        spec = spec with
        {
            Containers =
            [
                container with
                {
                    Resources = container.Resources with
                    {
                        Requests = container.Resources.Requests
                            .With("nvidia.com/gpu", Quantity.Parse("2"))
                            .With("ephemeral-storage", Quantity.Parse("1k")),
                    },
                },
            ],
        };

        Assert.Equal(
            [("cpu", 1500), ("ephemeral-storage", 1000), ("memory", 1L << 30), ("nvidia.com/gpu", 2)],
            PodRequests.Of(spec).Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public void Scores_assume_something_of_pods_that_request_nothing() =>
        Assert.Equal((100, 200L << 20), PodRequests.ForScoring(Pod("p").Spec));

    private static IEnumerable<Container> Parse(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part switch
        {
            "-" => Container(),
            ['s', .. var cpu] => Container(cpu, restartPolicy: "Always"),
            _ => Container(part),
        });
}
