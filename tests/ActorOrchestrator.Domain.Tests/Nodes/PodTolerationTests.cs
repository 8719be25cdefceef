using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Nodes;

public sealed class PodTolerationTests
{
    [Fact]
    public void A_pod_is_created_with_five_minutes_of_tolerance_for_a_silent_node()
    {
        var run = new EntityRun(new PodDecider(), new EntityKey("pods", "default", "p")).Send(new Create(Pod("p")));

        var tolerations = ((Pod)run.Object!).Spec.Tolerations;
        Assert.Equal(
            ["node.kubernetes.io/not-ready NoExecute 300", "node.kubernetes.io/unreachable NoExecute 300"],
            tolerations.Select(one => $"{one.Key} {one.Effect} {one.TolerationSeconds}"));
    }
}
