using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Network;

/// <summary>What is seen of all Nodes, by whoever follows them.</summary>
public abstract record NodesSeen
{
    private NodesSeen()
    {
    }

    /// <summary>All that there are; what was seen before and is not among them is gone.</summary>
    public sealed record All(IReadOnlyList<Node> Nodes) : NodesSeen;

    /// <summary>One that is new or has changed.</summary>
    public sealed record Changed(Node Node) : NodesSeen;

    public sealed record Gone(string Name) : NodesSeen;
}
