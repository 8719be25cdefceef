using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// An agent's end of the socket to its machine's runtime, with the deadlines that the real client has. Every outcome
/// arrives in the agent's process.
/// </summary>
public sealed class RuntimeClient : IContainerRuntime
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PullTimeout = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ExecSlack = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReconnectLeast = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectMost = TimeSpan.FromSeconds(5);

    private readonly SimulatedRuntime _runtime;
    private readonly SimulatedProcess _agent;

    internal RuntimeClient(SimulatedRuntime runtime, SimulatedProcess agent) => (_runtime, _agent) = (runtime, agent);

    public Task<RuntimeVersion> VersionAsync(CancellationToken cancellation) =>
        QueryAsync(() => new RuntimeVersion("simulated", "1.0.0"), cancellation);

    public Task<RuntimeHealth> StatusAsync(CancellationToken cancellation) =>
        QueryAsync(() => new RuntimeHealth(RuntimeReady: true, NetworkReady: true, "", ""), cancellation);

    public Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken cancellation) =>
        CallAsync(() => _runtime.RunSandboxAsync(config), CallTimeout, cancellation);

    public Task StopSandboxAsync(string sandboxId, CancellationToken cancellation) =>
        DoAsync(() => _runtime.StopSandboxAsync(sandboxId), CallTimeout, cancellation);

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellation) =>
        DoAsync(() => _runtime.RemoveSandboxAsync(sandboxId), CallTimeout, cancellation);

    public Task<SandboxStatus?> SandboxStatusAsync(string sandboxId, CancellationToken cancellation) =>
        QueryAsync(() => _runtime.SandboxStatus(sandboxId), cancellation);

    public Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellation) =>
        QueryAsync(_runtime.ListSandboxes, cancellation);

    public Task<string> CreateContainerAsync(
        string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken cancellation) =>
        CallAsync(() => _runtime.CreateContainerAsync(sandboxId, config), CallTimeout, cancellation);

    public Task StartContainerAsync(string containerId, CancellationToken cancellation) =>
        DoAsync(() => _runtime.StartContainerAsync(containerId), CallTimeout, cancellation);

    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellation) =>
        DoAsync(() => _runtime.StopContainerAsync(containerId, grace), grace + CallTimeout, cancellation);

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellation) =>
        DoAsync(() => _runtime.RemoveContainerAsync(containerId), CallTimeout, cancellation);

    public Task<ContainerRuntimeStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellation) =>
        QueryAsync(() => _runtime.ContainerStatus(containerId), cancellation);

    public Task<IReadOnlyList<ContainerRuntimeStatus>> ListContainersAsync(CancellationToken cancellation) =>
        QueryAsync(_runtime.ListContainers, cancellation);

    public async Task<ExecResult> ExecAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await CallAsync(
                () => _runtime.ExecAsync(containerId, command, timeout), timeout + ExecSlack, cancellation);
        }
        catch (ContainerRuntimeException late) when (late.Kind == RuntimeErrorKind.Timeout)
        {
            return new ExecResult(-1, late.Message, TimedOut: true);
        }
    }

    public Task UpdateResourcesAsync(
        string containerId, ResourceConfig resources, CancellationToken cancellation) =>
        DoAsync(() => _runtime.UpdateResourcesAsync(containerId), QueryTimeout, cancellation);

    public Task ReopenLogAsync(string containerId, CancellationToken cancellation) =>
        DoAsync(() => _runtime.ReopenLogAsync(containerId), QueryTimeout, cancellation);

    public Task<ImageInfo?> ImageStatusAsync(string image, CancellationToken cancellation) =>
        QueryAsync(() => _runtime.FindImage(image), cancellation);

    public Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellation) =>
        CallAsync(() => _runtime.PullImageAsync(image), PullTimeout, cancellation);

    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation) =>
        QueryAsync(_runtime.ListImages, cancellation);

    public Task<IReadOnlyCollection<string>> KeptImagesAsync(CancellationToken cancellation) =>
        QueryAsync(_runtime.ListKeptImages, cancellation);

    public Task RemoveImageAsync(string id, CancellationToken cancellation) =>
        DoAsync(() => _runtime.RemoveImageAsync(id), CallTimeout, cancellation);

    /// <summary>Nobody is asked: it is the same for all of them.</summary>
    public Task<string?> ImageDirectoryAsync(CancellationToken cancellation) =>
        Task.FromResult<string?>("/var/lib/images");

    /// <summary>Simulated containers read no files: the runtime takes an image's id for the mount.</summary>
    public Task<ImageMounter> ImageMounterAsync(CancellationToken cancellation) =>
        Task.FromResult(ImageMounter.Runtime);

    public Task<IReadOnlyList<ViewMount>> ViewImageAsync(ImageView view, CancellationToken cancellation) =>
        throw new InvalidOperationException("the runtime mounts images itself");

    public Task RemoveImageViewsAsync(string? podUid, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IReadOnlyList<ContainerStats>> StatsAsync(string? podUid, CancellationToken cancellation) =>
        QueryAsync(() => _runtime.Stats(podUid), cancellation);

    public async IAsyncEnumerable<RuntimeEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var delay = ReconnectLeast; ;)
        {
            var subscription = new RuntimeSubscription(_agent);
            try
            {
                if (await IsOpenedAsync(subscription, cancellation))
                {
                    delay = ReconnectLeast;
                    yield return new RuntimeEvent(
                        RuntimeEventKind.Reconnected, "", "", _agent.Clock.GetUtcNow(), 0);
                    while (await subscription.Arrived.WaitToReadAsync(cancellation))
                    {
                        while (subscription.Arrived.TryRead(out var told))
                        {
                            yield return told;
                        }
                    }
                }
            }
            finally
            {
                subscription.Close();
            }

            await Task.Delay(delay, _agent.Clock, cancellation);
            delay = delay * 2 < ReconnectMost ? delay * 2 : ReconnectMost;
        }
    }

    private async Task<bool> IsOpenedAsync(RuntimeSubscription subscription, CancellationToken cancellation)
    {
        try
        {
            return await CallAsync(
                () =>
                {
                    _runtime.Subscribe(subscription);
                    return Task.FromResult(true);
                },
                SubscribeTimeout, cancellation);
        }
        catch (ContainerRuntimeException)
        {
            // It is tried again, ever more slowly, until somebody answers.
            return false;
        }
    }

    private Task<T> QueryAsync<T>(Func<T> look, CancellationToken cancellation) =>
        CallAsync(() => Task.FromResult(look()), QueryTimeout, cancellation);

    private Task DoAsync(Func<Task> work, TimeSpan timeout, CancellationToken cancellation) => CallAsync(
        async () =>
        {
            await work();
            return true;
        },
        timeout, cancellation);

    private Task<T> CallAsync<T>(Func<Task<T>> work, TimeSpan timeout, CancellationToken cancellation)
    {
        var call = new RuntimeCall<T>(_agent, timeout, cancellation);
        _runtime.Carry(call, work);
        return call.Task;
    }
}
