using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>
/// A parsed document. An alias is the same node as its anchor, so reading costs no more than the text.
/// </summary>
internal abstract record YamlNode
{
    private YamlNode()
    {
    }

    public sealed record Scalar(string Text, bool IsPlain, string Tag) : YamlNode
    {
        public YamlValue Resolve() => YamlValue.Of(Text, IsPlain, Tag);
    }

    public sealed record Sequence(IReadOnlyList<YamlNode> Items) : YamlNode;

    /// <summary>Keys in the order written, merge keys among them (as <c>&lt;&lt;</c>).</summary>
    public sealed record Mapping(IReadOnlyList<(string Key, bool IsMerge, YamlNode Value)> Entries) : YamlNode;

    /// <param name="yaml">The text.</param>
    /// <param name="repeated">Takes a line about each repeated key, of which the last value counts; null refuses the
    /// text.</param>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    /// <exception cref="KubeJsonException">A key is repeated, or the nesting too deep.</exception>
    public static IEnumerable<YamlNode> ReadDocuments(string yaml, ICollection<string>? repeated = null)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        while (!parser.Accept<StreamEnd>(out _))
        {
            parser.Consume<DocumentStart>();
            yield return new Builder(parser, repeated).Read(0);
            parser.Consume<DocumentEnd>();
        }
    }

    private sealed class Builder(Parser parser, ICollection<string>? repeated)
    {
        /// <summary>No more are reported, so that a hostile body cannot grow the answer.</summary>
        private const int RepeatedMax = 100;

        private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

        public YamlNode Read(int depth)
        {
            if (depth > KubeJson.DepthMax)
            {
                throw new KubeJsonException($"yaml: exceeded max depth of {KubeJson.DepthMax}");
            }

            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                return _anchors.TryGetValue(alias.Value.Value, out var target)
                    ? target
                    : throw new KubeJsonException($"yaml: unknown anchor '{alias.Value.Value}' referenced");
            }

            var start = parser.Current as NodeEvent ?? throw new KubeJsonException("yaml: a value was expected");
            YamlNode node = start switch
            {
                YamlDotNet.Core.Events.Scalar => ReadScalar(),
                SequenceStart => ReadSequence(depth),
                _ => ReadMapping(depth),
            };
            if (!start.Anchor.IsEmpty)
            {
                _anchors[start.Anchor.Value] = node;
            }

            return node;
        }

        private Scalar ReadScalar()
        {
            var scalar = parser.Consume<YamlDotNet.Core.Events.Scalar>();
            var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
            // The tag "!" says "text", however the value looks.
            return new(scalar.Value, scalar.Style == ScalarStyle.Plain && !scalar.Tag.IsNonSpecific, tag);
        }

        private Sequence ReadSequence(int depth)
        {
            parser.Consume<SequenceStart>();
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(depth + 1));
            }

            return new(items);
        }

        private Mapping ReadMapping(int depth)
        {
            parser.Consume<MappingStart>();
            var entries = new List<(string, bool, YamlNode)>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var line = parser.Current!.Start.Line;
                var key = Read(depth + 1) as Scalar
                    ?? throw new KubeJsonException(
                        $"error converting YAML to JSON: yaml: line {line}: a key must be a text");
                var isMerge = key is { IsPlain: true, Text: "<<" };
                var name = isMerge ? key.Text : key.Resolve().AsKey();
                if (!seen.Add(name))
                {
                    OnRepeated($"  line {line}: key \"{name}\" already set in map");
                    entries.RemoveAll(entry => entry.Item1 == name);
                }

                entries.Add((name, isMerge, Read(depth + 1)));
            }

            return new(entries);
        }

        private void OnRepeated(string complaint)
        {
            if (repeated is null)
            {
                throw new KubeJsonException(KubeYaml.RepeatedKeys([complaint]));
            }

            if (repeated.Count < RepeatedMax)
            {
                repeated.Add(complaint);
            }
        }
    }
}
