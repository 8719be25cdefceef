using ActorOrchestrator.Actors;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>Lets a read for a resourceVersion wait until the view has reached it.</summary>
internal sealed class VersionGate(ICluster cluster, ApiOptions options, TimeProvider time)
{
    /// <summary>Throws 504 with the cause ResourceVersionTooLarge when the view does not get there in time.</summary>
    public async ValueTask WaitAsync(long version, CancellationToken cancellation)
    {
        if (version <= cluster.View.Sequence)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(options.FutureVersionWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await cluster.WaitForAsync(version, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failure.VersionTooLarge(version, cluster.View.Sequence);
        }

        // An ordering that nobody got counts as reached when it is passed; the view never has it.
        if (version > cluster.View.Sequence)
        {
            throw Failure.VersionTooLarge(version, cluster.View.Sequence);
        }
    }
}
