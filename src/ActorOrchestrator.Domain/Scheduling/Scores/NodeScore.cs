namespace ActorOrchestrator.Domain.Scheduling.Scores;

/// <summary>
/// A preference that can be judged by looking at one node alone, compiled for one class of pods: 0 (worst) to 1000
/// (best). Kubernetes normalizes some of these over all candidates; here each has an absolute scale, so that placing a
/// pod changes the score of one node only, and the best of thousands is kept in order instead of computed anew.
/// </summary>
internal abstract class NodeScore(int weight, bool ofNodeSpec)
{
    public const int Best = 1000;

    public int Weight { get; } = weight;

    /// <summary>True when only the node's own spec matters, so that the score is remembered until that
    /// changes.</summary>
    public bool OfNodeSpec { get; } = ofNodeSpec;

    public abstract int Of(NodeTable nodes, int slot);
}

/// <summary>A preference that needs all candidates to be judged: a raw figure for each, then normalized over
/// them.</summary>
internal abstract class RelativeScore(int weight)
{
    /// <summary>The raw figure of a node that cannot be judged: it gets no points and does not shift the
    /// scale.</summary>
    public const long Unrated = long.MinValue;

    public int Weight { get; } = weight;

    public abstract long Raw(NodeTable nodes, int slot);

    /// <summary>0 to 1000, given the lowest and highest raw figure among the candidates.</summary>
    public abstract int Normalize(long raw, long lowest, long highest);
}
