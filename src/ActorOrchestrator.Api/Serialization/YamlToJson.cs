using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>Writes a document as JSON, expanding aliases and merge keys within bounds.</summary>
internal sealed class YamlToJson(Utf8JsonWriter writer)
{
    public void Write(YamlNode node) => Write(node, 0);

    private void Write(YamlNode node, int depth)
    {
        if (depth > KubeJson.DepthMax)
        {
            throw new KubeJsonException($"yaml: exceeded max depth of {KubeJson.DepthMax}");
        }

        // Aliases of aliases grow without a bound of their own: the size of what they expand to is the bound.
        if (writer.BytesCommitted + writer.BytesPending > KubeJson.BodyBytesMax)
        {
            throw new KubeJsonException("yaml: document contains excessive aliasing");
        }

        switch (node)
        {
            case YamlNode.Scalar scalar:
                WriteScalar(scalar.Resolve());
                break;
            case YamlNode.Sequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    Write(item, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case YamlNode.Mapping mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in Merged(mapping))
                {
                    writer.WritePropertyName(key);
                    Write(value, depth + 1);
                }

                writer.WriteEndObject();
                break;
        }
    }

    private void WriteScalar(YamlValue value)
    {
        switch (value)
        {
            case YamlValue.Nothing:
                writer.WriteNullValue();
                break;
            case YamlValue.Boolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case YamlValue.Integer integer:
                writer.WriteRawValue(integer.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case YamlValue.Real real when !double.IsFinite(real.Value):
                throw new KubeJsonException("error converting YAML to JSON: json: unsupported value");
            case YamlValue.Real real:
                writer.WriteNumberValue(real.Value);
                break;
            case YamlValue.Text text:
                writer.WriteStringValue(text.Value);
                break;
        }
    }

    /// <summary>The mapping's own entries, then those of its merge keys that it does not set itself.</summary>
    private static IEnumerable<(string Key, YamlNode Value)> Merged(YamlNode.Mapping mapping)
    {
        var own = mapping.Entries.Where(entry => !entry.IsMerge).Select(entry => (entry.Key, entry.Value));
        if (mapping.Entries.All(entry => !entry.IsMerge))
        {
            return own;
        }

        var entries = own.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var source in mapping.Entries.Where(entry => entry.IsMerge).SelectMany(entry => Sources(entry.Value)))
        {
            foreach (var (key, value) in Merged(source))
            {
                entries.TryAdd(key, value);
            }
        }

        return entries.Select(entry => (entry.Key, entry.Value));
    }

    private static IEnumerable<YamlNode.Mapping> Sources(YamlNode value) => value switch
    {
        YamlNode.Mapping mapping => [mapping],
        YamlNode.Sequence sequence when sequence.Items.All(item => item is YamlNode.Mapping) =>
            sequence.Items.Cast<YamlNode.Mapping>(),
        _ => throw new KubeJsonException("yaml: map merge requires map or sequence of maps as the value"),
    };
}
