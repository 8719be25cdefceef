using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>Which member of the cluster carries a node: one life of the process that its agent runs in, as an
/// annotation that the agent's words keep.</summary>
public static class NodeMembers
{
    /// <summary>The member that the node would have to know of if it is not heard; null: it knows already, is expected
    /// back, or has none.</summary>
    public static string? Expected(Node node) =>
        NodeConditions.IsUnknown(node) || NodeConditions.IsStopped(node) ? null : MemberNote.Of(node);

    /// <summary>Whether the node shows that its agent was stopped in good order.</summary>
    public static bool IsStopped(Node node) => NodeConditions.IsStopped(node);

    /// <summary>The status of a node whose agent says by it that it stops in good order; how long it is waited for is
    /// the Node's to say.</summary>
    public static NodeStatus Stopped(NodeStatus status, DateTimeOffset now) =>
        NodeConditions.Stop(status, now, TimeSpan.Zero);

    /// <summary>Whether nothing is known of the node: its agent is to say something.</summary>
    public static bool IsSilent(Node node) => NodeConditions.IsUnknown(node);

    /// <summary>The node as the member carries it that its agent speaks of.</summary>
    internal static Node Carried(Node node, string? member) => member is null || MemberNote.Of(node) == member
        ? node
        : node with
        {
            Metadata = node.Metadata with
            {
                Annotations = node.Metadata.Annotations.With(MemberNote.Annotation, member),
            },
        };
}
