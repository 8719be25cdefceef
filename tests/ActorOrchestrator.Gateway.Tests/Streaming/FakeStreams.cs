using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Streaming;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Gateway.Tests.Streaming;

/// <summary>A machine on which every command writes its own words and returns what it reads.</summary>
internal sealed class FakeStreams : INodeStreams
{
    public Status? Refusal { get; init; }

    /// <summary>How a command ends, once its input has ended.</summary>
    public Status End { get; init; } = CommandEnds.Success;

    public string? ContainerId { get; private set; }

    public IReadOnlyList<string>? Command { get; private set; }

    public CommandShape? Shape { get; private set; }

    /// <summary>Completed when a command was left by its client.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<TerminalSize> Resized { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<NodeSession> OpenAsync(
        Pod pod, string containerId, IReadOnlyList<string>? command, CommandShape shape,
        CancellationToken cancellation)
    {
        (ContainerId, Command, Shape) = (containerId, command, shape);
        return ValueTask.FromResult<NodeSession>(Refusal is { } refusal
            ? new NodeSession.Refused(refusal)
            : new NodeSession.Ready(new Echo(this)));
    }

    public ValueTask<NodePortForward> ForwardAsync(Pod pod, CancellationToken cancellation) =>
        ValueTask.FromResult<NodePortForward>(Refusal is { } refusal
            ? new NodePortForward.Refused(refusal)
            : new NodePortForward.Ready(new EchoPorts()));

    private sealed class Echo(FakeStreams owner) : ICommandSession
    {
        public async Task<Status> RunAsync(CommandStreams streams, CancellationToken cancellation)
        {
            try
            {
                await (streams.Error?.WriteAsync("on error"u8.ToArray(), cancellation) ?? default);
                await (streams.Output?.WriteAsync(
                    Encoding.UTF8.GetBytes(string.Join(' ', owner.Command ?? [])), cancellation) ?? default);
                if (owner.Shape!.Terminal)
                {
                    owner.Resized.SetResult(await streams.Sizes.ReadAsync(cancellation));
                }

                if (streams.Input is not null)
                {
                    await StreamCopy.CopyAsync(streams.Input, streams.Output ?? Stream.Null, cancellation);
                }

                return owner.End;
            }
            catch (Exception)
            {
                owner.Left.TrySetResult();
                throw;
            }
        }
    }

    /// <summary>Port 7 returns what it gets, and nobody listens on the others.</summary>
    private sealed class EchoPorts : IPortForward
    {
        public Task ForwardAsync(int port, Stream client, CancellationToken cancellation) => port == 7
            ? StreamCopy.CopyAsync(client, client, cancellation)
            : throw new IOException($"error forwarding port {port}: connection refused");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
