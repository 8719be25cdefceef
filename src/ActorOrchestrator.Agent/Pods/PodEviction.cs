namespace ActorOrchestrator.Agent.Pods;

/// <summary>The node ends a pod for reasons of its own.</summary>
/// <param name="Reason">What its status gives for it.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="GraceMax">The most that its containers get to end in.</param>
public sealed record PodEviction(string Reason, string Message, TimeSpan GraceMax)
{
    /// <summary>For want of what others need more.</summary>
    public const string Evicted = "Evicted";

    /// <summary>A pod whose containers had succeeded by then has succeeded; null: none has.</summary>
    public DateTimeOffset? Spares { get; init; }
}
