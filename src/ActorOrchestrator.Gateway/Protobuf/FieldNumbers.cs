using System.Collections.Frozen;

namespace ActorOrchestrator.Gateway.Protobuf;

/// <summary>A field of a protobuf message. With <paramref name="Inline"/> the message of that type stands for fields
/// that JSON has directly in the owner (Go's embedded structs, such as a Volume's source).</summary>
internal readonly record struct NumberedField(string Name, string? Inline);

/// <summary>
/// The field numbers of Kubernetes' messages, from <c>fields.txt</c>: a line a message, <c>area.Message name=number
/// …</c>, indented lines go on. They are the numbers of the <c>generated.proto</c> files of k8s.io/api and
/// apimachinery, which never change once published; of fields that the model does not have there are none.
/// </summary>
internal static class FieldNumbers
{
    private static readonly Lazy<FrozenDictionary<string, FrozenDictionary<int, NumberedField>>> Table = new(Load);

    /// <summary>By the CLR type; null for a type that never stands in a message of its own.</summary>
    public static FrozenDictionary<int, NumberedField>? Of(Type type)
    {
        var area = type.Namespace!.Split('.')[^1].ToLowerInvariant();
        return Of(area == "api" ? "meta" : area, type.Name);
    }

    /// <summary>Types that several areas share (ObjectReference …) belong to core or meta.</summary>
    public static FrozenDictionary<int, NumberedField>? Of(string area, string message)
    {
        var table = Table.Value;
        return table.GetValueOrDefault($"{area}.{message}")
            ?? table.GetValueOrDefault($"core.{message}")
            ?? table.GetValueOrDefault($"meta.{message}");
    }

    private static FrozenDictionary<string, FrozenDictionary<int, NumberedField>> Load()
    {
        using var stream = typeof(FieldNumbers).Assembly.GetManifestResourceStream("protobuf-fields")
            ?? throw new InvalidOperationException("the table of field numbers is not in this assembly");
        using var reader = new StreamReader(stream);
        var messages = new Dictionary<string, Dictionary<int, NumberedField>>(StringComparer.Ordinal);
        Dictionary<int, NumberedField> current = [];
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).AsSpan();
            if (!line.StartsWith(' '))
            {
                current = messages[words[0]] = [];
                words = words[1..];
            }

            foreach (var word in words)
            {
                var equals = word.IndexOf('=', StringComparison.Ordinal);
                var colon = word.IndexOf(':', StringComparison.Ordinal);
                var name = word[..(colon < 0 ? equals : colon)];
                current[int.Parse(word[(equals + 1)..])] =
                    new NumberedField(name, colon < 0 ? null : word[(colon + 1)..equals]);
            }
        }

        return messages.ToFrozenDictionary(each => each.Key, each => each.Value.ToFrozenDictionary());
    }
}
