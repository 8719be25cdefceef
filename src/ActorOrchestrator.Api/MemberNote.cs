using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api;

/// <summary>Which member of the control plane carries a Node: one life of the process that its agent runs in.</summary>
public static class MemberNote
{
    /// <summary><c>address:port#life</c>.</summary>
    public const string Annotation = "actor-orchestrator/member";

    /// <returns>Null: none does.</returns>
    public static string? Of(Node node) => node.Metadata.Annotations.GetValueOrDefault(Annotation);
}
