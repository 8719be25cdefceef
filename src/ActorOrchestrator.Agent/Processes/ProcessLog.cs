using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Processes;

internal static partial class ProcessLog
{
    [LoggerMessage(4280, LogLevel.Information, "process runtime: {Containers} containers found in {Directory}")]
    public static partial void Recovered(ILogger log, int containers, string directory);

    [LoggerMessage(4281, LogLevel.Warning, "the log of container {ContainerId} could not be written: {Problem}")]
    public static partial void LogNotWritten(ILogger log, string containerId, string problem);

    [LoggerMessage(4282, LogLevel.Warning, "the state of container {ContainerId} could not be saved: {Problem}")]
    public static partial void StateNotSaved(ILogger log, string containerId, string problem);
}
