using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Reclaim;

/// <summary>What a node's <see cref="Reclaimer"/> hears: its timer, its agent, and the outcomes of what it
/// began.</summary>
internal abstract record ReclaimMessage : INoSerializationVerificationNeeded
{
    private ReclaimMessage()
    {
    }

    /// <summary>It is time to look at the machine.</summary>
    public sealed record Round : ReclaimMessage;

    /// <summary>What the agent's regular list says of images and their users.</summary>
    public sealed record Seen(IReadOnlyList<ImageInfo> Images, ImageUses Uses) : ReclaimMessage;

    /// <summary>The pods that are here now, as it was asked.</summary>
    public sealed record Present(IReadOnlyList<Pod> Pods) : ReclaimMessage;

    /// <summary>The agent does not know yet which pods are here: the cluster has told it none since it began.</summary>
    public sealed record Unknown : ReclaimMessage;

    /// <summary>Where the runtime has its images; null: it has none.</summary>
    public sealed record Located(string? Directory) : ReclaimMessage;

    /// <summary>What there is of images, and what of them must stay.</summary>
    public sealed record Listed(IReadOnlyList<ImageInfo> Images, IReadOnlyCollection<string> Kept) : ReclaimMessage;

    /// <summary>An image was removed, or could not be.</summary>
    public sealed record Removed(ImageInfo Image, string? Problem) : ReclaimMessage;

    /// <summary>What the pods take of what the node is short of.</summary>
    public sealed record Measured(IReadOnlyList<PodUsage> Usages) : ReclaimMessage;

    /// <summary>The runtime did not answer.</summary>
    public sealed record Failed(string Problem) : ReclaimMessage;
}
