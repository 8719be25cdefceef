using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// The containers of one machine and the runtime that holds them, as containerd does behind CRI. It runs in a process
/// of its own, so neither the death nor the freezing of an agent touches it; freezing its <see cref="Process"/> freezes
/// the containers too. Agents come by <see cref="Connect"/>; checkers hear what really happens by
/// <see cref="Changed"/>.
/// </summary>
public sealed partial class SimulatedRuntime
{
    private const int MachinesMax = 65_536;

    /// <summary>What may befall containers by chance is drawn once in each such span.</summary>
    private static readonly TimeSpan WearInterval = TimeSpan.FromSeconds(10);

    /// <summary>How programs end that fail by themselves: errors, an abort, a wrong address.</summary>
    private static readonly int[] s_crashCodes = [1, 2, 134, 139];

    private readonly SortedDictionary<string, SimulatedSandbox> _sandboxes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedContainer> _containers = new(StringComparer.Ordinal);

    /// <summary>Names that are taken, by what exists and by what is being made.</summary>
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private readonly int _machineNumber;
    private readonly ImageCatalogue _catalogue;
    private readonly Func<RuntimeWeather> _weather;
    private readonly Dice _calls;
    private readonly Dice _lives;
    private readonly PodAddresses _addresses;
    private int _lastId;

    /// <param name="process">What the runtime runs in; its host's name is the machine's.</param>
    /// <param name="machineNumber">Unique in the cluster: ids and addresses are derived from it.</param>
    /// <param name="catalogue">What images there are.</param>
    /// <param name="dice">Draws delays, faults and the containers' lives.</param>
    /// <param name="weather">Asked each time that something may go wrong.</param>
    public SimulatedRuntime(
        SimulatedProcess process, int machineNumber, ImageCatalogue catalogue, Dice dice, Func<RuntimeWeather> weather)
    {
        if (machineNumber is < 0 or >= MachinesMax)
        {
            throw new ArgumentOutOfRangeException(nameof(machineNumber), machineNumber, "there are 65,536 at most");
        }

        _machineNumber = machineNumber;
        _catalogue = catalogue;
        _weather = weather;
        _calls = new Dice(dice.NextBits(), "calls");
        _lives = new Dice(dice.NextBits(), "lives");
        _addresses = new PodAddresses(machineNumber);
        Process = process;
        Begin();
    }

    /// <summary>The runtime's process; another one after each <see cref="PowerOn"/>.</summary>
    public SimulatedProcess Process { get; private set; }

    public string Machine => Process.Host;

    /// <summary>The machine's own address; pods of the host's network have it.</summary>
    public string HostIp => $"192.168.{_machineNumber / 256}.{_machineNumber % 256}";

    public bool IsOn => !Process.IsDead;

    /// <summary>Faults by kind, for the count.</summary>
    public Action<string> OnFault { get; init; } = static _ => { };

    /// <summary>Hears of everything that really happens to sandboxes and containers, as it happens.</summary>
    public event Action<ContainerChange>? Changed;

    /// <summary>Hears of each image that is removed, by its full name, as it happens.</summary>
    public event Action<string>? ImageRemoved;

    /// <summary>Every sandbox that exists now, in the order of their making.</summary>
    public IReadOnlyList<SandboxStatus> Sandboxes => [.. _sandboxes.Values.Select(s => s.Status)];

    /// <summary>Every container that exists now, in the order of their making.</summary>
    public IReadOnlyList<ContainerRuntimeStatus> Containers => [.. _containers.Values.Select(c => c.Status)];

    public IReadOnlyCollection<string> Images => _images.Keys;

    /// <summary>An agent's way to this runtime; it ends with the agent's process.</summary>
    public IContainerRuntime Connect(SimulatedProcess agent) => new RuntimeClient(this, agent);

    /// <summary>
    /// The machine loses its power: all that runs is gone at once. Killing <see cref="Process"/> does the same.
    /// </summary>
    public void PowerOff() => Process.Kill();

    /// <summary>
    /// The machine starts anew, as containerd does after a reboot: sandboxes are there but not ready, what ran has
    /// exited with 255, images and what was only created are as they were.
    /// </summary>
    public void PowerOn()
    {
        if (IsOn)
        {
            throw new InvalidOperationException($"machine {Machine} has power already");
        }

        var old = Process;
        Process = new SimulatedProcess(old.Loop, old.Host, old.Name, _lives, TimeSpan.Zero)
        {
            OnUnhandled = old.OnUnhandled,
            Clock = { Skew = old.Clock.Skew },
        };
        Begin();
    }

    private SimulationLoop Loop => Process.Loop;

    private void Begin()
    {
        Process.WhenKilled(LosePower);
        Process.Start(WearAsync);
    }

    private void LosePower()
    {
        BreakStreams();
        _names.Clear();
        foreach (var container in _containers.Values)
        {
            container.IsStarting = false;
            _names.Add(NameOf(container.Sandbox.Config, container.Config));
            if (container.IsRunning)
            {
                container.Status = Exited(container.Status, UnknownExitCode, "Unknown");
                Tell(ContainerChangeKind.Exited, container);
            }
        }

        foreach (var sandbox in _sandboxes.Values)
        {
            _names.Add(NameOf(sandbox.Config));
            EndSandbox(sandbox);
        }
    }

    /// <summary>Containers and sandboxes die by chance, wherever in the interval.</summary>
    private async Task WearAsync()
    {
        while (true)
        {
            await Task.Delay(WearInterval, Process.Clock);
            var now = _weather();
            foreach (var container in _containers.Values.Where(c => c.IsRunning && Befalls(now.CrashMean)))
            {
                Later(_lives.Between(TimeSpan.Zero, WearInterval), () => Crash(container));
            }

            foreach (var sandbox in _sandboxes.Values.Where(s => Befalls(now.SandboxCrashMean)))
            {
                Later(_lives.Between(TimeSpan.Zero, WearInterval), () => CrashSandbox(sandbox));
            }
        }
    }

    private bool Befalls(TimeSpan mean) => mean > TimeSpan.Zero && _lives.Chance(1 - Math.Exp(-(WearInterval / mean)));

    private void Crash(SimulatedContainer container)
    {
        if (!container.IsRunning)
        {
            return;
        }

        if (_lives.Chance(0.25))
        {
            OnFault("container out of memory");
            Publish(RuntimeEventKind.ContainerOutOfMemory, container.Id, container.Sandbox.Id, 0);
            End(container, KilledExitCode, "OOMKilled");
            return;
        }

        OnFault("container crashed");
        End(container, _lives.Pick(s_crashCodes), "Error");
    }

    private void CrashSandbox(SimulatedSandbox sandbox)
    {
        if (sandbox.Status.Ready)
        {
            OnFault("sandbox died");
            EndSandbox(sandbox);
            PublishExit(RuntimeEventKind.SandboxExited, "", sandbox.Id, KilledExitCode);
        }
    }

    private string NextId(char kind) => $"{kind}{++_lastId:000000}-{_machineNumber}";

    private DateTimeOffset WallClock => Process.Clock.GetUtcNow();

    /// <summary>Happens in the runtime's process, unless the machine loses its power before.</summary>
    private void Later(TimeSpan wait, Action happening)
    {
        var process = Process;
        Loop.After(wait, () => process.Enter(happening));
    }

    private Task WorkAsync(TimeSpan least, TimeSpan most) =>
        Task.Delay(_lives.Between(least, most), Process.Clock);

    private void Tell(ContainerChangeKind kind, SimulatedContainer container)
    {
        var sandbox = container.Sandbox.Config;
        int? exitCode = kind == ContainerChangeKind.Exited ? container.Status.ExitCode : null;
        Changed?.Invoke(new ContainerChange(
            Machine, kind, sandbox.Uid, sandbox.Namespace, sandbox.Name, container.Config.Name,
            container.Config.Attempt, container.Id, container.Sandbox.Id, container.Status.Image, exitCode, Loop.Now));
    }

    private void Tell(ContainerChangeKind kind, SimulatedSandbox sandbox)
    {
        var config = sandbox.Config;
        Changed?.Invoke(new ContainerChange(
            Machine, kind, config.Uid, config.Namespace, config.Name, "", config.Attempt, sandbox.Id, sandbox.Id, "",
            null, Loop.Now));
    }
}
