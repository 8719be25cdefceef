using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>The kubectl versions that must work unchanged.</summary>
public static class Versions
{
    public static TheoryData<string> Both => [Kubectl.New, Kubectl.Old];
}
