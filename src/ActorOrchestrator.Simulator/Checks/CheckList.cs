namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Every check that runs are held against.</summary>
internal static class CheckList
{
    public static IReadOnlyList<Check> All() =>
    [
    ];
}
