using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Admission;

/// <summary>Creates an object in a namespace that holds some others; objects are JSON with single quotes.</summary>
internal static class AdmissionRun
{
    public const string Namespace = "team";

    /// <summary>The pod as it is stored, or what its creation is refused with.</summary>
    public static (Pod? Pod, Status? Refusal) CreatePod(string spec, params string[] facts)
    {
        var (created, refusal) = Create(
            $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'p'}},'spec':{spec}}}", facts);
        return ((Pod?)created, refusal);
    }

    public static (KubeObject? Object, Status? Refusal) Create(string json, params string[] facts)
    {
        var proposed = Read(json);
        IBehavior behavior = proposed is Pod ? new PodDecider() : new DocumentBehavior();
        var run = new EntityRun(behavior, EntityKey.Of(proposed)) { Facts = FactsOf(facts) }
            .Send(new Create(proposed));
        return (run.Object, (run.LastReply as Reply.Rejected)?.Status);
    }

    /// <summary>What is said when a pod that was there before these facts gets another one's labels and
    /// containers.</summary>
    public static Status? ChangePod(string before, string after, string? subresource, params string[] facts)
    {
        var (current, changed) = ((Pod)Read(before), (Pod)Read(after));
        var run = new EntityRun(new PodDecider(), EntityKey.Of(current)).Send(new Create(current));
        run.Facts = FactsOf(facts);
        var stored = (Pod)run.Object!;
        var proposed = stored with
        {
            Metadata = stored.Metadata with { Labels = changed.Metadata.Labels },
            Spec = stored.Spec with
            {
                Containers = changed.Spec.Containers, EphemeralContainers = changed.Spec.EphemeralContainers,
            },
        };
        return (run.Send(new Replace(proposed) { Subresource = subresource }).LastReply as Reply.Rejected)?.Status;
    }

    public static ClusterFacts FactsOf(params string[] facts) => facts.Select(Read).Aggregate(
        ClusterFacts.None,
        (known, value) => known.Observe(new ObjectChange(EntityKey.Of(value), null, value, 1)));

    public static KubeObject Read(string json)
    {
        var value = Defaults.Apply(KubeJson.ReadObject(Encoding.UTF8.GetBytes(json.Replace('\'', '"'))));
        return KindRegistry.Of(value).Namespaced
            ? value with { Metadata = value.Metadata with { Namespace = Namespace } }
            : value;
    }
}
