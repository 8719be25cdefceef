using System.Text.Json;
using ActorOrchestrator.Gateway.OpenApi.Protocol;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace ActorOrchestrator.Gateway.OpenApi;

/// <summary>
/// The OpenAPI v2 document as gnostic's <c>openapi.v2.Document</c>: the only form in which kubectl before 1.27 reads
/// it, to check manifests before it sends them.
/// </summary>
internal static class OpenApiV2Protobuf
{
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    public static byte[] Encode(ReadOnlyMemory<byte> openApiV2)
    {
        using var json = JsonDocument.Parse(openApiV2, new JsonDocumentOptions { MaxDepth = 128 });
        var root = json.RootElement;
        var document = new Document
        {
            Swagger = Text(root, "swagger"), Paths = new Paths(), Definitions = new Definitions(),
        };
        if (root.TryGetProperty("info", out var info))
        {
            document.Info = new Info { Title = Text(info, "title"), Version = Text(info, "version") };
        }

        document.Paths.Path.AddRange(
            from path in Members(root, "paths")
            select new NamedPathItem { Name = path.Name, Value = PathItem(path.Value) });
        document.Definitions.AdditionalProperties.AddRange(Schemas(root, "definitions"));
        return document.ToByteArray();
    }

    private static PathItem PathItem(JsonElement item)
    {
        var path = new PathItem
        {
            Get = Operation(item, "get"),
            Put = Operation(item, "put"),
            Post = Operation(item, "post"),
            Delete = Operation(item, "delete"),
            Patch = Operation(item, "patch"),
        };
        path.Parameters.AddRange(Parameters(item));
        return path;
    }

    private static Operation? Operation(JsonElement item, string method)
    {
        if (!item.TryGetProperty(method, out var found))
        {
            return null;
        }

        var operation = new Operation
        {
            Description = Text(found, "description"), OperationId = Text(found, "operationId"),
        };
        operation.Parameters.AddRange(Parameters(found));
        AddExtensions(operation.VendorExtension, found);
        return operation;
    }

    /// <summary>Only query parameters: kubectl looks for <c>dryRun</c> among them.</summary>
    private static IEnumerable<ParametersItem> Parameters(JsonElement owner) =>
        from parameter in Items(owner, "parameters")
        where Text(parameter, "in") == "query"
        let query = new QueryParameterSubSchema
        {
            In = "query",
            Description = Text(parameter, "description"),
            Name = Text(parameter, "name"),
            Type = Text(parameter, "type"),
        }
        let nonBody = new NonBodyParameter { QueryParameterSubSchema = query }
        select new ParametersItem { Parameter = new Parameter { NonBodyParameter = nonBody } };

    private static IEnumerable<NamedSchema> Schemas(JsonElement owner, string name) =>
        Members(owner, name).Select(each => new NamedSchema { Name = each.Name, Value = Schema(each.Value) });

    private static Schema Schema(JsonElement json)
    {
        var schema = new Schema
        {
            Ref = Text(json, "$ref"), Format = Text(json, "format"), Description = Text(json, "description"),
        };
        schema.Required.AddRange(Items(json, "required").Select(name => name.GetString()));
        schema.AllOf.AddRange(Items(json, "allOf").Select(Schema));
        if (json.TryGetProperty("additionalProperties", out var additional))
        {
            schema.AdditionalProperties = additional.ValueKind == JsonValueKind.Object
                ? new AdditionalPropertiesItem { Schema = Schema(additional) }
                : new AdditionalPropertiesItem { Boolean = additional.ValueKind == JsonValueKind.True };
        }

        if (Text(json, "type") is { Length: > 0 } type)
        {
            schema.Type = new TypeItem { Value = { type } };
        }

        if (json.TryGetProperty("items", out var items))
        {
            schema.Items = new ItemsItem { Schema = { Schema(items) } };
        }

        if (json.TryGetProperty("properties", out _))
        {
            schema.Properties = new Properties { AdditionalProperties = { Schemas(json, "properties") } };
        }

        AddExtensions(schema.VendorExtension, json);
        return schema;
    }

    /// <summary>Vendor extensions, each as the YAML of its value; JSON is YAML.</summary>
    private static void AddExtensions(RepeatedField<NamedAny> extensions, JsonElement owner) => extensions.AddRange(
        from extension in owner.EnumerateObject()
        where extension.Name.StartsWith("x-", StringComparison.Ordinal)
        select new NamedAny { Name = extension.Name, Value = new Any { Yaml = extension.Value.GetRawText() } });

    /// <summary>Empty where there is none, as protobuf has it.</summary>
    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static IEnumerable<JsonProperty> Members(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject()
            : [];

    private static IEnumerable<JsonElement> Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];
}
