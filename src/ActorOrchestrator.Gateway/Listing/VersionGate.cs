using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Gateway.Errors;

namespace ActorOrchestrator.Gateway.Listing;

/// <summary>Lets a read for a resourceVersion wait until the view has reached it.</summary>
internal sealed class VersionGate(IClusterView view, ApiOptions options, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Throws 504 with the cause ResourceVersionTooLarge when the view does not get there in time.</summary>
    public async ValueTask WaitAsync(long version, CancellationToken cancellation)
    {
        if (version <= view.Sequence)
        {
            return;
        }

        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < options.FutureVersionWait)
        {
            await Task.Delay(PollInterval, time, cancellation);
            if (version <= view.Sequence)
            {
                return;
            }
        }

        throw Failure.VersionTooLarge(version, view.Sequence);
    }
}
