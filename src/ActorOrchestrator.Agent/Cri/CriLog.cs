using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Cri;

internal static partial class CriLog
{
    [LoggerMessage(4200, LogLevel.Debug, "{Verb}: already gone")]
    public static partial void AlreadyGone(ILogger log, string verb);

    [LoggerMessage(4201, LogLevel.Information, "Subscribed to the runtime's events")]
    public static partial void Subscribed(ILogger log);

    [LoggerMessage(4202, LogLevel.Warning, "The runtime's event stream broke ({Problem}); again in {DelayMs} ms")]
    public static partial void EventStreamBroke(ILogger log, string problem, double delayMs);

    [LoggerMessage(
        4203, LogLevel.Warning, "Container {ContainerId} exited, but its status could not be read: {Problem}")]
    public static partial void ExitNotConfirmed(ILogger log, string containerId, string problem);

    [LoggerMessage(4204, LogLevel.Warning, "An event of topic {Topic} could not be read: {Problem}")]
    public static partial void UnreadableEvent(ILogger log, string topic, string problem);

    [LoggerMessage(
        4205, LogLevel.Warning,
        "Container {ContainerId} is to be stopped by {Signal}, which this runtime does not know of: it sends another")]
    public static partial void StopSignalUnknown(ILogger log, string containerId, string signal);
}
