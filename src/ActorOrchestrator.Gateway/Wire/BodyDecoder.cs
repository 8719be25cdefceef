using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Protobuf;
using ActorOrchestrator.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Wire;

/// <summary>Decodes request bodies: JSON, YAML or protobuf by Content-Type, strictness by
/// <c>fieldValidation</c>.</summary>
internal static class BodyDecoder
{
    public static async ValueTask<KubeObject> ReadAsync(ApiRequest request, ResourceKind kind)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, request.Aborted);
        var repeated = new List<string>();
        var face = kind == request.Kind ? request.Format.Face : null;
        kind = face?.Shown ?? kind;
        var json = JsonOf(request.Http.Request, body.Written, kind.ClrType, repeated);
        var decoded = Decode(request, kind, json.Span, repeated.Count == 0 ? null : KubeYaml.RepeatedKeys(repeated));
        return face?.ToStored(decoded) ?? decoded;
    }

    private static KubeObject Decode(
        ApiRequest request, ResourceKind kind, ReadOnlySpan<byte> body, string? complaint)
    {
        var validation = Validation(request);
        switch (KubeJson.Decode(body, kind, validation, complaint))
        {
            case DecodeOutcome.Decoded decoded:
                foreach (var warning in decoded.Warnings)
                {
                    request.Warn(warning);
                }

                return decoded.Object;
            case DecodeOutcome.Refused refused:
                throw Failure.BadRequest(refused.Message);
            case var other:
                throw new InvalidOperationException($"unknown outcome {other.GetType().Name}");
        }
    }

    /// <summary>Reads a record that is sent for its content whatever version it names (DeleteOptions,
    /// Eviction).</summary>
    public static T Read<T>(ApiRequest request, ReadOnlyMemory<byte> body, string kind) where T : class
    {
        var json = JsonOf(request.Http.Request, body, typeof(T), repeated: []);
        try
        {
            var named = KubeJson.PeekType(json.Span).Kind;
            return named.Length == 0 || named == kind
                ? KubeJson.Read<T>(json.Span)
                : throw Failure.BadRequest($"expect {kind}, got {named}");
        }
        catch (KubeJsonException broken)
        {
            throw Failure.BadRequest(broken.Message);
        }
    }

    /// <summary>The body as JSON, whatever it was sent as.</summary>
    private static ReadOnlyMemory<byte> JsonOf(
        HttpRequest request, ReadOnlyMemory<byte> body, Type type, List<string> repeated) =>
        MediaType(request) switch
        {
            "" or "application/json" => body,
            "application/yaml" => Codec.JsonOfYaml(body, repeated),
            "application/vnd.kubernetes.protobuf" => ProtobufToJson.Convert(body, type),
            _ => throw Failure.UnsupportedMediaType(),
        };

    /// <summary>The Content-Type without its parameters.</summary>
    public static string MediaType(HttpRequest request)
    {
        var type = request.ContentType ?? "";
        var end = type.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? type : type[..end]).Trim().ToLowerInvariant();
    }

    public static FieldValidation Validation(ApiRequest request) => request.Query("fieldValidation") switch
    {
        null or "Warn" => FieldValidation.Warn,
        "Strict" => FieldValidation.Strict,
        "Ignore" => FieldValidation.Ignore,
        var other => throw Failure.Invalid("CreateOptions.meta.k8s.io", "", [new FieldError(
            FieldErrorType.NotSupported, "fieldValidation", FieldError.Quote(other),
            "supported values: \"Ignore\", \"Warn\", \"Strict\"")]),
    };
}
