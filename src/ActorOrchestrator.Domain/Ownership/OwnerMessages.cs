namespace ActorOrchestrator.Domain.Ownership;

/// <summary>An owner's reminder to itself to ask again what was not answered.</summary>
/// <param name="Attempt">How often it has been asked again in a row; the pause doubles with it.</param>
public sealed record AskAgain(int Attempt) : Message
{
    public const string Timer = "ask-again";

    /// <summary>Long enough that a loaded machine answers before; a lost message is the only reason to ask
    /// again.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    public DateTimeOffset Due(DateTimeOffset now) => now + BackOff.Pause(FirstPause, PauseMax, Attempt);
}

/// <summary>Ask all children: an owner's rare reminder to itself, in case that a report was lost, and
/// <see cref="ReportReminder"/>'s, where one must have been.</summary>
public sealed record Resync : Message
{
    public const string Timer = "resync";

    public static readonly Resync Instance = new();

    public static readonly TimeSpan Period = TimeSpan.FromMinutes(10);
}
