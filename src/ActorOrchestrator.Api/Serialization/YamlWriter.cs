using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>Writes JSON as block-style YAML; text that would read as something else is quoted.</summary>
internal sealed class YamlWriter(TextWriter output)
{
    private static readonly EmitterSettings Settings =
        new EmitterSettings().WithoutAnchorName().WithMaxSimpleKeyLength(1024);

    private readonly Emitter _emitter = new(output, Settings);

    public void WriteDocument(JsonElement root)
    {
        _emitter.Emit(new StreamStart());
        _emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(root);
        _emitter.Emit(new DocumentEnd(isImplicit: true));
        _emitter.Emit(new StreamEnd());
    }

    private void Write(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var isEmpty = !value.EnumerateObject().Any();
                _emitter.Emit(new MappingStart(
                    AnchorName.Empty, TagName.Empty, true, isEmpty ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var property in value.EnumerateObject())
                {
                    WriteText(property.Name);
                    Write(property.Value);
                }

                _emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true,
                    value.GetArrayLength() == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in value.EnumerateArray())
                {
                    Write(item);
                }

                _emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!);
                break;
            default:
                _emitter.Emit(new Scalar(value.GetRawText()));
                break;
        }
    }

    private void WriteText(string text)
    {
        var style = text.Contains('\n') && !text.StartsWith(' ') ? ScalarStyle.Literal
            : YamlValue.Of(text, isPlain: true, "") is YamlValue.Text && !LooksLikeTime(text) ? ScalarStyle.Any
            : ScalarStyle.DoubleQuoted;
        _emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, true, true));
    }

    /// <summary>Readers of YAML 1.1 take a plain date or a number in base 60 for something other than text.</summary>
    private static bool LooksLikeTime(string text) => text.Length > 0 && char.IsAsciiDigit(text[0]);
}
