using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Patching;

/// <summary>Keeps <c>metadata.managedFields</c>: who wrote which field, when.</summary>
internal static class FieldOwnership
{
    public static KubeObject Created(ApiRequest request, KubeObject value) =>
        With(value, ManagedFields.OfCreated(value, WriterOf(request)));

    public static KubeObject Updated(ApiRequest request, KubeObject current, KubeObject proposed) =>
        With(proposed, ManagedFields.OfUpdated(current, proposed, WriterOf(request)));

    /// <summary>Who writes, and by which subresource: what is written by status, scale and resize is owned
    /// apart.</summary>
    public static FieldWriter WriterOf(ApiRequest request) => new(
        request.FieldManager(), (request.Format.Face?.Shown ?? request.Kind).ApiVersion,
        request.Info.Subresource is Subresources.Status or Subresources.Scale or Subresources.Resize
            ? request.Info.Subresource
            : null,
        request.Now);

    private static KubeObject With(KubeObject value, ValueList<ManagedFieldsEntry> entries) =>
        value with { Metadata = value.Metadata with { ManagedFields = entries } };
}
