using System.Text.Json;
using ActorOrchestrator.Gateway.Protobuf;

namespace ActorOrchestrator.Gateway.OpenApi;

/// <summary>
/// The OpenAPI v2 document as gnostic's <c>openapi.v2.Document</c>: the only form in which kubectl before 1.27 reads
/// it, to check manifests before it sends them. Field numbers are those of gnostic's OpenAPIv2.proto; what kubectl
/// never looks at (responses, examples, headers) is left out.
/// </summary>
internal static class OpenApiV2Protobuf
{
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    public static byte[] Encode(ReadOnlyMemory<byte> openApiV2)
    {
        using var document = JsonDocument.Parse(openApiV2, new JsonDocumentOptions { MaxDepth = 128 });
        var root = document.RootElement;
        var message = new ProtobufMessage().Text(1, Text(root, "swagger"));
        if (root.TryGetProperty("info", out var info))
        {
            message.Nested(2, new ProtobufMessage().Text(1, Text(info, "title")).Text(2, Text(info, "version")));
        }

        var paths = new ProtobufMessage();
        foreach (var path in Members(root, "paths"))
        {
            paths.Nested(2, Named(path.Name, PathItem(path.Value)));
        }

        var definitions = new ProtobufMessage();
        foreach (var definition in Members(root, "definitions"))
        {
            definitions.Nested(1, Named(definition.Name, Schema(definition.Value)));
        }

        return message.Nested(8, paths).Nested(9, definitions).ToArray();
    }

    private static ProtobufMessage PathItem(JsonElement item)
    {
        var message = new ProtobufMessage()
            .Nested(2, Operation(item, "get"))
            .Nested(3, Operation(item, "put"))
            .Nested(4, Operation(item, "post"))
            .Nested(5, Operation(item, "delete"))
            .Nested(8, Operation(item, "patch"));
        foreach (var parameter in Items(item, "parameters"))
        {
            message.Nested(9, Parameter(parameter));
        }

        return message;
    }

    private static ProtobufMessage? Operation(JsonElement item, string method)
    {
        if (!item.TryGetProperty(method, out var operation))
        {
            return null;
        }

        var message = new ProtobufMessage()
            .Text(3, Text(operation, "description"))
            .Text(5, Text(operation, "operationId"));
        foreach (var parameter in Items(operation, "parameters"))
        {
            message.Nested(8, Parameter(parameter));
        }

        Extensions(message, 13, operation);
        return message;
    }

    /// <summary>ParametersItem: only query parameters are told apart; kubectl looks for <c>dryRun</c> among
    /// them.</summary>
    private static ProtobufMessage? Parameter(JsonElement parameter) => Text(parameter, "in") != "query"
        ? null
        : new ProtobufMessage().Nested(1, new ProtobufMessage().Nested(2, new ProtobufMessage().Nested(
            3,
            new ProtobufMessage()
                .Text(2, "query")
                .Text(3, Text(parameter, "description"))
                .Text(4, Text(parameter, "name"))
                .Text(6, Text(parameter, "type")))));

    private static ProtobufMessage Schema(JsonElement schema)
    {
        var message = new ProtobufMessage()
            .Text(1, Text(schema, "$ref"))
            .Text(2, Text(schema, "format"))
            .Text(4, Text(schema, "description"));
        foreach (var name in Items(schema, "required"))
        {
            message.Text(19, name.GetString());
        }

        if (schema.TryGetProperty("additionalProperties", out var additional))
        {
            message.Nested(21, additional.ValueKind == JsonValueKind.Object
                ? new ProtobufMessage().Nested(1, Schema(additional))
                : new ProtobufMessage().Flag(2, additional.ValueKind == JsonValueKind.True));
        }

        if (Text(schema, "type") is { } type)
        {
            message.Nested(22, new ProtobufMessage().Text(1, type));
        }

        if (schema.TryGetProperty("items", out var items))
        {
            message.Nested(23, new ProtobufMessage().Nested(1, Schema(items)));
        }

        foreach (var part in Items(schema, "allOf"))
        {
            message.Nested(24, Schema(part));
        }

        if (schema.TryGetProperty("properties", out _))
        {
            var properties = new ProtobufMessage();
            foreach (var property in Members(schema, "properties"))
            {
                properties.Nested(1, Named(property.Name, Schema(property.Value)));
            }

            message.Nested(25, properties);
        }

        Extensions(message, 31, schema);
        return message;
    }

    /// <summary>Vendor extensions, each as the YAML of its value; JSON is YAML.</summary>
    private static void Extensions(ProtobufMessage message, int field, JsonElement owner)
    {
        foreach (var extension in owner.EnumerateObject())
        {
            if (extension.Name.StartsWith("x-", StringComparison.Ordinal))
            {
                var value = new ProtobufMessage().Text(2, extension.Value.GetRawText());
                message.Nested(field, Named(extension.Name, value));
            }
        }
    }

    private static ProtobufMessage Named(string name, ProtobufMessage value) =>
        new ProtobufMessage().Text(1, name).Nested(2, value);

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonProperty> Members(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject()
            : [];

    private static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];
}
