using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain;

/// <summary>Whether an object, as it is stored, leaves its entity nothing to do by itself.</summary>
public static class Rest
{
    public static bool IsAtRest(KubeObject value) => value is not (Node or Deployment or ReplicaSet)
        && (value is not Namespace || value.Metadata.DeletionTimestamp is null);
}
