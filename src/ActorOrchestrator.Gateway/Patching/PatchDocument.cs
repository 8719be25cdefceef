using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Wire;

namespace ActorOrchestrator.Gateway.Patching;

internal enum PatchType
{
    Json,
    Merge,
    Strategic,
    Apply,
}

/// <summary>A patch as it was sent, read but not yet applied.</summary>
internal sealed record PatchDocument(PatchType Type, JsonNode Node, bool Force)
{
    private const string Accepted =
        "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, "
        + "application/apply-patch+yaml";

    /// <summary>Whether the patch itself sets a resourceVersion: then it must not be tried again on a newer
    /// object.</summary>
    public bool NamesVersion { get; } = FindsVersion(Type, Node);

    public static async ValueTask<PatchDocument> ReadAsync(ApiRequest request)
    {
        var type = BodyDecoder.MediaType(request.Http.Request) switch
        {
            "application/json-patch+json" => PatchType.Json,
            "application/merge-patch+json" => PatchType.Merge,
            "application/strategic-merge-patch+json" => PatchType.Strategic,
            "application/apply-patch+yaml" => PatchType.Apply,
            _ => throw Failure.UnsupportedMediaType(Accepted),
        };
        CheckOptions(request, type);
        using var body = await RequestBody.ReadAsync(request.Http.Request, request.Aborted);
        var json = type == PatchType.Apply ? ConfigIn(request, body.Written) : body.Written;
        var node = PatchLimits.Read(json.Span, out var failure) ?? throw Refused(failure!);
        return new PatchDocument(type, node, request.Flag("force"));
    }

    /// <summary>The answer to a patch that cannot be read or does not fit.</summary>
    public static StatusException Refused(PatchFailure failure) => new(Api.Statuses.Failure(
        failure.Code, failure.Reason, failure.Message,
        failure.Causes.Count == 0
            ? null
            : new Api.StatusDetails { Causes = failure.Causes }));

    /// <summary>An applied configuration, which is YAML; what becomes of repeated keys the client says.</summary>
    private static ReadOnlyMemory<byte> ConfigIn(ApiRequest request, ReadOnlyMemory<byte> yaml)
    {
        var repeated = new List<string>();
        var json = Codec.JsonOfYaml(yaml, repeated);
        if (repeated.Count > 0)
        {
            OnRepeatedKeys(request, KubeYaml.RepeatedKeys(repeated));
        }

        return json;
    }

    private static void OnRepeatedKeys(ApiRequest request, string complaint)
    {
        switch (BodyDecoder.Validation(request))
        {
            case FieldValidation.Strict:
                throw Failure.BadRequest($"error strict decoding YAML: {complaint}");
            case FieldValidation.Warn:
                request.Warn(complaint);
                break;
        }
    }

    private static void CheckOptions(ApiRequest request, PatchType type)
    {
        if (type == PatchType.Apply && request.Query("fieldManager") is null)
        {
            throw Failure.Invalid("PatchOptions.meta.k8s.io", "", [new FieldError(
                FieldErrorType.Required, "fieldManager", null, "is required for apply patch")]);
        }

        if (type != PatchType.Apply && request.OptionalFlag("force") is not null)
        {
            throw Failure.Invalid("PatchOptions.meta.k8s.io", "", [new FieldError(
                FieldErrorType.Forbidden, "force", null, "may not be specified for non-apply patch")]);
        }
    }

    private static bool FindsVersion(PatchType type, JsonNode node) => type == PatchType.Json
        ? node is JsonArray operations && operations.Any(each =>
            each is JsonObject operation && operation["op"]?.ToString() is not "test"
            && operation["path"]?.ToString() == "/metadata/resourceVersion")
        : node is JsonObject document && document["metadata"] is JsonObject metadata
          && metadata["resourceVersion"]?.ToString() is { Length: > 0 };
}
