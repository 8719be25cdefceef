using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Wire;

/// <summary>Decodes request bodies: JSON or YAML by Content-Type, strictness by <c>fieldValidation</c>.</summary>
internal static class BodyDecoder
{
    private const string Json = "application/json";

    public static async ValueTask<KubeObject> ReadAsync(ApiRequest request, ResourceKind kind)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, request.Aborted);
        return Decode(
            request, kind, IsYaml(request.Http.Request) ? Codec.JsonOfYaml(body.Written) : body.Written.Span);
    }

    public static KubeObject Decode(ApiRequest request, ResourceKind kind, ReadOnlySpan<byte> body)
    {
        var validation = Validation(request);
        switch (KubeJson.Decode(body, kind, validation))
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

    /// <summary>Reads a record that is sent for its content whatever version it names (DeleteOptions, Eviction).</summary>
    public static T Read<T>(ApiRequest request, ReadOnlyMemory<byte> body, string kind) where T : class
    {
        var json = IsYaml(request.Http.Request) ? Codec.JsonOfYaml(body) : body;
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

    public static bool IsYaml(HttpRequest request)
    {
        var type = MediaType(request);
        return type switch
        {
            "" or Json => false,
            "application/yaml" => true,
            _ => throw Failure.UnsupportedMediaType(),
        };
    }

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
