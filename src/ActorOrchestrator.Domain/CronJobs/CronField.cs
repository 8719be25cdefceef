using System.Globalization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Domain.CronJobs;

/// <summary>One field of a schedule whose syntax has been checked (<see cref="CronSyntax"/>).</summary>
/// <param name="Values">Bit n is set when the field allows n.</param>
/// <param name="IsAny">It restricts nothing: <c>*</c> or <c>?</c> without a step.</param>
/// <param name="IsRepeated">It says <c>*</c>, a range or a step, and not just numbers.</param>
internal readonly record struct CronField(ulong Values, bool IsAny, bool IsRepeated)
{
    /// <summary>
    /// The parts of a field, parted by commas:
    /// <code>
    ///   *  ?       all          5      5 alone           1-5     1 to 5
    ///   */15       0 15 30 45   5/15   5 20 35 50        1-9/4   1 5 9        mon-fri  1 to 5
    /// </code>
    /// </summary>
    public static CronField Parse(string text, CronSyntax.Field field)
    {
        var (values, isAny, isRepeated) = (0UL, false, false);
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') is [var before, var after] ? (before, Number(after, field)) : (part, 0);
            var bounds = range.Split('-');
            var isStar = range is "*" or "?";
            var low = isStar ? field.Min : Number(bounds[0], field);
            var high = isStar || (bounds.Length == 1 && step > 0) ? field.Max : Number(bounds[^1], field);
            for (var value = low; value <= high; value += Math.Max(1, step))
            {
                values |= 1UL << value;
            }

            isAny |= isStar && step <= 1;
            isRepeated |= isStar || bounds.Length > 1 || step > 0;
        }

        return new CronField(values, isAny, isRepeated);
    }

    public bool Allows(int value) => (Values >> value & 1) != 0;

    /// <summary>The same field in Cronos' words, which knows a repeated one by its ranges.</summary>
    public override string ToString()
    {
        if (IsAny)
        {
            return "*";
        }

        var field = this;
        return string.Join(',', Enumerable.Range(0, 60).Where(field.Allows)
            .Select(value => field.IsRepeated ? $"{value}-{value}" : $"{value}"));
    }

    private static int Number(string text, CronSyntax.Field field)
    {
        var name = Array.IndexOf(field.Names, text.ToLowerInvariant());
        return name >= 0 ? name + field.Min : int.Parse(text, CultureInfo.InvariantCulture);
    }
}
