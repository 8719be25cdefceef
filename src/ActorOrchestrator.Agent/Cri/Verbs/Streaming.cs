using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Streaming;
using ActorOrchestrator.Streams.Commands;

namespace ActorOrchestrator.Agent.Cri;

/// <remarks>The runtime answers with a URL of its streaming server that is good for one use within a minute.</remarks>
public sealed partial class CriRuntime : IPodStreams
{
    /// <summary>containerd's name of the setting; other runtimes have none of that name.</summary>
    private const string StateDirectory = "stateDir";

    public async Task<ICommandSession> ExecAsync(
        string containerId, IReadOnlyList<string> command, CommandShape shape, CancellationToken cancellation)
    {
        var request = new ExecRequest
        {
            ContainerId = containerId, Tty = shape.Terminal,
            Stdin = shape.Input, Stdout = shape.Output, Stderr = shape.Error,
        };
        request.Cmd.AddRange(command);
        var answer = await CallAsync(Runtime(QueryTimeout).ExecAsync(request, cancellationToken: cancellation));
        return new CriCommandSession(
            _spdy, StreamingUrl(answer.Url), shape, token => UnreadInputAsync(containerId, token));
    }

    public async Task<ICommandSession> AttachAsync(
        string containerId, CommandShape shape, CancellationToken cancellation)
    {
        var request = new AttachRequest
        {
            ContainerId = containerId, Tty = shape.Terminal,
            Stdin = shape.Input, Stdout = shape.Output, Stderr = shape.Error,
        };
        var answer = await CallAsync(Runtime(QueryTimeout).AttachAsync(request, cancellationToken: cancellation));
        return new CriCommandSession(_spdy, StreamingUrl(answer.Url), shape);
    }

    public async Task<IPortForward> PortForwardAsync(string sandboxId, CancellationToken cancellation)
    {
        // Asked for the refusal alone, which is to come before a client's first connection.
        await PortForwardUrlAsync(sandboxId, cancellation);
        return new CriPortForward(async token => await _spdy.ConnectAsync(
            await PortForwardUrlAsync(sandboxId, token), CriPortForward.Version, CriPortForward.Limits, token));
    }

    /// <summary>Asks for all of the runtime's configuration, which is much.</summary>
    /// <exception cref="IOException">The runtime does not answer.</exception>
    private async Task<UnreadInput?> UnreadInputAsync(string containerId, CancellationToken cancellation)
    {
        try
        {
            return await ConfiguredAsync(StateDirectory, cancellation) is { } directory
                ? UnreadInput.Of(_channel, QueryTimeout, directory, containerId)
                : null;
        }
        catch (ContainerRuntimeException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private async Task<Uri> PortForwardUrlAsync(string sandboxId, CancellationToken cancellation)
    {
        var answer = await CallAsync(Runtime(QueryTimeout).PortForwardAsync(
            new PortForwardRequest { PodSandboxId = sandboxId }, cancellationToken: cancellation));
        return StreamingUrl(answer.Url);
    }

    private static Uri StreamingUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        ? url
        : throw new ContainerRuntimeException(
            RuntimeErrorKind.Other, $"the runtime's streaming server has no usable address: {text}");
}
