namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// Judges a history by what the API and the journal's table say afterwards, each by itself: no acknowledged write is
/// lost, an entity's rows have one writer after the other, an update follows on what it was based on, members agree
/// with the journal, and watches saw every row of their resource once and in order. Of machines see
/// <see cref="RunChecker"/>.
/// </summary>
internal static class HistoryChecker
{
    public static IReadOnlyList<string> Problems(History history)
    {
        var rows = history.Rows.OrderBy(row => row.Ordering).ToList();
        var byKey = rows.GroupBy(row => row.Key).ToDictionary(group => group.Key, group => group.ToList());
        return
        [
            .. byKey.SelectMany(entity => RowProblems(entity.Key, entity.Value)),
            .. history.Writes.Where(write => write.IsAcknowledged)
                .SelectMany(write => WriteProblems(write, byKey.GetValueOrDefault(write.Key) ?? [])),
            .. OriginProblems(history.Writes, rows),
            .. history.ByMember.SelectMany(member => ViewProblems(member.Key, member.Value, byKey)),
            .. history.Watches.SelectMany(watch => WatchProblems(watch, rows)),
            .. history.Runs is { } runs ? RunChecker.Problems(runs) : [],
        ];
    }

    /// <summary>Numbers are contiguous and grow with the orderings; an activation that another one followed never
    /// writes again.</summary>
    private static IEnumerable<string> RowProblems(string key, List<Row> rows)
    {
        var finished = new HashSet<string>();
        foreach (var (before, row) in rows.Zip(rows.Skip(1)))
        {
            if (row.Ordering == before.Ordering)
            {
                yield return $"{key}: two rows have the ordering {row.Ordering}";
            }

            if (row.SequenceNr != before.SequenceNr + 1)
            {
                yield return $"{key}: row {before.SequenceNr} is followed by row {row.SequenceNr}";
            }

            if (row.Writer != before.Writer)
            {
                finished.Add(before.Writer);
            }

            if (finished.Contains(row.Writer))
            {
                yield return $"{key}: {row.Writer} wrote row {row.SequenceNr} after another activation had written";
            }
        }
        if (rows is [{ SequenceNr: not 1 } first, ..])
        {
            yield return $"{key}: the first row is number {first.SequenceNr}";
        }
    }

    private static IEnumerable<string> WriteProblems(Write write, List<Row> rows)
    {
        var at = write.Kind == WriteKind.Delete
            ? rows.FindIndex(row => row.Ordering == write.BasedOn) + 1
            : rows.FindIndex(row => row.Ordering == write.Version);
        var row = at >= 0 && at < rows.Count ? rows[at] : null;
        var told = $"{write.Kind} of {write.Key} ({write.Value}, based on {write.BasedOn}, told {write.Version})";
        if (row is null || (write.Kind == WriteKind.Delete && at == 0))
        {
            yield return $"lost: {told} was acknowledged and is not in the journal";
            yield break;
        }
        if (write.Kind == WriteKind.Delete != row.IsDeletion)
        {
            yield return $"{told}: the journal holds another change at {row.Ordering}";
        }

        if (write.Kind != WriteKind.Delete && row.Value is not null && row.Value != write.Value)
        {
            yield return $"{told}: the journal holds {row.Value} at {row.Ordering}";
        }

        if (write is { Kind: WriteKind.Update, BasedOn: { } basis } && row.Value is not null
            && (at == 0 || rows[at - 1].Ordering != basis))
        {
            yield return $"{told}: it overwrote {(at == 0 ? "nothing" : rows[at - 1].Ordering)}";
        }
        if (write.Kind == WriteKind.Create && row.Value is not null && at > 0 && !rows[at - 1].IsDeletion)
        {
            yield return $"{told}: the object was there already";
        }
    }

    /// <summary>Nothing is stored that nobody wrote, and no write is stored twice.</summary>
    private static IEnumerable<string> OriginProblems(IReadOnlyList<Write> writes, List<Row> rows)
    {
        var asked = writes.Select(write => (write.Key, write.Value)).ToHashSet();
        foreach (var same in rows.Where(row => row is { IsDeletion: false, Value: not null })
            .GroupBy(row => (row.Key, Value: row.Value!)))
        {
            if (!asked.Contains(same.Key))
            {
                yield return $"{same.Key.Key}: the journal holds {same.Key.Value}, which nobody wrote";
            }

            if (same.Count() > 1)
            {
                yield return $"{same.Key.Key}: {same.Key.Value} was written {same.Count()} times";
            }
        }
    }

    /// <summary>A member shows each object as its last row left it.</summary>
    private static IEnumerable<string> ViewProblems(
        string member, IReadOnlyList<Seen> seen, Dictionary<string, List<Row>> byKey)
    {
        var shown = seen.ToDictionary(one => one.Key);
        foreach (var (key, rows) in byKey)
        {
            var last = rows[^1];
            var there = shown.GetValueOrDefault(key);
            if (last.IsDeletion != there is null)
            {
                yield return
                    $"{member} {(there is null ? "does not show" : "shows")} {key}, against row {last.Ordering}";
            }
            // Rows without a value may hold what no object shows, such as an owner's claims.
            else if (there is not null && last.Value is not null && (there.Version, there.Value) != (last.Ordering,
                last.Value))
            {
                yield return $"{member} shows {key} as {there.Value} at {there.Version}, "
                    + $"the journal has {last.Value} at {last.Ordering}";
            }
        }
        foreach (var one in seen.Where(one => !byKey.ContainsKey(one.Key)))
        {
            yield return $"{member} shows {one.Key}, which is not in the journal";
        }
    }

    private static IEnumerable<string> WatchProblems(Watched watch, List<Row> rows)
    {
        foreach (var (before, version) in watch.Versions.Zip(watch.Versions.Skip(1)))
        {
            if (version <= before)
            {
                yield return $"{watch.Name}: after {before} came {version}";
            }
        }
        var expected = rows.Where(row => row.Ordering > watch.From
            && row.Key.StartsWith(watch.Resource, StringComparison.Ordinal)).Select(row => row.Ordering).ToHashSet();
        foreach (var missed in expected.Except(watch.Versions).Order())
        {
            yield return $"{watch.Name}: {missed} was not seen";
        }

        foreach (var stray in watch.Versions.Except(expected).Order())
        {
            yield return $"{watch.Name}: {stray} was seen and is not in the journal";
        }
    }
}
