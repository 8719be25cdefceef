using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment: the object, its durable claims on ReplicaSets, and what it has heard since
/// activation.</summary>
public sealed record DeploymentState(KubeObject? Object) : OwnerState<ReplicaSetClaim>(Object)
{
    public static new readonly DeploymentState Absent = new((KubeObject?)null);

    public Deployment? Deployment => (Deployment?)Object;
}
