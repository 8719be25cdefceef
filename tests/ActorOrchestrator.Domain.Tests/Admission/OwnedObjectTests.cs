using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Admission;

/// <summary>What owners make keeps the rules of a new object, also where their templates may say more.</summary>
public sealed class OwnedObjectTests
{
    private const string Good = "'containers':[{'name':'c','image':'i'}]";

    private const string Bound = "'nodeName':'n','schedulingGates':[{'name':'a/b'}]";
    private const string IsBound =
        "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared";

    private const string Pathless = "'volumes':[{'name':'i','image':{}}]";
    private const string IsPathless = "spec.volumes[0].image.reference: Required value";

    [Theory]
    [InlineData("ReplicaSet", "apps/v1", Bound, IsBound)]
    [InlineData("ReplicaSet", "apps/v1", Pathless, IsPathless)]
    [InlineData("ReplicationController", "v1", Bound, IsBound)]
    [InlineData("StatefulSet", "apps/v1", Pathless, IsPathless)]
    [InlineData("DaemonSet", "apps/v1", Pathless, IsPathless)]
    [InlineData("Job", "batch/v1", Bound, IsBound)]
    [InlineData("ReplicaSet", "apps/v1", "'schedulingGates':[{'name':'a/b'}]", null)]
    [InlineData("ReplicaSet", "apps/v1", "'resources':{'limits':{'cpu':'1'}}", null)]
    public void A_pod_from_a_template_keeps_the_rules_of_a_new_pod(
        string kind, string version, string spec, string? complaint)
    {
        var owner = AdmissionRun.Read(
            $"{{'apiVersion':'{version}','kind':'{kind}','metadata':{{'name':'web','uid':'owner'}},'spec':{{'template':"
            + $"{{'metadata':{{'labels':{{'a':'b'}}}},'spec':{{{spec},{Good}}}}}}}}}");
        var template = ((Pod)AdmissionRun.Read(
            $"{{'apiVersion':'v1','kind':'Pod','metadata':{{}},'spec':{{{spec},{Good}}}}}")).Spec;
        var pod = PodFromTemplate.Create(
            owner, new PodTemplateSpec { Spec = template }, new PodClaim("child", "web-x"));
        var run = new EntityRun(new PodDecider(), EntityKey.Of(pod)).Send(new Create(pod));

        var told = run.Effects.OfType<Effect.Tell>().Select(tell => tell.Message).OfType<ChildRefused>()
            .SingleOrDefault()?.Status.Message;
        Assert.Equal(complaint is null ? null : $"Pod \"web-x\" is invalid: {complaint}", told);
        Assert.Equal(complaint is null, run.Object is not null);
    }
}
