using System.Globalization;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>
/// A run as a line of text, as in <c>seeds.txt</c> and on the command line:
/// <code>
/// 4711 hours=0.25 nodes=2 members=3 only=control-kill#1,deployment-scale#3   # what it once found
/// </code>
/// All but the seed may be left out; what stands behind <c>#</c> and a space is a comment.
/// </summary>
public static class SeedLine
{
    /// <returns>Null for an empty line or a comment.</returns>
    /// <exception cref="FormatException">It is no such line; the message says where.</exception>
    public static SimulationOptions? Parse(string line)
    {
        var comment = line.IndexOf("# ", StringComparison.Ordinal);
        var words = (comment < 0 ? line : line[..comment]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return null;
        }

        var settings = words.Skip(1).Select(Setting).ToDictionary(StringComparer.Ordinal);
        var seed = ulong.TryParse(words[0], out var number)
            ? number
            : throw new FormatException($"'{words[0]}' is no seed");
        return SimulationOptions.Draw(
            seed,
            settings.TryGetValue("hours", out var hours) ? double.Parse(hours, CultureInfo.InvariantCulture) : 1,
            Count("nodes"), Count("members")) with
        {
            Only = settings.TryGetValue("only", out var only)
                ? new SortedSet<string>(only.Split(',', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal)
                : null,
        };

        int? Count(string name) =>
            settings.TryGetValue(name, out var count) ? int.Parse(count, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The line that runs it again.</summary>
    public static string Of(SimulationOptions options)
    {
        var only = options.Only is null ? "" : $" only={string.Join(',', options.Only)}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Seed} hours={options.Hours:0.####} nodes={options.Nodes} members={options.Members}{only}");
    }

    private static KeyValuePair<string, string> Setting(string word)
    {
        var parts = word.Split('=', 2);
        return parts is [("hours" or "nodes" or "members" or "only") and var name, var value]
            ? KeyValuePair.Create(name, value)
            : throw new FormatException($"'{word}' is neither hours=, nodes=, members= nor only=");
    }
}
