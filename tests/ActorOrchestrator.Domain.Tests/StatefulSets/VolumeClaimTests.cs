using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.StatefulSets;

/// <summary>The claims of a StatefulSet's pods.</summary>
public sealed class VolumeClaimTests
{
    private readonly StatefulStage _stage = new(seed: 32);

    [Fact]
    public void Claims_are_there_before_their_pods_which_mount_them()
    {
        var missing = new List<string>();
        _stage.World.Committed += (key, _, @event) =>
        {
            if (key.Resource == "pods" && @event is ObjectCreated && _stage.Claim($"data-{key.Name}") is null)
            {
                missing.Add(key.Name);
            }
        };
        _stage.Apply(StatefulSetBuilder.Make(2).WithClaims());

        Assert.Empty(missing);
        Assert.Equal(2, _stage.Set.Status.ReadyReplicas);
        Assert.True(_stage.IsAtRest);
        var claim = _stage.Claim("data-web-1")!;
        Assert.Equal(("web", "fast"), (claim.Metadata.Labels["app"], claim.Metadata.Labels["disk"]));
        Assert.Empty(claim.Metadata.OwnerReferences);
        var volume = Assert.Single(_stage.Pods[1].Spec.Volumes);
        Assert.Equal(("data", "data-web-1"), (volume.Name, volume.PersistentVolumeClaim!.ClaimName));
        Assert.Equal(1, _stage.Told(
            "SuccessfulCreate: create Claim data-web-1 Pod web-1 in StatefulSet web success"));
    }

    [Fact]
    public void A_claim_that_is_there_is_used_and_none_is_ever_deleted()
    {
        _stage.Apply(StatefulSetBuilder.Make(2).WithClaims());
        var before = _stage.Claim("data-web-1")!.Metadata.Uid;
        _stage.Replace(set => set.WithReplicas(0));
        _stage.Replace(set => set.WithReplicas(2));
        Assert.Equal(before, _stage.Claim("data-web-1")!.Metadata.Uid);
        Assert.Equal(2, _stage.Told("SuccessfulCreate: create Claim"));
    }

    [Theory]
    [InlineData("Retain", "Retain", "", "")]
    [InlineData("Delete", "Retain", "StatefulSet", "StatefulSet")]
    [InlineData("Retain", "Delete", "", "Pod")]
    [InlineData("Delete", "Delete", "StatefulSet", "Pod")]
    public void Whose_end_is_a_claims_end_is_settled_before_the_pod_goes(
        string whenDeleted, string whenScaled, string staying, string surplus)
    {
        _stage.Apply(StatefulSetBuilder.Make(2).WithClaims(whenDeleted, whenScaled));
        Assert.Equal((staying, staying), (OwnerOf("data-web-0"), OwnerOf("data-web-1")));

        var going = _stage.Pods[1].Metadata.Uid;
        string? atDeletion = null;
        _stage.World.Committed += (key, _, @event) =>
        {
            if (key.Name == "web-1" && @event is DeletionRequested)
            {
                atDeletion = OwnerOf("data-web-1");
            }
        };
        _stage.Replace(set => set.WithReplicas(1));
        Assert.Equal((staying, surplus), (OwnerOf("data-web-0"), atDeletion));
        if (surplus == "Pod")
        {
            Assert.Equal(going, Assert.Single(_stage.Claim("data-web-1")!.Metadata.OwnerReferences).Uid);
        }
    }

    /// <summary>As in Kubernetes, which says nothing of it; here a Warning does.</summary>
    [Fact]
    public void Of_two_templates_of_one_name_the_last_one_counts()
    {
        _stage.Apply(StatefulSetBuilder.Make(1).WithClaims().WithSpec(spec => spec with
        {
            VolumeClaimTemplates =
            [
                .. spec.VolumeClaimTemplates,
                spec.VolumeClaimTemplates[0] with
                {
                    Spec = spec.VolumeClaimTemplates[0].Spec with { AccessModes = ["ReadWriteMany"] },
                },
            ],
        }));
        Assert.Equal(["ReadWriteMany"], _stage.Claim("data-web-0")!.Spec.AccessModes);
        Assert.Single(_stage.Pods[0].Spec.Volumes);
    }

    [Fact]
    public void Another_policy_gives_claims_another_owner_and_counts_as_observed_only_then()
    {
        _stage.Apply(StatefulSetBuilder.Make(2).WithClaims());
        string? atObservation = null;
        _stage.World.Committed += (key, _, @event) =>
        {
            if (@event is StatusChanged && _stage.Set.Status.ObservedGeneration == 2)
            {
                atObservation ??= OwnerOf("data-web-0") + OwnerOf("data-web-1");
            }
        };
        _stage.Replace(set => set.WithClaims(whenDeleted: "Delete"));
        Assert.Equal("StatefulSetStatefulSet", atObservation);
        Assert.True(_stage.IsAtRest);
        _stage.Replace(set => set.WithClaims());
        Assert.Equal("", OwnerOf("data-web-0"));
    }

    [Fact]
    public void A_claim_that_goes_with_its_former_pod_is_waited_for()
    {
        _stage.Apply(StatefulSetBuilder.Make(2).WithClaims(whenScaled: "Delete"));
        _stage.Replace(set => set.WithReplicas(1));
        var doomed = _stage.Claim("data-web-1")!;
        _stage.Replace(set => set.WithReplicas(2));
        Assert.Single(_stage.Pods);
        Assert.Equal("ClaimTerminating", _stage.Waiting?.Reason);

        // As garbage collection does.
        _stage.World.Ask(EntityKey.Of(doomed), Delete.Exactly(doomed.Metadata.Uid!));
        _stage.World.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal(2, _stage.Pods.Count);
        Assert.NotEqual(doomed.Metadata.Uid, _stage.Claim("data-web-1")!.Metadata.Uid);
        Assert.Null(_stage.Waiting);
    }

    [Fact]
    public void A_claim_deleted_with_its_pod_is_made_anew()
    {
        _stage.Apply(StatefulSetBuilder.Make(1).WithClaims());
        var lost = _stage.Claim("data-web-0")!;
        _stage.World.Ask(EntityKey.Of(lost), Delete.Background);
        _stage.Delete("web-0");
        Assert.NotEqual(lost.Metadata.Uid, _stage.Claim("data-web-0")!.Metadata.Uid);
    }

    [Fact]
    public void Anothers_claim_is_used_and_left_to_its_controller()
    {
        var owner = new OwnerReference
        {
            ApiVersion = "example.com/v1", Kind = "Store", Name = "s", Uid = "u-1", Controller = true,
        };
        var claim = new PersistentVolumeClaim
        {
            Metadata = new ObjectMeta { Name = "data-web-0", Namespace = "default", OwnerReferences = [owner] },
            Spec = StatefulSetBuilder.Make(1).WithClaims().Spec.VolumeClaimTemplates[0].Spec,
        };
        _stage.World.Ask(EntityKey.Of(claim), new Create(claim));
        _stage.Apply(StatefulSetBuilder.Make(1).WithClaims(whenDeleted: "Delete"));
        Assert.Single(_stage.Pods);
        Assert.Equal([owner], _stage.Claim("data-web-0")!.Metadata.OwnerReferences);
    }

    /// <summary>The labels of a claim's template are checked nowhere before.</summary>
    [Theory]
    [InlineData("Retain")]
    [InlineData("Delete")]
    public void A_claim_keeps_the_rules_of_a_new_one(string whenDeleted)
    {
        _stage.Apply(StatefulSetBuilder.Make(1).WithClaims(whenDeleted).WithSpec(spec => spec with
        {
            VolumeClaimTemplates =
            [
                spec.VolumeClaimTemplates[0] with
                {
                    Metadata = spec.VolumeClaimTemplates[0].Metadata with
                    {
                        Labels = DeploymentBuilder.Label("disk", "no label!"),
                    },
                },
            ],
        }));
        Assert.Null(_stage.Claim("data-web-0"));
        Assert.InRange(_stage.Told(
            "FailedCreate: create Claim data-web-0 for Pod web-0 in StatefulSet web failed error: "
            + "PersistentVolumeClaim \"data-web-0\" is invalid: metadata.labels: Invalid value: \"no label!\""), 1, 6);
    }

    [Fact]
    public void A_refused_claim_is_told_and_tried_again()
    {
        _stage.World.Refusals["persistentvolumeclaims"] =
            Statuses.Forbidden("persistentvolumeclaims", "data-web-0", "exceeded quota: small");
        _stage.Apply(StatefulSetBuilder.Make(1).WithClaims());
        _stage.World.RunFor(TimeSpan.FromSeconds(10));

        Assert.Empty(_stage.Pods);
        Assert.InRange(_stage.Told(
            "FailedCreate: create Claim data-web-0 for Pod web-0 in StatefulSet web failed error: "), 2, 6);
        Assert.Equal("FailedCreate", _stage.Waiting?.Reason);
        _stage.World.Refusals.Clear();
        _stage.World.RunFor(TimeSpan.FromMinutes(1));
        Assert.Single(_stage.Pods);
        Assert.True(_stage.IsAtRest);
    }

    private string OwnerOf(string claim) =>
        string.Join(' ', _stage.Claim(claim)!.Metadata.OwnerReferences.Select(owner => owner.Kind));
}
