namespace ActorOrchestrator.Agent.Pods;

/// <summary>The node ends a pod for reasons of its own.</summary>
/// <param name="Reason">What its status gives for it.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="GraceMax">The most that its containers get to end in.</param>
public sealed record PodEviction(string Reason, string Message, TimeSpan GraceMax)
{
    /// <summary>For want of what others need more.</summary>
    public const string Evicted = "Evicted";

    /// <summary>The machine was cut off for so long that the pod may run elsewhere.</summary>
    public const string Fenced = "Fenced";

    /// <summary>Nothing of it may go on for a moment: no hook, no signal but SIGKILL.</summary>
    public bool IsAtOnce => Reason == Fenced;

    /// <summary>A pod whose containers had succeeded by then has succeeded; null: none has.</summary>
    public DateTimeOffset? Spares { get; init; }

    public static PodEviction OfFence(TimeSpan term) => new(
        Fenced,
        $"The cluster did not answer this machine for {term.TotalSeconds:0} s, after which the pod may run elsewhere.",
        TimeSpan.Zero);
}
