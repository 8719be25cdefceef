using System.Text;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    /// <summary>What a probe's or hook's failure shows; the kubelet cuts there too.</summary>
    private const int ExecOutputBytesMax = 10 * 1024;

    /// <summary>After its timeout the runtime still has to kill the command and answer.</summary>
    private static readonly TimeSpan ExecSlack = TimeSpan.FromSeconds(15);

    /// <remarks>
    /// CRI counts timeouts in whole seconds (rounded up). Output is standard output, then standard error.
    /// </remarks>
    public async Task<ExecResult> ExecAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellation)
    {
        var seconds = (long)Math.Max(1, Math.Ceiling(timeout.TotalSeconds));
        var request = new ExecSyncRequest { ContainerId = containerId, Timeout = seconds };
        request.Cmd.AddRange(command);
        try
        {
            var answer = await CallAsync(Runtime(TimeSpan.FromSeconds(seconds) + ExecSlack).ExecSyncAsync(
                request, cancellationToken: cancellation));
            return new ExecResult(answer.ExitCode, Output(answer), TimedOut: false);
        }
        catch (ContainerRuntimeException late) when (late.Kind == RuntimeErrorKind.Timeout)
        {
            return new ExecResult(-1, $"command timed out after {seconds}s", TimedOut: true);
        }
    }

    private static string Output(ExecSyncResponse answer)
    {
        var output = new byte[Math.Min(ExecOutputBytesMax, answer.Stdout.Length + answer.Stderr.Length)];
        var first = Math.Min(output.Length, answer.Stdout.Length);
        answer.Stdout.Span[..first].CopyTo(output);
        answer.Stderr.Span[..(output.Length - first)].CopyTo(output.AsSpan(first));
        return Encoding.UTF8.GetString(output);
    }
}
