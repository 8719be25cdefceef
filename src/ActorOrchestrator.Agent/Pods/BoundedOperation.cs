using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>One operation of a pod within its bound: whatever comes of it is a fact, never an exception.</summary>
/// <param name="ports">What the machine's workers share.</param>
/// <param name="pod">Namespace and name, for the log.</param>
/// <param name="key">The action's key, unique among those in flight.</param>
/// <param name="kind">The name that its duration is measured under.</param>
/// <param name="timeout">The longest that it may take.</param>
/// <param name="operation">What is done; its token ends it at the timeout or when it is cancelled.</param>
internal sealed partial class BoundedOperation(
    WorkerPorts ports, string pod, string key, string kind, TimeSpan timeout,
    Func<CancellationToken, Task<PodFact>> operation)
{
    public string Key => key;

    /// <param name="limit">Cancelled when the operation is not wanted any more.</param>
    public async Task<PodFact> RunAsync(CancellationToken limit)
    {
        // Files are written on the way: not in the actor's turn, which other pods wait for.
        await Task.Yield();
        var began = ports.Time.GetTimestamp();
        using var clock = new CancellationTokenSource(timeout, ports.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit, clock.Token);
        var outcome = await OutcomeAsync(clock, both.Token);
        ports.Instruments.OperationEnded(kind, ports.Time.GetElapsedTime(began), outcome is PodFact.Abandoned);
        return outcome;
    }

    private async Task<PodFact> OutcomeAsync(CancellationTokenSource clock, CancellationToken cancellation)
    {
        try
        {
            return await operation(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return clock.IsCancellationRequested
                ? Abandoned($"no end within {timeout.TotalSeconds}s")
                : new PodFact.Cancelled();
        }
        catch (Exception failed) when (failed is ContainerRuntimeException or VolumeException or IOException
            or UnauthorizedAccessException)
        {
            return Abandoned(FailureWords.Of(failed));
        }
#pragma warning disable CA1031 // A bug in one operation must not leave its pod waiting: it is told and retried.
        catch (Exception bug)
        {
            LogBug(ports.Log, pod, key, bug);
            return new PodFact.Abandoned(bug.Message);
        }
#pragma warning restore CA1031
    }

    private PodFact.Abandoned Abandoned(string problem)
    {
        LogFailed(ports.Log, pod, key, problem);
        return new PodFact.Abandoned(problem);
    }

    [LoggerMessage(4002, LogLevel.Warning, "pod {Pod}: {Action} failed: {Problem}")]
    private static partial void LogFailed(ILogger log, string pod, string action, string problem);

    [LoggerMessage(4003, LogLevel.Error, "pod {Pod}: {Action} failed unexpectedly")]
    private static partial void LogBug(ILogger log, string pod, string action, Exception problem);
}
