using System.Collections;
using System.Reflection;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.TestKit;

/// <summary>Decisions, messages and objects as failures show them.</summary>
internal static class Shown
{
    /// <summary>Longer values are cut: a failure is to be read.</summary>
    private const int LengthMax = 2_000;

    public static string Decided(Decision decision)
    {
        var lines = decision.Events.Select(@event => $"  event  {Any(@event)}")
            .Concat(decision.Effects.Select(effect => $"  effect {Any(effect)}")).ToList();
        return lines.Count == 0 ? "  nothing" : string.Join('\n', lines);
    }

    public static string Told(Message message) => Any(message);

    public static string There(KubeObject value) => Any(value);

    private static string Any(object? value)
    {
        var text = Text(value);
        return text.Length <= LengthMax ? text : $"{text[..LengthMax]}… ({text.Length} characters)";
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        EntityKey key => key.ToString(),
        KubeObject or Status => Encoding.UTF8.GetString(KubeJson.Encode(value)),
        DateTimeOffset time => time.ToString("O"),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        DomainEvent or Message or Effect or Reply => Record(value),
        _ => value.ToString() ?? "",
    };

    private static string Record(object value)
    {
        var type = value.GetType();
        var parts = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0
                && property.Name != nameof(DomainEvent.Scope))
            .Select(property => (property.Name, Value: property.GetValue(value)))
            .Where(part => part.Value is not (null or false))
            .Select(part => $"{part.Name} {Text(part.Value)}");
        return $"{type.Name} {{ {string.Join(", ", parts)} }}";
    }
}
