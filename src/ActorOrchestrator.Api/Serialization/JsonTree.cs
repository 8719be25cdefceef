using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>JSON as trees, read and written as deep as the model is (<see cref="KubeJson.DepthMax"/>), where
/// System.Text.Json by itself ends at 64.</summary>
public static class JsonTree
{
    private static readonly JsonDocumentOptions Read = new() { MaxDepth = KubeJson.DepthMax };

    private static readonly JsonDocumentOptions ReadOnce = Read with { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Written = new()
    {
        MaxDepth = KubeJson.DepthMax, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="JsonException">It is not JSON, or too deep.</exception>
    public static JsonElement Element(ReadOnlySpan<byte> utf8) => JsonElement.Parse(utf8, Read);

    /// <summary>Of a name that is there more than once, the last value counts.</summary>
    /// <exception cref="JsonException">It is not JSON, or too deep.</exception>
    public static JsonNode? Node(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return NodeOfDistinct(utf8);
        }
        catch (JsonException)
        {
            return WithLast(Element(utf8));
        }
    }

    /// <exception cref="JsonException">It is not JSON, too deep, or has a name twice.</exception>
    public static JsonNode? NodeOfDistinct(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, documentOptions: ReadOnce);

    /// <summary>The object of the model as a tree.</summary>
    public static JsonObject Of(KubeObject value) => Node(KubeJson.Encode(value))!.AsObject();

    /// <exception cref="JsonException">It is too deep.</exception>
    public static byte[] Encode(JsonNode? node) => JsonSerializer.SerializeToUtf8Bytes(node, Written);

    /// <exception cref="JsonException">It is too deep.</exception>
    public static string Text(JsonNode? node) => Encoding.UTF8.GetString(Encode(node));

    /// <summary>How many maps and lists are in each other at most.</summary>
    public static int DepthOf(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Select(entry => DepthOf(entry.Value)).DefaultIfEmpty().Max(),
        JsonArray list => 1 + list.Select(DepthOf).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static JsonNode? WithLast(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    map[property.Name] = WithLast(property.Value);
                }

                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(WithLast)]);
            default:
                return JsonValue.Create(element);
        }
    }
}
