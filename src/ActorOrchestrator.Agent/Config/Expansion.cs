using System.Text;

namespace ActorOrchestrator.Agent.Config;

/// <summary>
/// Kubernetes' <c>$(NAME)</c> references in env values, commands and arguments. A reference to an unknown name stays as
/// it is written; <c>$$</c> is one dollar: <c>$$(NAME)</c> gives <c>$(NAME)</c>.
/// </summary>
public static class Expansion
{
    public static string Expand(string text, Func<string, string?> valueOf)
    {
        if (!text.Contains('$'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            var end = text[i] == '(' ? text.IndexOf(')', i) : -1;
            if (text[i] == '$')
            {
                result.Append('$');
            }
            else if (end < 0)
            {
                result.Append('$').Append(text[i]);
            }
            else
            {
                var name = text[(i + 1)..end];
                result.Append(valueOf(name) ?? $"$({name})");
                i = end;
            }
        }

        return result.ToString();
    }
}
