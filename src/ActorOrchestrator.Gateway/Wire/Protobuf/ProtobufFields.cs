using System.Collections.Frozen;
using System.Globalization;

namespace ActorOrchestrator.Gateway.Wire.Protobuf;

/// <summary>
/// How a value stands on the wire, and what it becomes in JSON; the letters of <c>protobuf-fields.txt</c>.
/// </summary>
internal enum FieldForm
{
    Text, Integer, Boolean, Double, Bytes, Time, MicroTime, Quantity, IntOrString, EmbeddedJson, FieldSet, Duration,
    TextList, Message,
}

internal enum FieldCount { One, List, Map, Inline }

/// <param name="ZeroIsAbsent">A field that is no pointer in Go: its zero value stands on the wire, and means
/// nothing.</param>
internal sealed record ProtobufField(
    string JsonName, int Number, FieldCount Count, FieldForm Form, string Message, bool ZeroIsAbsent);

/// <summary>
/// The fields of every message that a client may send, by message (such as <c>apps/v1.Deployment</c>).
/// </summary>
internal static class ProtobufFields
{
    private const string Resource = "protobuf-fields.txt";

    private static readonly Lazy<FrozenDictionary<string, ProtobufField[]>> Messages = new(Load);

    public static ProtobufField[] Of(string message) => Messages.Value[message];

    /// <returns>The message of a kind, or null if there is none.</returns>
    public static string? MessageOf(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "core" : apiVersion[..slash].Split('.')[0];
        var version = apiVersion[(slash + 1)..];
        var own = $"{group}/{version}.{kind}";
        var common = $"meta/v1.{kind}";
        return Messages.Value.ContainsKey(own) ? own : Messages.Value.ContainsKey(common) ? common : null;
    }

    private static FrozenDictionary<string, ProtobufField[]> Load()
    {
        using var stream = typeof(ProtobufFields).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in this assembly");
        using var reader = new StreamReader(stream);
        var messages = new Dictionary<string, ProtobufField[]>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            messages.Add(words[0], [.. words.Skip(1).Select(Parse)]);
        }

        return messages.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Reads one word, such as <c>labels=11:{}s</c>.</summary>
    private static ProtobufField Parse(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var colon = word.IndexOf(':', equals);
        var name = word[..equals];
        var type = word[(colon + 1)..];
        var (count, element) = type switch
        {
            _ when name == "@" => (FieldCount.Inline, type),
            ['*', .. var item] => (FieldCount.List, item),
            ['{', '}', .. var value] => (FieldCount.Map, value),
            _ => (FieldCount.One, type),
        };
        var form = FormOf(element);
        return new(
            name, int.Parse(word[(equals + 1)..colon], CultureInfo.InvariantCulture), count, form,
            form == FieldForm.Message ? element : "", ZeroIsAbsent: count == FieldCount.One
                && char.IsLower(element[0]));
    }

    private static FieldForm FormOf(string element) => element.Length > 1 ? FieldForm.Message : element switch
    {
        "s" or "S" => FieldForm.Text,
        "i" or "I" => FieldForm.Integer,
        "b" or "B" => FieldForm.Boolean,
        "d" or "D" => FieldForm.Double,
        "y" or "Y" => FieldForm.Bytes,
        "t" => FieldForm.Time,
        "u" => FieldForm.MicroTime,
        "q" => FieldForm.Quantity,
        "o" => FieldForm.IntOrString,
        "r" => FieldForm.EmbeddedJson,
        "f" => FieldForm.FieldSet,
        "n" => FieldForm.Duration,
        "x" => FieldForm.TextList,
        _ => throw new InvalidOperationException($"{Resource}: there is no type '{element}'"),
    };
}
