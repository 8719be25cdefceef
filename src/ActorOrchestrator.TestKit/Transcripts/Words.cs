using System.Globalization;
using System.Text;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>The words of a command line, and what they mean.</summary>
internal static class Words
{
    /// <summary>At blanks, but not within quotes; a document's mark is left out.</summary>
    public static string[] Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var isBegun = false;
        foreach (var letter in line)
        {
            if (IsQuote(letter) && (quote == '\0' || quote == letter))
            {
                quote = quote == '\0' ? letter : '\0';
                isBegun = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                Add();
            }
            else
            {
                word.Append(letter);
                isBegun = true;
            }
        }

        Add();
        return [.. words.TakeWhile(each => !each.StartsWith("<<", StringComparison.Ordinal))];

        void Add()
        {
            if (isBegun)
            {
                words.Add(word.ToString());
                word.Clear();
                isBegun = false;
            }
        }
    }

    private static bool IsQuote(char letter) => letter is '\'' or '"';

    /// <summary><c>250ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, with a sign perhaps.</summary>
    public static TimeSpan Span(string text)
    {
        (string Unit, double Seconds)[] units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)];
        foreach (var (unit, seconds) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && double.TryParse(
                text[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return TimeSpan.FromSeconds(number * seconds);
            }
        }

        throw new CommandException($"\"{text}\" is no time such as 250ms, 30s, 5m or 1h");
    }

    /// <summary>As the commands print it: <c>4.2s</c>, <c>5m3s</c>.</summary>
    public static string Show(TimeSpan span)
    {
        var sign = span < TimeSpan.Zero ? "-" : "";
        var size = span.Duration();
        return size.TotalMinutes < 2
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{size.TotalSeconds:0.#}s")
            : $"{sign}{(int)size.TotalMinutes}m{(size.Seconds == 0 ? "" : $"{size.Seconds}s")}";
    }

    /// <summary><c>50%</c> as 0.5.</summary>
    public static double Share(string text) =>
        text.EndsWith('%') && double.TryParse(
            text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100
            ? percent / 100
            : throw new CommandException($"\"{text}\" is no share such as 50%");

    public static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CommandException($"\"{text}\" is no number");
}
