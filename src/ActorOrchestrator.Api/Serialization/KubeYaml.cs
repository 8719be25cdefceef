using System.Buffers;
using System.Text.Json;
using YamlDotNet.Core;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>
/// YAML as Kubernetes' users write it, to JSON and back: several documents, YAML 1.1's words for booleans, octal file
/// modes, anchors and merge keys. Depth and expanded size are bounded, so that no document can blow up.
/// </summary>
public static class KubeYaml
{
    /// <summary>The non-empty documents of a text, each as compact JSON.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="repeated">Takes a line about each repeated key, of which the last value counts; null refuses the
    /// text.</param>
    /// <exception cref="KubeJsonException">The text is no YAML, repeats a key, or is too deep or too large.</exception>
    public static IReadOnlyList<byte[]> ToJson(string yaml, ICollection<string>? repeated = null)
    {
        if (yaml.Length > KubeJson.BodyBytesMax)
        {
            throw new KubeJsonException($"yaml: limit is {KubeJson.BodyBytesMax}");
        }

        try
        {
            return [.. YamlNode.ReadDocuments(yaml, repeated).Where(node => !IsNothing(node)).Select(Encode)];
        }
        catch (YamlException broken)
        {
            throw new KubeJsonException(
                $"error converting YAML to JSON: yaml: line {broken.Start.Line}: {broken.Message}", broken);
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException)
        {
            // The parser trips over its own assertions on some broken texts instead of saying what is wrong.
            throw new KubeJsonException("error converting YAML to JSON: yaml: did not find expected node content",
                broken);
        }
    }

    /// <summary>What Kubernetes' strict reader says of repeated keys.</summary>
    public static string RepeatedKeys(IEnumerable<string> lines) =>
        "error converting YAML to JSON: yaml: unmarshal errors:\n" + string.Join('\n', lines);

    /// <summary>A JSON value as block-style YAML, ending in a line break.</summary>
    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static string FromJson(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = KubeJson.SentDepthMax });
        using var text = new StringWriter { NewLine = "\n" };
        new YamlWriter(text).WriteDocument(document.RootElement);
        return text.ToString();
    }

    private static bool IsNothing(YamlNode node) =>
        node is YamlNode.Scalar scalar && scalar.Resolve() is YamlValue.Nothing;

    private static byte[] Encode(YamlNode node)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, KubeJson.WriterOptions))
        {
            new YamlToJson(writer).Write(node);
        }

        return output.WrittenSpan.ToArray();
    }
}
