namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Puts lists together from their pages, by the tokens that lead from one to the next.</summary>
internal sealed class PagedLists
{
    /// <summary>Clients that give up in the middle leave their tokens here.</summary>
    private const int OpenMax = 64;

    private readonly Dictionary<string, List<ShownObject>> _open = new(StringComparer.Ordinal);
    private readonly Queue<string> _tokens = new();

    /// <param name="of">What is listed: lists of one version may give the same token for different scopes.</param>
    /// <param name="token">The one that this page was asked for with; null for the first.</param>
    /// <param name="page">What came.</param>
    /// <returns>The whole list, with its last page; null before that, or if its beginning is not known.</returns>
    public IReadOnlyList<ShownObject>? Join(string of, string? token, AnswerBody page)
    {
        List<ShownObject>? before = [];
        if (token is not null && !_open.TryGetValue($"{of} {token}", out before))
        {
            return null;
        }

        List<ShownObject> all = [.. before, .. page.Objects];
        if (page.Continue is null)
        {
            return all;
        }

        var next = $"{of} {page.Continue}";
        if (!_open.ContainsKey(next))
        {
            _tokens.Enqueue(next);
        }

        _open[next] = all;
        while (_tokens.Count > OpenMax)
        {
            _open.Remove(_tokens.Dequeue());
        }

        return null;
    }
}
