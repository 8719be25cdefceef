using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using static ActorOrchestrator.Domain.Tests.Scheduling.Samples;

namespace ActorOrchestrator.Domain.Tests.Pods;

public sealed class PodFencingTests
{
    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    [InlineData("true", false, true)]
    [InlineData("true", true, true)]
    [InlineData("false", true, false)]
    [InlineData("yes", false, false)]
    public void A_pod_asks_for_it_or_mounts_a_claim(string? asked, bool mountsClaim, bool isFenced) =>
        Assert.Equal(isFenced, PodFencing.IsFenced(NewPod(asked, mountsClaim)));

    [Fact]
    public void A_mirror_has_nobody_who_would_make_another()
    {
        var pod = NewPod("true", mountsClaim: true);
        Assert.False(PodFencing.IsFenced(pod with
        {
            Metadata = pod.Metadata with
            {
                Annotations = pod.Metadata.Annotations.With(StaticPods.MirrorAnnotation, "hash"),
            },
        }));
    }

    /// <summary>Others are replaced as soon as they are told to go.</summary>
    [Theory]
    [InlineData("true", "Running", true)]
    [InlineData("false", "Running", false)]
    [InlineData("true", "Failed", false)]
    public void One_that_was_told_to_go_holds_its_place_until_it_has_ended(string asked, string phase, bool holds)
    {
        var pod = NewPod(asked, mountsClaim: false);
        var claim = (PodClaim)new PodClaim("uid-p", "p").Observe(pod with
        {
            Metadata = pod.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
            Status = new PodStatus { Phase = phase },
        });

        Assert.Equal((holds, false), (claim.MayBeActive, claim.IsWanted));
        Assert.False(((PodClaim)claim.Observe(null)).MayBeActive);
    }

    private static Pod NewPod(string? asked, bool mountsClaim)
    {
        var pod = Pod("p");
        var claim = new Volume
        {
            Name = "data",
            PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "data" },
        };
        return pod with
        {
            Metadata = asked is null
                ? pod.Metadata
                : pod.Metadata with { Annotations = pod.Metadata.Annotations.With(PodFencing.Annotation, asked) },
            Spec = mountsClaim ? pod.Spec with { Volumes = [claim] } : pod.Spec,
        };
    }
}
