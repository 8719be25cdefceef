using System.Collections.Immutable;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>A Deployment: the object, its durable claims on ReplicaSets, and what it has heard since
/// activation.</summary>
public sealed record DeploymentState(KubeObject? Object) : ObjectState(Object)
{
    public static new readonly DeploymentState Absent = new((KubeObject?)null);

    public ImmutableSortedDictionary<string, ReplicaSetClaim> Claims { get; init; } = ReplicaSetClaims.None;

    public bool AdoptableKnown { get; init; }

    /// <summary>The creation of a ReplicaSet was refused: none before this time.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public Deployment? Deployment => (Deployment?)Object;
}

/// <summary>The creation of a ReplicaSet was refused, and is to be tried again.</summary>
public sealed record ReplicaSetCreationFailed(DateTimeOffset RetryAt) : DomainEvent
{
    public override EventScope Scope => EventScope.Volatile;
}
