namespace ActorOrchestrator.Agent.Network;

/// <summary>The network of a machine's pods, as its agent needs to know it.</summary>
public interface INodeNetwork
{
    /// <summary>Which subnet the machine would have (<see cref="Domain.PodSubnets.SubnetWish"/>).</summary>
    string Wish { get; }

    /// <summary>Why pods get no network now, in a sentence; null when they do.</summary>
    string? Problem { get; }

    /// <summary>Tells that something of this has changed. Ends when cancelled.</summary>
    IAsyncEnumerable<object> ChangesAsync(CancellationToken cancellation);
}

/// <summary>Something of the machine's pod network has changed.</summary>
public sealed record NetworkChanged
{
    public static readonly NetworkChanged Instance = new();
}
