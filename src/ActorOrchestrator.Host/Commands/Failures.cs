using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Commands;

/// <summary>How a command tells its user that it has failed: a sentence first, always.</summary>
internal static class Failures
{
    /// <summary>EX_CONFIG of sysexits: starting again is in vain until somebody installs another release, or joins
    /// the machine anew. Units of
    /// systemd are told so (RestartPreventExitStatus).</summary>
    private const int InVain = 78;

    /// <summary>What ended a server, or kept it from starting.</summary>
    public static int Show(Exception failure)
    {
        Show(failure.Message);
        return failure is JournalUnreadableException or MemberRemovedException ? InVain : 1;
    }

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
