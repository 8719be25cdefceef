using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Pods;

namespace ActorOrchestrator.TestKit.Tests;

/// <summary>What PodDeciderTests and NodeDeciderTests say, as stories.</summary>
public sealed class PodStoryTests
{
    private const string Uid = "11111111-0000-4000-8000-000000000001";

    [Fact]
    public void A_pod_is_bound_once_and_for_good() => Given
        .Object(new PodDecider(), Pending())
        .When(new BindPod(null, "n1"))
        .Then(Expect.Accepted(), Expect.OnlyEvent<PodBound>(), Expect.Object<Pod>(pod => pod.Spec.NodeName == "n1"))
        .When(new BindPod(null, "n2"))
        .Then(Expect.Refused("Conflict"), Expect.Unchanged)
        .When(new BindPod(null, "n1"))
        .Then(Expect.Accepted(), Expect.NoEvent);

    [Fact]
    public void A_finished_pod_never_runs_again() => Given
        .Object(new PodDecider(), Pending())
        .When(new BindPod(null, "n1")).And
        .When(new PodStatusReported(Uid, new PodStatus { Phase = "Succeeded" }))
        .Then(Expect.Event<StatusChanged>())
        .When(new PodStatusReported(Uid, new PodStatus { Phase = "Running" }))
        .Then(Expect.Object<Pod>(pod => pod.Status.Phase == "Succeeded"));

    [Fact]
    public void A_running_pod_stays_until_its_node_has_stopped_it() => Given
        .Object(new PodDecider(), Pending())
        .When(new BindPod(null, "n1")).And
        .When(Delete.Background)
        .Then(Expect.Accepted(), Expect.Object<Pod>(pod => pod.Metadata.DeletionGracePeriodSeconds == 30))
        .When(new PodStopped("another", new PodStatus()))
        .Then(Expect.Refused("Conflict"), Expect.NoEvent)
        .AfterRestart()
        .Then(Expect.Object<Pod>(pod => pod.Metadata.DeletionTimestamp != null))
        .When(new PodStopped(Uid, new PodStatus { Phase = "Succeeded" }))
        .Then(Expect.Gone);

    private static Pod Pending() => new()
    {
        Metadata = new() { Name = "web-1", Namespace = "default", Uid = Uid, Generation = 1 },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "busybox" }] },
        Status = new PodStatus { Phase = "Pending" },
    };
}
