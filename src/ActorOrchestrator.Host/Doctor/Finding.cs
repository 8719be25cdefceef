namespace ActorOrchestrator.Host.Doctor;

/// <summary>How bad it is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>The server runs, and something will go wrong one day.</summary>
    Warning,

    /// <summary>The server does not start, or no pod does.</summary>
    Fault,
}

/// <summary>What was found out about one thing.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Area">What was looked at, as a word.</param>
/// <param name="Sentence">How it is.</param>
/// <param name="Advice">What to do; null when there is nothing.</param>
internal sealed record Finding(Severity Severity, string Area, string Sentence, string? Advice = null)
{
    public static Finding Good(string area, string sentence) => new(Severity.Good, area, sentence);

    public static Finding Warning(string area, string sentence, string advice) =>
        new(Severity.Warning, area, sentence, advice);

    public static Finding Fault(string area, string sentence, string advice) =>
        new(Severity.Fault, area, sentence, advice);
}
