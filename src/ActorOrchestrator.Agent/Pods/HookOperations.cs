using System.Collections.Concurrent;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Lifecycle hooks, the stop of a container that begins with one, and probes.</summary>
internal sealed class HookOperations(WorkerPorts ports)
{
    private const int MaxOutputLength = 10 * 1024;

    private static readonly TimeSpan LongestHook = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _preStops = new(StringComparer.Ordinal);

    public async Task<PodFact> PostStartAsync(
        Pod pod, PodAction.RunPostStart hook, ValueList<string> podIps, CancellationToken cancellation)
    {
        var handler = hook.Container.Spec.Lifecycle?.PostStart
            ?? throw new InvalidOperationException($"container {hook.Container.Name} has no postStart hook");
        var outcome = await RunAsync(pod, hook.Container, hook.ContainerId, handler, podIps, LongestHook, cancellation);
        if (outcome.Succeeded != true)
        {
            Record(pod, hook.Container, "FailedPostStartHook", $"PostStartHook failed: {outcome.Output}");
        }

        return new PodFact.PostStartEnded(hook.Container.Name, hook.ContainerId, outcome.Succeeded == true);
    }

    public async Task<PodFact> KillAsync(
        Pod pod, PodAction.KillContainer kill, ValueList<string> podIps, CancellationToken cancellation)
    {
        var began = ports.Time.GetTimestamp();
        if (kill.Grace > TimeSpan.Zero && kill.Container?.Spec.Lifecycle?.PreStop is { } preStop)
        {
            await PreStopAsync(pod, kill, kill.Container, preStop, podIps, cancellation);
        }

        var left = kill.Grace > TimeSpan.Zero
            ? EndPlan.AtLeastMinimum(kill.Grace - ports.Time.GetElapsedTime(began))
            : TimeSpan.Zero;
        await ports.Runtime.StopContainerAsync(kill.ContainerId, left, cancellation);
        var status = await ports.Runtime.ContainerStatusAsync(kill.ContainerId, cancellation);
        return status switch
        {
            null => new PodFact.ContainerLost(kill.Name, kill.ContainerId),
            { State: ContainerRuntimeState.Exited } =>
                new PodFact.ContainerSeen(LastWords.Added(ports.Files, pod, status)),
            _ => new PodFact.Abandoned($"container {kill.Name} still runs after it was stopped"),
        };
    }

    /// <summary>The pod has less time than when the kill began: what is left of the preStop hook is skipped.</summary>
    public void Hasten(string containerId)
    {
        if (_preStops.TryGetValue(containerId, out var running))
        {
            running.Cancel();
        }
    }

    public async Task<PodFact> ProbeAsync(
        Pod pod, PodAction.SendProbe send, ValueList<string> podIps, CancellationToken cancellation)
    {
        var container = send.Container;
        var probe = ProbePlan.SpecOf(container.Spec, send.Kind)
            ?? throw new InvalidOperationException($"container {container.Name} has no {send.Kind} probe");
        var outcome = await OutcomeAsync(pod, container.Spec, send.ContainerId, probe, podIps, cancellation);
        if (outcome.Succeeded != true)
        {
            Record(pod, container, "Unhealthy", outcome.Succeeded is null
                ? $"{send.Kind} probe errored: {outcome.Output}"
                : $"{send.Kind} probe failed: {outcome.Output}");
        }
        ports.Instruments.ProbeAnswered(send.Kind.ToString(), outcome.Succeeded);
        return new PodFact.ProbeAnswered(container.Name, send.ContainerId, send.Kind, outcome.Succeeded);
    }

    private async Task<ProbeOutcome> OutcomeAsync(
        Pod pod, Container container, string id, Probe probe, ValueList<string> podIps, CancellationToken cancellation)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds));
        var ip = AddressOf(pod, podIps);
        try
        {
            if (probe.Exec is { } exec)
            {
                return await ExecAsync(id, exec, timeout, cancellation);
            }

            if (probe.HttpGet is { } get)
            {
                return await ports.Prober.HttpGetAsync(
                    ProbeTargets.Http(get, container, ip), get.HttpHeaders, timeout, cancellation);
            }
            if (probe.TcpSocket is { } tcp)
            {
                return await ports.Prober.TcpConnectAsync(
                    string.IsNullOrEmpty(tcp.Host) ? ip : tcp.Host, ProbeTargets.Port(tcp.Port, container), timeout,
                    cancellation);
            }
            if (probe.Grpc is { } grpc)
            {
                return await ports.Prober.GrpcCheckAsync(ip, grpc.Port, grpc.Service ?? "", timeout, cancellation);
            }

            return new ProbeOutcome(null, $"missing probe handler for {container.Name}");
        }
        catch (Exception refused) when (refused is ContainerConfigException or ContainerRuntimeException)
        {
            return new ProbeOutcome(null, refused.Message);
        }
    }

    private async Task PreStopAsync(
        Pod pod, PodAction.KillContainer kill, PodContainer container, LifecycleHandler preStop,
        ValueList<string> podIps, CancellationToken cancellation)
    {
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _preStops[kill.ContainerId] = hurry;
        try
        {
            var outcome = await RunAsync(pod, container, kill.ContainerId, preStop, podIps, kill.Grace, hurry.Token);
            if (outcome.Succeeded != true)
            {
                Record(pod, container, "FailedPreStopHook", $"PreStopHook failed: {outcome.Output}");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Record(pod, container, "FailedPreStopHook", "PreStopHook failed: the grace period was shortened");
        }
        finally
        {
            _preStops.TryRemove(kill.ContainerId, out _);
        }
    }

    private async Task<ProbeOutcome> RunAsync(
        Pod pod, PodContainer container, string id, LifecycleHandler handler, ValueList<string> podIps,
        TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            if (handler.Exec is { } exec)
            {
                return await ExecAsync(id, exec, timeout, cancellation);
            }

            if (handler.Sleep is { } sleep)
            {
                var wanted = TimeSpan.FromSeconds(sleep.Seconds);
                await Task.Delay(wanted < timeout ? wanted : timeout, ports.Time, cancellation);
                return new ProbeOutcome(true, "");
            }

            if (handler.HttpGet is { } get)
            {
                return await ports.Prober.HttpGetAsync(
                    ProbeTargets.Http(get, container.Spec, AddressOf(pod, podIps)), get.HttpHeaders, timeout,
                    cancellation);
            }
            return new ProbeOutcome(false, "invalid handler: it names neither exec, httpGet nor sleep");
        }
        catch (Exception refused) when (refused is ContainerConfigException or ContainerRuntimeException)
        {
            return new ProbeOutcome(false, refused.Message);
        }
    }

    private async Task<ProbeOutcome> ExecAsync(
        string id, ExecAction exec, TimeSpan timeout, CancellationToken cancellation)
    {
        var result = await ports.Runtime.ExecAsync(id, exec.Command, timeout, cancellation);
        var output = result.Output.Length > MaxOutputLength ? result.Output[..MaxOutputLength] : result.Output;
        return result.TimedOut
            ? new ProbeOutcome(false, $"command timed out: \"{string.Join(' ', exec.Command)}\" timed out after "
                + $"{timeout.TotalSeconds:0.###}s")
            : new ProbeOutcome(result.ExitCode == 0, output);
    }

    private string AddressOf(Pod pod, ValueList<string> podIps)
    {
        var ips = pod.Spec.HostNetwork ? ports.Node.HostIps : podIps;
        return ips.Count > 0 ? ips[0] : throw new ContainerConfigException("the pod has no address yet");
    }

    private void Record(Pod pod, PodContainer container, string reason, string message) =>
        ports.Record(pod, new PodEvent(PodEvent.Warning, reason, message, container));
}
