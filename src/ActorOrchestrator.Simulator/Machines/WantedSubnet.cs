using ActorOrchestrator.Agent.Network;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>The pod network of a simulated machine: it wants a subnet, and has nothing that could go wrong.</summary>
internal sealed class WantedSubnet : INodeNetwork
{
    public string Wish => "any";

    public string? Problem => null;

    public async IAsyncEnumerable<object> ChangesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource();
        await using var registration = cancellation.Register(ended.SetResult);
        await ended.Task;
        yield break;
    }
}
