using ActorOrchestrator.Actors;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Events of a member's Node about its journal: made when it is well again, since until then nothing can be
/// stored.</summary>
internal static class JournalNotes
{
    private const string Component = "control-plane";

    public static void Follow(ControlPlane plane, string node) =>
        plane.Journal.Writer.Health.OnWell = (problem, lasted) =>
        {
            if (plane.View.Get(KindRegistry.Of<Node>(), null, node) is { } member)
            {
                plane.Events.Record(
                    member, "Warning", "JournalTrouble",
                    $"for {lasted.TotalSeconds:F1} s this member refused writes, or answered them late: {problem}",
                    Component);
            }
        };
}
