using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Gateway.Routing;

namespace ActorOrchestrator.Gateway.Patching;

/// <summary>Keeps <c>metadata.managedFields</c>: who wrote which field, when.</summary>
internal static class FieldOwnership
{
    public static KubeObject Created(ApiRequest request, KubeObject value) =>
        With(value, ManagedFields.OfCreated(Shown(request, value), WriterOf(request)));

    public static KubeObject Updated(ApiRequest request, KubeObject current, KubeObject proposed) =>
        With(proposed, ManagedFields.OfUpdated(
            Shown(request, current), Shown(request, proposed), WriterOf(request)));

    /// <summary>Who writes, and by which subresource: what is written by one is owned apart.</summary>
    public static FieldWriter WriterOf(ApiRequest request) => new(
        request.FieldManager(), (request.Format.Face?.Shown ?? request.Kind).ApiVersion,
        Subresources.IsPart(request.Info.Subresource) || request.Info.Subresource == Subresources.Scale
            ? request.Info.Subresource
            : null,
        request.Now);

    /// <summary>The object with the fields that the version of the request has.</summary>
    private static KubeObject Shown(ApiRequest request, KubeObject value) =>
        request.Format.Face is { } face && KindRegistry.Of(value) == request.Kind ? face.FromStored(value) : value;

    private static KubeObject With(KubeObject value, ValueList<ManagedFieldsEntry> entries) =>
        value with { Metadata = value.Metadata with { ManagedFields = entries } };
}
