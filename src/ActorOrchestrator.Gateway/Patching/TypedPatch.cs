using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Patching;

/// <summary>Applies a patch to an object of the model.</summary>
internal static class TypedPatch
{
    private const int ShownLengthMax = 1_000;

    /// <summary>A JSON, merge or strategic merge patch.</summary>
    public static KubeObject Apply(
        ApiRequest request, ResourceKind kind, KubeObject current, PatchDocument patch) =>
        FaceOf(request, kind) is { } face
            ? face.ToStored(ApplyShown(request, face.Shown, face.FromStored(current), patch))
            : ApplyShown(request, kind, current, patch);

    private static KubeObject ApplyShown(
        ApiRequest request, ResourceKind kind, KubeObject current, PatchDocument patch)
    {
        var document = JsonTree.Of(current);
        var result = patch.Type switch
        {
            PatchType.Json => JsonPatch.Apply(document, patch.Node),
            PatchType.Merge => MergePatch.Apply(document, patch.Node),
            PatchType.Strategic => StrategicMergePatch.Apply(document, patch.Node, TypeSchema.Of(kind)),
            _ => throw new InvalidOperationException($"a {patch.Type} patch is not applied to a document"),
        };
        return Identified(request, kind, current, Decoded(request, kind, result));
    }

    /// <summary>A server-side apply. Without a current object it is a new one.</summary>
    public static KubeObject Merged(
        ApiRequest request, ResourceKind kind, KubeObject? current, JsonNode config, FieldWriter writer,
        bool force) =>
        FaceOf(request, kind) is { } face
            ? face.ToStored(MergedShown(
                request, face.Shown, current is null ? null : face.FromStored(current), config, writer, force))
            : MergedShown(request, kind, current, config, writer, force);

    /// <summary>What a patch of the resource itself is applied to, where that has another face.</summary>
    private static ApiFace? FaceOf(ApiRequest request, ResourceKind kind) =>
        kind == request.Kind ? request.Format.Face : null;

    private static KubeObject MergedShown(
        ApiRequest request, ResourceKind kind, KubeObject? current, JsonNode config, FieldWriter writer, bool force)
    {
        var result = ServerSideApply.Apply(kind, current, config, writer, force);
        var merged = UpdateVerb.Addressed(request, Decoded(request, kind, result));
        return current is null ? merged : Identified(request, kind, current, merged);
    }

    private static KubeObject Decoded(ApiRequest request, ResourceKind kind, PatchResult result) => result switch
    {
        PatchResult.Patched patched => Decode(request, kind, patched.Node),
        PatchResult.Refused refused => throw PatchDocument.Refused(refused.Failure),
        _ => throw new InvalidOperationException($"unknown result {result.GetType().Name}"),
    };

    /// <summary>A patch cannot make the object another one: its uid is a field like others, only that it never
    /// changes. In a PUT, it is a precondition.</summary>
    private static KubeObject Identified(
        ApiRequest request, ResourceKind kind, KubeObject current, KubeObject patched) =>
        patched.Metadata.Uid is { Length: > 0 } uid && uid != current.Metadata.Uid
            ? throw Failure.Invalid(kind, request.Name, [new FieldError(
                FieldErrorType.Invalid, "metadata.uid", FieldError.Quote(uid), "field is immutable")])
            : patched;

    /// <summary>The document as an object of its kind; 422 when it is none, as kube-apiserver answers.</summary>
    public static KubeObject Decode(ApiRequest request, ResourceKind kind, JsonNode node)
    {
        var json = JsonTree.Encode(node);
        switch (KubeJson.Decode(json, kind, BodyDecoder.Validation(request)))
        {
            case DecodeOutcome.Decoded decoded:
                foreach (var warning in decoded.Warnings)
                {
                    request.Warn(warning);
                }

                return decoded.Object;
            case DecodeOutcome.Refused { Message: var why }
                when why.Contains("strict decoding", StringComparison.Ordinal):
                throw Failure.BadRequest(why);
            case DecodeOutcome.Refused refused:
                var shown = JsonTree.Text(node);
                throw Failure.Invalid("", "", [new FieldError(
                    FieldErrorType.Invalid, "patch",
                    FieldError.Quote(shown[..Math.Min(shown.Length, ShownLengthMax)]), refused.Message)]);
            case var other:
                throw new InvalidOperationException($"unknown outcome {other.GetType().Name}");
        }
    }
}
