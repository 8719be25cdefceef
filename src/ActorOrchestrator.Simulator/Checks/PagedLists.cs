namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Puts lists together from their pages, by the tokens that lead from one to the next.</summary>
internal sealed class PagedLists
{
    /// <summary>Clients that give up in the middle leave their tokens here.</summary>
    private const int OpenMax = 64;

    private readonly Dictionary<string, List<ShownObject>> _open = new(StringComparer.Ordinal);
    private readonly Queue<string> _tokens = new();

    /// <returns>The whole list, with its last page; null before that, or if its beginning is not known.</returns>
    public IReadOnlyList<ShownObject>? Join(string? token, AnswerBody page)
    {
        List<ShownObject>? before = [];
        if (token is not null && !_open.Remove(token, out before))
        {
            return null;
        }

        List<ShownObject> all = [.. before, .. page.Objects];
        if (page.Continue is not { } next)
        {
            return all;
        }

        _open[next] = all;
        _tokens.Enqueue(next);
        while (_tokens.Count > OpenMax)
        {
            _open.Remove(_tokens.Dequeue());
        }

        return null;
    }
}
