using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Domain.Tests.Admission;
using ActorOrchestrator.Domain.Tests.Projections;

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

    [Fact]
    public void A_kind_without_behaviour_is_scaled_too()
    {
        var key = new EntityKey("statefulsets.apps", AdmissionRun.Namespace, "db");
        var run = new EntityRun(new DocumentBehavior(), key);
        run.Send(new SetScale(4));
        Assert.Equal(404, Assert.IsType<Reply.Rejected>(run.LastReply).Status.Code);
        run.Send(new Create(AdmissionRun.Read(
            "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'db'},'spec':{'serviceName':'db',"
            + "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':"
            + "[{'name':'c','image':'i'}]}}}}")))
            .Send(new SetScale(4));
        Assert.Equal(4, ((StatefulSet)Assert.IsType<Reply.Accepted>(run.LastReply).Object).Spec.Replicas);
        Assert.Equal(4, ((StatefulSet)run.Object!).Spec.Replicas);
    }

    private static Deployment Created(Deployment deployment) => deployment with
    {
        Metadata = deployment.Metadata with { ManagedFields = ManagedFields.OfCreated(deployment, Creator) },
    };
}
