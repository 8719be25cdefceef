using System.Globalization;
using System.Text;

namespace ActorOrchestrator.Api.Batch;

/// <summary>Completion indexes, both ends included.</summary>
public readonly record struct IndexRange(int First, int Last);

/// <summary>
/// Completion indexes of a Job as the text of <c>status.completedIndexes</c>, <c>status.failedIndexes</c> and
/// <c>succeededIndexes</c> (batch/v1): in order, three and more in a row as a range.
/// <code>
///   1, 3, 4, 5, 7    1,3-5,7
///   1, 2             1,2
/// </code>
/// </summary>
public sealed record IndexRanges
{
    public static readonly IndexRanges None = new([]);

    private IndexRanges(ValueList<IndexRange> ranges) => Ranges = ranges;

    /// <summary>In order; no two touch.</summary>
    public ValueList<IndexRange> Ranges { get; }

    public int Count => Ranges.Sum(range => range.Last - range.First + 1);

    public static IndexRanges Of(IEnumerable<int> indexes) =>
        Merged(indexes.Select(index => new IndexRange(index, index)));

    /// <summary>Reads the text: each index is below the bound, and above those before it.</summary>
    /// <returns>What comes before the first mistake, and the mistake in Kubernetes' words; null without
    /// one.</returns>
    public static (IndexRanges Ranges, string? Complaint) Parse(string? text, int bound)
    {
        var (ranges, last) = (new List<IndexRange>(), -1);
        foreach (var part in string.IsNullOrEmpty(text) ? [] : text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2)
            {
                return (Merged(ranges), $"the fragment {Quoted(part)} violates the requirement that an index interval "
                    + "can have at most two parts separated by '-'");
            }

            var numbers = new List<int>();
            foreach (var end in ends)
            {
                if (Number(end, bound, last, out var number) is { } complaint)
                {
                    return (Merged(ranges), complaint);
                }

                numbers.Add(last = number);
            }

            ranges.Add(new IndexRange(numbers[0], numbers[^1]));
        }

        return (Merged(ranges), null);
    }

    public bool Contains(int index)
    {
        var (low, high) = (0, Ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (index < Ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (index > Ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public IndexRanges Union(IndexRanges other) => other.Ranges.Count == 0 ? this : Merged(Ranges.Concat(other.Ranges));

    /// <summary>Those that are in both.</summary>
    public IndexRanges Intersect(IndexRanges other)
    {
        var (both, mine, theirs) = (new List<IndexRange>(), 0, 0);
        while (mine < Ranges.Count && theirs < other.Ranges.Count)
        {
            var first = Math.Max(Ranges[mine].First, other.Ranges[theirs].First);
            var last = Math.Min(Ranges[mine].Last, other.Ranges[theirs].Last);
            if (first <= last)
            {
                both.Add(new IndexRange(first, last));
            }

            if (Ranges[mine].Last < other.Ranges[theirs].Last)
            {
                mine++;
            }
            else
            {
                theirs++;
            }
        }

        return new IndexRanges(both.ToValueList());
    }

    /// <summary>Those below the bound.</summary>
    public IndexRanges Below(int bound) =>
        Ranges.Count == 0 || Ranges[^1].Last < bound ? this : Intersect(Merged([new IndexRange(0, bound - 1)]));

    /// <summary>Those below the bound that are not among these, the lowest first.</summary>
    public IEnumerable<int> MissingBelow(int bound)
    {
        var next = 0;
        foreach (var range in Ranges)
        {
            for (; next < Math.Min(range.First, bound); next++)
            {
                yield return next;
            }

            next = range.Last + 1;
        }

        for (; next < bound; next++)
        {
            yield return next;
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (first, last) in Ranges)
        {
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first)
            {
                text.Append(last == first + 1 ? ',' : '-').Append(CultureInfo.InvariantCulture, $"{last}");
            }
        }

        return text.ToString();
    }

    private static string? Number(string text, int bound, int last, out int number) =>
        !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? $"cannot convert string to integer for index: {Quoted(text)}"
            : number >= bound
                ? $"too large index: {Quoted(text)}"
                : number <= last ? $"non-increasing order, previous: {last}, current: {number}" : null;

    private static string Quoted(string text) => Validation.FieldError.Quote(text);

    private static IndexRanges Merged(IEnumerable<IndexRange> ranges)
    {
        var merged = new List<IndexRange>();
        foreach (var range in ranges.Where(range => range.First <= range.Last).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First - 1 <= merged[^1].Last)
            {
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return new IndexRanges(merged.ToValueList());
    }
}
