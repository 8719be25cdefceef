namespace ActorOrchestrator.Repository.Tests;

/// <summary>Fails with every place that breaks a rule, so that one run shows all there is to mend.</summary>
internal static class Rule
{
    private const int ShownAtMost = 60;

    public static void Holds(string rule, IEnumerable<string> violations)
    {
        var found = violations.ToList();
        if (found.Count == 0)
        {
            return;
        }

        var shown = string.Join("\n  ", found.Take(ShownAtMost));
        var rest = found.Count > ShownAtMost ? $"\n  … and {found.Count - ShownAtMost} more" : "";
        Assert.Fail($"{rule}; broken {found.Count} times:\n  {shown}{rest}");
    }
}
