namespace ActorOrchestrator.Host.Commands;

/// <summary>How a command tells its user that it has failed: a sentence first, always.</summary>
internal static class Failures
{
    /// <summary>What the user or the machine is to mend.</summary>
    public static int Show(string sentence)
    {
        Console.Error.WriteLine($"orchestrator: {sentence}");
        return 1;
    }

    /// <summary>A fault of this program: only then does the stack help anybody.</summary>
    /// <param name="stack">Empty where the runtime shows it itself.</param>
    public static void ShowUnforeseen(string stack) => Console.Error.WriteLine(
        $"orchestrator: this is a fault of the program (version {VersionCommand.Version}), and not of how it was used; "
        + $"please report what follows\n{stack}");
}
