using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Patching;

namespace ActorOrchestrator.Domain.Tests.Objects;

public sealed class SetScaleTests
{
    private static readonly FieldWriter Creator = new("creator", "apps/v1", null, DateTimeOffset.UnixEpoch);

    private static readonly Deployment Live = Created(new Deployment
    {
        Metadata = new ObjectMeta { Name = "web" }, Spec = new DeploymentSpec { Replicas = 3, Paused = true },
    });

    private static readonly Deployment Scaled = Live with { Spec = Live.Spec with { Replicas = 5 } };

    [Fact]
    public void Who_scales_owns_the_replicas()
    {
        var scale = new SetScale(5) { Writer = Creator with { Manager = "kubectl", Subresource = "scale" } };
        var owners = scale.Owned(Live, Scaled).Metadata.ManagedFields;

        Assert.Equal(
            ["creator: {\"f:spec\":{\"f:paused\":{}}}", "kubectl scale: {\"f:spec\":{\"f:replicas\":{}}}"],
            owners.Select(entry => $"{entry.Manager} {entry.Subresource}".Trim() + $": {entry.FieldsV1}"));
    }

    [Fact]
    public void Without_a_writer_the_owners_stay() =>
        Assert.Equal(Live.Metadata.ManagedFields, new SetScale(5).Owned(Live, Scaled).Metadata.ManagedFields);

    private static Deployment Created(Deployment deployment) => deployment with
    {
        Metadata = deployment.Metadata with { ManagedFields = ManagedFields.OfCreated(deployment, Creator) },
    };
}
