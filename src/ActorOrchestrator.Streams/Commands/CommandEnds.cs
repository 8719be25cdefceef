using ActorOrchestrator.Api;

namespace ActorOrchestrator.Streams.Commands;

/// <summary>How a command in a container ended, as v4.channel.k8s.io tells it.</summary>
public static class CommandEnds
{
    public const string NonZeroExitCode = "NonZeroExitCode";
    private const string ExitCodeCause = "ExitCode";

    public static readonly Status Success = new() { Result = "Success" };

    public static Status Exited(int code) => code == 0 ? Success : Statuses.Failure(
        0, NonZeroExitCode, $"command terminated with non-zero exit code: exit status {code}",
        new StatusDetails { Causes = [new StatusCause { Reason = ExitCodeCause, Message = code.ToString() }] });

    /// <summary>It could not be started, or what it does is not known.</summary>
    public static Status Failed(string why) => Statuses.InternalError($"error executing command in container: {why}");
}
