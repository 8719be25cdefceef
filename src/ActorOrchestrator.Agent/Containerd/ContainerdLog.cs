using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Containerd;

internal static partial class ContainerdLog
{
    [LoggerMessage(4230, LogLevel.Information, "containerd answers: process {Pid}, after {ElapsedMs:0} ms")]
    public static partial void Answers(ILogger log, int pid, double elapsedMs);

    [LoggerMessage(
        4232, LogLevel.Information, "containerd's configuration has changed, or has not loaded: restarting {Pid}")]
    public static partial void Restarting(ILogger log, int pid);

    [LoggerMessage(4233, LogLevel.Error, "containerd has died (see {LogPath}); restarting it in {DelayMs} ms")]
    public static partial void Died(ILogger log, string logPath, double delayMs);

    [LoggerMessage(4234, LogLevel.Error, "containerd could not be started: {Problem}")]
    public static partial void StartFailed(ILogger log, string problem);

    [LoggerMessage(4235, LogLevel.Information, "containerd (process {Pid}) and its containers are left running")]
    public static partial void LeftRunning(ILogger log, int pid);

    [LoggerMessage(4236, LogLevel.Information, "Removed all containers, containerd and {Directory}")]
    public static partial void Purged(ILogger log, string directory);
}
