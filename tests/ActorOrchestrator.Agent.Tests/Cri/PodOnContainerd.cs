using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Tests.Containerd;

namespace ActorOrchestrator.Agent.Tests.Cri;

/// <summary>A sandbox that is removed, with its containers, at the end of a test.</summary>
internal sealed class PodOnContainerd(
    IContainerRuntime runtime, SandboxConfig config, string id, CancellationToken cancellation) : IAsyncDisposable
{
    public string Id { get; } = id;

    public SandboxConfig Config { get; } = config;

    public static async Task<PodOnContainerd> RunAsync(
        IContainerRuntime runtime, SandboxConfig config, CancellationToken cancellation)
    {
        Directory.CreateDirectory(config.LogDirectory);
        var id = await runtime.RunSandboxAsync(config, cancellation);
        return new PodOnContainerd(runtime, config, id, cancellation);
    }

    public async Task<string> StartAsync(ContainerConfig container)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LogOf(container))!);
        var id = await runtime.CreateContainerAsync(Id, container, Config, cancellation);
        await runtime.StartContainerAsync(id, cancellation);
        return id;
    }

    public Task<string> StartAsync(string name, params string[] command) =>
        StartAsync(ContainerdFixture.Container(name, command));

    /// <summary>Starts it, and waits until its log says so: a signal may come before a shell has set its
    /// trap.</summary>
    public Task<string> UntilSaidAsync(string name, string word, params string[] command) =>
        UntilSaidAsync(ContainerdFixture.Container(name, command), word);

    /// <inheritdoc cref="UntilSaidAsync(string, string, string[])"/>
    public async Task<string> UntilSaidAsync(ContainerConfig container, string word)
    {
        var id = await StartAsync(container);
        while (!File.Exists(LogOf(container)) || !File.ReadAllText(LogOf(container)).Contains(word))
        {
            await Task.Delay(10, cancellation);
        }

        return id;
    }

    public string LogOf(ContainerConfig container) => Path.Combine(Config.LogDirectory, container.LogPath);

    /// <summary>Waits, bounded by the test's own timeout, until the container has exited.</summary>
    public async Task<ContainerRuntimeStatus> ExitedAsync(string containerId)
    {
        while (true)
        {
            var status = await runtime.ContainerStatusAsync(containerId, cancellation);
            Assert.NotNull(status);
            if (status.State == ContainerRuntimeState.Exited)
            {
                return status;
            }

            await Task.Delay(10, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await runtime.StopSandboxAsync(Id, CancellationToken.None);
        await runtime.RemoveSandboxAsync(Id, CancellationToken.None);
    }
}
