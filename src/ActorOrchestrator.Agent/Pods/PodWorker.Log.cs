using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Pods;

internal sealed partial class PodWorker
{
    [LoggerMessage(4001, LogLevel.Debug, "pod {Pod}: {Action} begins")]
    private static partial void LogBegin(ILogger log, string pod, string action);

    [LoggerMessage(4004, LogLevel.Warning, "pod {Pod}: its status could not be reported, trying again: {Problem}")]
    private static partial void LogReportFailed(ILogger log, string pod, string problem);

    [LoggerMessage(4005, LogLevel.Debug, "pod {Pod}: {Reason}")]
    private static partial void LogStep(ILogger log, string pod, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "pod {Pod}: its mailbox was full; everything is looked at again")]
    private static partial void LogOverflowed(ILogger log, string pod);
}
