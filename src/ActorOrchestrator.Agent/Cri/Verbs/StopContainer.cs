using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    /// <remarks>CRI counts the grace in whole seconds: parts of one are rounded up, and 0 kills at once.</remarks>
    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation)
    {
        var seconds = (long)Math.Ceiling(Math.Max(0, grace.TotalSeconds));
        var request = new StopContainerRequest { ContainerId = containerId, Timeout = seconds };
        return CallUnlessGoneAsync(Runtime(TimeSpan.FromSeconds(seconds) + CallTimeout).StopContainerAsync(
            request, cancellationToken: cancellation));
    }
}
