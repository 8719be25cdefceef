using System.Text;

namespace ActorOrchestrator.Host.Hocon;

/// <summary>Texts as settings are written.</summary>
internal static class HoconText
{
    /// <summary>A quoted text, which is read back as it was.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }

    public static string Quote(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quote))}]";
}
