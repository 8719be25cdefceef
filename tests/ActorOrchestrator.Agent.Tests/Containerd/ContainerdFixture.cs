using System.Diagnostics;
using ActorOrchestrator.Agent.Containerd;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Agent.Tests.Containerd;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(ContainerdFixture))]

namespace ActorOrchestrator.Agent.Tests.Containerd;

/// <summary>
/// One real containerd for the whole run, with everything of its own in a directory under /tmp, taken down at the end
/// with its sandboxes, mounts, bridge and processes. Needs root and the packages that scripts/setup installs.
/// </summary>
public sealed class ContainerdFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private static readonly string[] Needed =
        ["/usr/bin/containerd", "/usr/sbin/runc", "/usr/bin/ctr", "/bin/busybox", "/usr/bin/catatonit", "/usr/sbin/ip"];

    private ContainerdDaemon? _daemon;
    private CriRuntime? _runtime;

    public string Directory { get; } = $"/tmp/aoc-{Guid.NewGuid():N}"[..16];

    public ContainerdSettings Settings { get; private set; } = null!;

    public ContainerdDaemon Daemon => _daemon ?? throw new InvalidOperationException("containerd was not started");

    public CriRuntime Runtime => _runtime ?? throw new InvalidOperationException("containerd was not started");

    public static ContainerdSettings SettingsFor(string directory) => new()
    {
        Directory = directory + "/c",
        SandboxImage = TestImages.Pause,
        Network = new CniNetwork
        {
            BridgeName = CniNetwork.BridgeNameFor(directory),
            StateDirectory = directory + "/leases",
            // Runs side by side on one machine shall not share a subnet.
            PodSubnet = $"10.{200 + Environment.ProcessId / 256 % 50}.{Environment.ProcessId % 256}.0/24",
        },
    };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Only the first test that needs it starts it, so that the others need neither root nor packages.
    /// </summary>
    public async ValueTask StartOnceAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_runtime is null)
            {
                await StartAsync();
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task StartAsync()
    {
        var missing = Needed.Where(path => !File.Exists(path)).ToList();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException(
                $"These tests run real containers and need {string.Join(", ", missing)}: run scripts/setup as root");
        }
        if (Environment.UserName != "root")
        {
            throw new InvalidOperationException("These tests run real containers: run as root");
        }

        System.IO.Directory.CreateDirectory(Directory);
        Settings = SettingsFor(Directory);
        _daemon = new ContainerdDaemon(Settings, TimeProvider.System, NullLogger<ContainerdDaemon>.Instance);
        await _daemon.StartAsync(TestContext.Current.CancellationToken);
        await ImportImagesAsync(Settings);
        _runtime = NewRuntime("fixture");
    }

    public async ValueTask DisposeAsync()
    {
        _runtime?.Dispose();
        _starting.Dispose();
        if (_daemon is not null)
        {
            await _daemon.PurgeAsync(CancellationToken.None);
        }

        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }

    public static async Task ImportImagesAsync(ContainerdSettings settings)
    {
        TestImages.WritePause(settings.Directory + "/pause.tar");
        TestImages.WriteBusybox(settings.Directory + "/busybox.tar");
        foreach (var image in (string[])["pause", "busybox"])
        {
            await RunAsync(
                "ctr", "-a", settings.SocketPath, "-n", "k8s.io", "images", "import",
                $"{settings.Directory}/{image}.tar");
        }
    }

    public CriRuntime NewRuntime(string owner) => new(
        new CriRuntimeOptions(Settings.SocketPath, owner), TimeProvider.System, NullLogger<CriRuntime>.Instance);

    public static async Task<string> RunAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)}: {await error}{output}");
        return output;
    }

    /// <summary>A sandbox config with a name of its own and a log directory in the fixture's.</summary>
    public SandboxConfig Sandbox(string name)
    {
        var uid = Guid.NewGuid().ToString();
        return new SandboxConfig
        {
            Name = name, Namespace = "default", Uid = uid, Hostname = name, LogDirectory = $"{Directory}/logs/{uid}",
            Labels = new Dictionary<string, string>
            {
                [RuntimeLabels.PodName] = name, [RuntimeLabels.PodNamespace] = "default", [RuntimeLabels.PodUid] = uid,
            },
        };
    }

    public static ContainerConfig Container(string name, params string[] command) => new()
    {
        Name = name, Image = TestImages.Busybox, Command = command, LogPath = name + "/0.log",
        Labels = new Dictionary<string, string> { [RuntimeLabels.ContainerName] = name },
    };
}

/// <summary>Tests that run real containers.</summary>
public abstract class ContainerdTests(ContainerdFixture fixture) : IAsyncLifetime
{
    protected ContainerdFixture Fixture { get; } = fixture;

    public virtual ValueTask InitializeAsync() => Fixture.StartOnceAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
