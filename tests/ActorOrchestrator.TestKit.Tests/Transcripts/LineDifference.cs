namespace ActorOrchestrator.TestKit.Tests.Transcripts;

/// <summary>The lines that two texts do not share, with the longest common part left out but for the lines
/// around.</summary>
internal static class LineDifference
{
    private const int Around = 2;

    public static string Of(string expected, string actual)
    {
        var (old, now) = (expected.Split('\n'), actual.Split('\n'));
        var common = CommonLengths(old, now);
        var lines = new List<(char Mark, string Text)>();
        var (i, j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                lines.Add((' ', old[i++]));
                j++;
            }
            else if (j == now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(('-', old[i++]));
            }
            else
            {
                lines.Add(('+', now[j++]));
            }
        }

        var shown = lines.Index().Where(line => IsNearChange(lines, line.Index));
        return string.Join('\n', shown.Select(line => $"{line.Item.Mark} {line.Item.Text}"));
    }

    /// <summary>At i, j: how many lines the rests from there share in order.</summary>
    private static int[,] CommonLengths(string[] old, string[] now)
    {
        var lengths = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = old[i] == now[j]
                    ? lengths[i + 1, j + 1] + 1
                    : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }

    private static bool IsNearChange(List<(char Mark, string Text)> lines, int index) => Enumerable
        .Range(index - Around, (2 * Around) + 1)
        .Any(near => near >= 0 && near < lines.Count && lines[near].Mark != ' ');
}
