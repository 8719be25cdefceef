using System.Globalization;
using System.Text;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Validation;

/// <summary>Offending values as a message shows them: JSON.</summary>
internal static class Shown
{
    /// <summary>A record as it is written on the wire, or <c>null</c>.</summary>
    public static string Of(object? value) => value is null ? "null" : Encoding.UTF8.GetString(KubeJson.Encode(value));

    public static string List<T>(ValueList<T> items) where T : notnull =>
        $"[{string.Join(',', items.Select(item => Of(item)))}]";

    /// <summary>An empty map shows as <c>null</c>: that is how Kubernetes holds an absent one.</summary>
    public static string Map(ValueMap<string> map)
    {
        var entries = map.Select(entry => $"{FieldError.Quote(entry.Key)}:{FieldError.Quote(entry.Value)}");
        return map.Count == 0 ? "null" : $"{{{string.Join(',', entries)}}}";
    }

    public static string Strings(ValueList<string> items) => $"[{string.Join(',', items.Select(FieldError.Quote))}]";

    public static string Amount(IntOrString? amount) => amount switch
    {
        null => "null",
        { Text: { } text } => FieldError.Quote(text),
        { } value => value.Number.ToString(CultureInfo.InvariantCulture),
    };

    public static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
