using ActorOrchestrator.Agent.Fencing;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Api;
using ActorOrchestrator.Simulator.Actors;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>What a machine has.</summary>
internal sealed record MachineShape(long MilliCpu, long MemoryBytes)
{
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public int MaxPods { get; init; } = 110;
}

/// <summary>A machine of the cluster: its containers, and the real agent, each in a process of its own, so that the
/// agent can die while containers run on.</summary>
internal sealed class Machine
{
    /// <summary>Longer than most partitions, so that both happen.</summary>
    public static readonly TimeSpan FenceAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StopTime = TimeSpan.FromMilliseconds(500);

    private readonly World _world;
    private readonly MachineShape _shape;
    private readonly SimulatedMachine _facts;
    private readonly SimulatedFence _fence;
    private ActorSystem? _actors;
    private AgentLink? _link;
    private MemberChoice? _members;
    private int _agents;

    public Machine(World world, int number, MachineShape shape)
    {
        (_world, _shape) = (world, shape);
        Name = $"node-{number}";
        var process = world.NewProcess(Name, $"{Name}/runtime");
        Runtime = new SimulatedRuntime(
            process, number, world.Images, world.Dice($"runtime/{Name}"), () => Weather)
        {
            OnFault = world.CountFault,
        };
        Files = new SimulatedFiles(Runtime, world.Dice($"files/{Name}"), () => Weather) { OnFault = world.CountFault };
        _facts = new SimulatedMachine(Name, shape.MilliCpu, shape.MemoryBytes);
        _fence = new SimulatedFence(Runtime, _facts);
        IsMembers = world.Dice($"membership/{Name}").Fraction() < world.MembersShare;
    }

    public string Name { get; }

    /// <summary>Whether members hear of its agent, as of one of theirs; else it only runs pods.</summary>
    public bool IsMembers { get; }

    public SimulatedRuntime Runtime { get; }

    public SimulatedFiles Files { get; }

    /// <summary>The agent's process; null while there is none.</summary>
    public SimulatedProcess? Agent { get; private set; }

    /// <summary>Timers of the agent and alarms of its actors that will ring.</summary>
    public int AgentTimersArmed => Agent is { } process && _actors?.Scheduler is VirtualScheduler alarms
        ? process.Clock.TimersArmed + alarms.TimersArmed
        : 0;

    public bool IsOn { get; private set; } = true;

    /// <summary>When the power went last.</summary>
    public DateTimeOffset OffSince { get; private set; }

    /// <summary>Taken away: it never has power again.</summary>
    public bool IsGone { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>When it last was frozen and is not any more.</summary>
    public DateTimeOffset ThawedAt { get; private set; } = DateTimeOffset.MinValue;

    public TimeSpan Skew { get; private set; }

    /// <summary>What this machine has beside what all have; null: nothing.</summary>
    public RuntimeWeather? OwnWeather { get; set; }

    public RuntimeWeather Weather => OwnWeather ?? _world.RuntimeWeather;

    public void StartAgent()
    {
        if (!IsOn || Agent is not null)
        {
            return;
        }

        var process = _world.NewProcess(Name, $"{Name}/agent-{++_agents}");
        process.Clock.Skew = Skew;
        Agent = process;
        _members = new MemberChoice(_world.Control, _world.Dice($"members/{process.Name}"));
        var link = _link = new AgentLink(_world.Network, process, _members, IsMembers);
        var ports = new NodePorts(
            Runtime.Connect(process), link, Files, Prober(process), _facts, process.Clock,
            _world.Loggers.CreateLogger<NodeAgent>(), AgentInstruments.Shared)
        {
            Network = new WantedSubnet(),
            Fence = new NodeFence(_fence, FenceAfter),
        };
        process.Enter(() =>
        {
            _actors = SimulatedActorSystem.Create(process);
            _actors.ActorOf(NodeSupervisor.Props(Settings(), ports), "node");
        });
        _world.Trace.Line("agent", process.Name, "starts");
    }

    /// <summary>kill -9 of the agent; containers run on.</summary>
    public void KillAgent()
    {
        if (Agent is { } agent)
        {
            _world.Trace.Line("agent", agent.Name, "killed");
            Agent = null;
            agent.Kill();
        }
    }

    /// <summary>The agent says that it stops, and is gone a moment later; containers run on.</summary>
    public void StopAgent()
    {
        if (Agent is { IsFrozen: false } agent && _link is { } link)
        {
            _world.Trace.Line("agent", agent.Name, "stops");
            agent.Start(async () =>
            {
                try
                {
                    await link.StopAsync(Name, CancellationToken.None);
                }
                catch (IOException)
                {
                    // It was not heard, and is taken for lost.
                }
            });
            _world.Loop.After(StopTime, () =>
            {
                if (Agent == agent)
                {
                    KillAgent();
                }
            });
        }
    }

    public void PowerOff()
    {
        if (IsOn)
        {
            Thaw();
            IsOn = false;
            OffSince = _world.Loop.Now;
            _world.Trace.Line("machine", Name, "power off");
            KillAgent();
            Runtime.PowerOff();
        }
    }

    public void TakeAway()
    {
        PowerOff();
        IsGone = true;
    }

    public void PowerOn()
    {
        if (!IsOn && !IsGone)
        {
            IsOn = true;
            _world.Trace.Line("machine", Name, "power on");
            _facts.Reboot();
            Runtime.PowerOn();
            StartAgent();
        }
    }

    /// <summary>Nothing on it runs, containers included.</summary>
    public void Freeze()
    {
        IsFrozen = true;
        _world.Trace.Line("machine", Name, "frozen");
        Runtime.Process.Freeze();
        Agent?.Freeze();
    }

    public void Thaw()
    {
        if (IsFrozen)
        {
            IsFrozen = false;
            ThawedAt = _world.Loop.Now;
            Runtime.Process.Thaw();
            Agent?.Thaw();
        }
    }

    /// <summary>Unused images are to be removed, and no pod is evicted for it.</summary>
    public void FillDisk() => _facts.UseDisk(percent: 70);

    public void EmptyDisk() => _facts.UseDisk(percent: 50);

    /// <summary>Its agent's next calls go to that member.</summary>
    public void TalkTo(ControlHost host) => _members?.Take(host);

    public void SetSkew(TimeSpan skew)
    {
        Skew = skew;
        Agent?.Clock.Skew = skew;
    }

    private SimulatedProber Prober(SimulatedProcess agent) =>
        new(agent, [Runtime], _world.Dice($"probes/{agent.Name}"), () => Weather) { OnFault = _world.CountFault };

    private NodeSettings Settings() => new()
    {
        NodeName = Name,
        HostIps = [Runtime.HostIp],
        Labels = ValueMap<string>.From(_shape.Labels),
        Version = "v0.1.0",
        MaxPods = _shape.MaxPods,
        Images = new ImageGarbageSettings
        {
            HighThresholdPercent = 60, LowThresholdPercent = 55, MinimumAge = TimeSpan.Zero,
        },
        HeartbeatInterval = _world.HeartbeatEvery,
    };
}
