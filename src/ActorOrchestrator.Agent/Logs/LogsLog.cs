using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Logs;

internal static partial class LogsLog
{
    [LoggerMessage(
        4260, LogLevel.Warning, "Changes in {Directory} cannot be watched ({Problem}); looking at intervals")]
    public static partial void NotWatched(ILogger log, string directory, string problem);

    [LoggerMessage(4261, LogLevel.Debug, "Rotated {Path} of container {ContainerId} at {Bytes} bytes")]
    public static partial void Rotated(ILogger log, string path, string containerId, long bytes);

    [LoggerMessage(4262, LogLevel.Warning, "The log of container {ContainerId} could not be rotated: {Problem}")]
    public static partial void NotRotated(ILogger log, string containerId, string problem);
}
