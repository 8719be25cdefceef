using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;
using ActorOrchestrator.Agent.Cri.Protocol.Containerd;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    /// <remarks>CRI counts the grace in whole seconds: parts of one are rounded up, and 0 kills at once.</remarks>
    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation)
    {
        if (grace > TimeSpan.Zero && await UnknownSignalAsync(containerId, cancellation) is { } signal)
        {
            await EndBySignalAsync(containerId, signal, grace, cancellation);
            grace = TimeSpan.Zero;
        }

        try
        {
            await EndWithinAsync(containerId, grace, cancellation);
        }
        catch (ContainerRuntimeException failure) when (failure.Kind == RuntimeErrorKind.Other)
        {
            // Where two stop a container, its shim may be gone before the second one's call has come to it.
            await EndWithinAsync(containerId, grace, cancellation);
        }
    }

    private Task EndWithinAsync(string containerId, TimeSpan grace, CancellationToken cancellation)
    {
        var seconds = (long)Math.Ceiling(Math.Max(0, grace.TotalSeconds));
        var request = new StopContainerRequest { ContainerId = containerId, Timeout = seconds };
        return CallUnlessGoneAsync(
            Runtime(TimeSpan.FromSeconds(seconds) + CallTimeout).StopContainerAsync(
                request, cancellationToken: cancellation),
            nameof(StopContainerAsync));
    }

    /// <summary>The signal that is to stop a container that runs, where its runtime was told of it and does not know
    /// what it was told. Null: the runtime sends the right one by itself.</summary>
    private async Task<string?> UnknownSignalAsync(string containerId, CancellationToken cancellation)
    {
        var status = await ContainerStatusAsync(containerId, cancellation);
        if (status is not { State: ContainerRuntimeState.Running, StopSignal: null }
            || status.Annotations.GetValueOrDefault(RuntimeLabels.StopSignal) is not { } signal)
        {
            return null;
        }

        if ((await AbilitiesAsync(cancellation)).HasContainerdServices)
        {
            return signal;
        }

        CriLog.StopSignalUnknown(_log, containerId, signal);
        return null;
    }

    /// <summary>Each container is signalled once, as by CRI: many programs take a second signal for the wish that they
    /// break off their orderly end.</summary>
    private async Task EndBySignalAsync(
        string containerId, string signal, TimeSpan grace, CancellationToken cancellation)
    {
        if (_signalled.TryAdd(containerId, signal))
        {
            var number = ContainerSignals.NumberOf(signal) ?? throw new ContainerRuntimeException(
                RuntimeErrorKind.InvalidArgument, $"there is no signal {signal}");
            await CallUnlessGoneAsync(_channel.ContainerdTasks(QueryTimeout).KillAsync(
                new KillRequest { ContainerId = containerId, Signal = (uint)number },
                Calls.RuntimeChannel.InNamespace(), cancellationToken: cancellation));
        }

        try
        {
            await CallUnlessGoneAsync(_channel.ContainerdTasks(grace).WaitAsync(
                new WaitRequest { ContainerId = containerId }, Calls.RuntimeChannel.InNamespace(),
                cancellationToken: cancellation));
        }
        catch (ContainerRuntimeException late) when (late.Kind == RuntimeErrorKind.Timeout)
        {
            // It has not ended within its grace, and is killed.
        }
    }
}
