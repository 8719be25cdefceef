using System.Diagnostics;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>A command beside a container's process, connected to its caller. It goes with him.</summary>
internal sealed class ProcessCommand(ProcessSpec spec, IReadOnlyList<string> command, CommandShape shape)
    : ICommandSession
{
    /// <summary>For a client to say how large its terminal is, which it does at once where it has one.</summary>
    private static readonly TimeSpan FirstSizeMax = TimeSpan.FromSeconds(1);

    public async Task<Status> RunAsync(CommandStreams streams, CancellationToken cancellation)
    {
        try
        {
            return shape.Terminal
                ? await OnTerminalAsync(streams, cancellation)
                : await OnPipesAsync(streams, cancellation);
        }
        catch (Exception failure) when (failure is ContainerRuntimeException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            return CommandEnds.Failed(FailureWords.Of(failure));
        }
    }

    private async Task<Status> OnPipesAsync(CommandStreams streams, CancellationToken cancellation)
    {
        using var process = ProcessLauncher.Exec(spec, command);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var given = GiveAsync(streams.Input, process, ended.Token);
        try
        {
            await Task.WhenAll(
                StreamCopy.CopyAsync(process.StandardOutput.BaseStream, streams.Output ?? Stream.Null, cancellation),
                StreamCopy.CopyAsync(process.StandardError.BaseStream, streams.Error ?? Stream.Null, cancellation));
            await process.WaitForExitAsync(cancellation);
            return CommandEnds.Exited(process.ExitCode);
        }
        finally
        {
            await EndAsync(process, ended, given);
        }
    }

    private async Task<Status> OnTerminalAsync(CommandStreams streams, CancellationToken cancellation)
    {
        using var terminal = PseudoTerminal.Open();
        await ResizeOnceAsync(terminal, streams, cancellation);
        using var process = ProcessLauncher.ExecOn(terminal.Path, spec, command);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var given = Task.WhenAll(
            streams.Input is { } input ? StreamCopy.CopyAsync(input, terminal.Stream, ended.Token) : Task.CompletedTask,
            ResizeAsync(terminal, streams, ended.Token));
        try
        {
            await ShowAsync(terminal, streams.Output ?? Stream.Null, cancellation);
            await process.WaitForExitAsync(cancellation);
            return CommandEnds.Exited(process.ExitCode);
        }
        finally
        {
            await EndAsync(process, ended, given);
        }
    }

    private static async Task GiveAsync(Stream? from, Process process, CancellationToken cancellation)
    {
        await using var to = process.StandardInput.BaseStream;
        if (from is not null)
        {
            await StreamCopy.CopyAsync(from, to, cancellation);
        }
    }

    /// <summary>Until the last process has closed the terminal, which a read tells as a failure (EIO).</summary>
    private static async Task ShowAsync(PseudoTerminal terminal, Stream to, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        while (true)
        {
            int read;
            try
            {
                read = await terminal.Stream.ReadAsync(buffer, cancellation);
            }
            catch (IOException)
            {
                return;
            }

            if (read == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    /// <summary>A command may ask for the size as the first thing that it does.</summary>
    private static async Task ResizeOnceAsync(
        PseudoTerminal terminal, CommandStreams streams, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(FirstSizeMax);
        try
        {
            terminal.Resize(await streams.Sizes.ReadAsync(late.Token));
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static async Task ResizeAsync(
        PseudoTerminal terminal, CommandStreams streams, CancellationToken cancellation)
    {
        await foreach (var size in streams.Sizes.ReadAllAsync(cancellation))
        {
            terminal.Resize(size);
        }
    }

    /// <summary>What the command leaves behind in its session's first group ends with it, as its caller does.</summary>
    private static async Task EndAsync(Process process, CancellationTokenSource ended, Task given)
    {
        if (!process.HasExited)
        {
            _ = NativeMethods.kill(-process.Id, NativeMethods.SigHup);
            _ = NativeMethods.kill(-process.Id, NativeMethods.SigKill);
        }

        await ended.CancelAsync();
        await given.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
