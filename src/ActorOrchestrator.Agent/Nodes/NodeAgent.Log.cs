using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Agent.Nodes;

public sealed partial class NodeAgent
{
    [LoggerMessage(4101, LogLevel.Information, "node {Node} has its agent; runtime {Runtime} {Version}")]
    private static partial void LogBegins(ILogger log, string node, string runtime, string version);

    [LoggerMessage(4102, LogLevel.Warning, "{What} failed, again in {DelayMs} ms: {Problem}")]
    private static partial void LogRetry(ILogger log, string what, double delayMs, string problem);

    [LoggerMessage(4103, LogLevel.Information, "took over {Pods} pods; {Orphans} that run are not wanted any more")]
    private static partial void LogRecovered(ILogger log, int pods, int orphans);

    [LoggerMessage(4104, LogLevel.Warning, "what a gone pod left at {Place} could not be removed: {Problem}")]
    private static partial void LogTraces(ILogger log, string place, string problem);

    [LoggerMessage(4106, LogLevel.Warning, "the runtime still holds pods that are gone; they are ended: {Uids}")]
    private static partial void LogLeaked(ILogger log, string uids);

    [LoggerMessage(4105, LogLevel.Error, "Bug in the worker of pod {Pod}; it starts anew in {Seconds} s")]
    private static partial void LogWorkerFailed(ILogger log, string pod, double seconds, Exception problem);

    [LoggerMessage(4108, LogLevel.Warning, "the agent's mailbox was full: all workers are told again what is wanted")]
    private static partial void LogOverflowed(ILogger log);

    [LoggerMessage(4109, LogLevel.Error, "Bug in the reclaimer; it starts anew")]
    private static partial void LogReclaimerFailed(ILogger log, Exception problem);

    [LoggerMessage(4120, LogLevel.Warning, "static pod file \"{File}\" is not followed: {Problem}")]
    private static partial void LogManifestProblem(ILogger log, string file, string problem);

    [LoggerMessage(4122, LogLevel.Information, "machine {Node} is about to be shut down: its pods are ended")]
    private static partial void LogShutdown(ILogger log, string node);

    [LoggerMessage(4123, LogLevel.Information, "the pods of this machine were ended: {Outcome}")]
    private static partial void LogShutdownOver(ILogger log, string outcome);

    [LoggerMessage(4121, LogLevel.Warning, "the mirror of a static pod, {What}: {Problem}")]
    private static partial void LogMirrorProblem(ILogger log, string what, string problem);

    [LoggerMessage(4124, LogLevel.Warning,
        "no lease for pods that must not run twice, which are ended in {Seconds:0} s unless there is one: {Problem}")]
    private static partial void LogNoLease(ILogger log, double seconds, string problem);

    [LoggerMessage(4125, LogLevel.Warning,
        "the lease of node {Node} was over: its pods that must not run twice are ended, and run elsewhere or anew")]
    private static partial void LogFenced(ILogger log, string node);
}
