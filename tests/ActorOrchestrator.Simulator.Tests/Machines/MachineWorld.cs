using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Tests.Machines;

/// <summary>One machine on virtual time, and a process that calls its runtime.</summary>
internal sealed class MachineWorld
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(1);

    private readonly ulong _seed;

    public MachineWorld(ulong seed = 1, int machineNumber = 1)
    {
        _seed = seed;
        Loop = new SimulationLoop(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Runtime = new SimulatedRuntime(
            NewProcess($"node-{machineNumber}", "runtime"), machineNumber, Catalogue, Dice("runtime"), () => Weather)
        {
            OnFault = Faults.Add,
        };
        Runtime.Changed += Changes.Add;
        Agent = NewProcess(Runtime.Machine, "agent");
        Client = Runtime.Connect(Agent);
    }

    public SimulationLoop Loop { get; }

    public SimulatedRuntime Runtime { get; }

    public ImageCatalogue Catalogue { get; } = new();

    public RuntimeWeather Weather { get; set; } = RuntimeWeather.Fair;

    public SimulatedProcess Agent { get; private set; }

    public IContainerRuntime Client { get; private set; }

    public List<ContainerChange> Changes { get; } = [];

    public List<string> Faults { get; } = [];

    public Dice Dice(string purpose) => new(_seed, purpose);

    public SimulatedProcess NewProcess(string host, string name) =>
        new(Loop, host, $"{host}/{name}", Dice(name), TimeSpan.FromMicroseconds(50));

    public void NewAgent()
    {
        Agent = NewProcess(Runtime.Machine, "agent");
        Client = Runtime.Connect(Agent);
    }

    public void Advance(double seconds) => Loop.RunUntil(Loop.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Begins something in the agent's process.</summary>
    public Task<T> Begin<T>(Func<Task<T>> work)
    {
        Task<T>? begun = null;
        Agent.Enter(() => begun = work());
        return begun ?? throw new InvalidOperationException("the agent is dead or frozen");
    }

    public Task Begin(Func<Task> work) => Begin(async () =>
    {
        await work();
        return 0;
    });

    /// <summary>Does something in the agent's process and lets the world go on until it is done.</summary>
    public T Do<T>(Func<Task<T>> work)
    {
        var begun = Begin(work);
        Loop.RunUntil(Loop.Now + LongestCall, () => begun.IsCompleted);
        Assert.True(begun.IsCompleted, "no end within an hour");
        return begun.GetAwaiter().GetResult();
    }

    public void Do(Func<Task> work) => Do(async () =>
    {
        await work();
        return 0;
    });

    public RuntimeErrorKind Refused(Func<Task> work) =>
        Assert.Throws<ContainerRuntimeException>(() => Do(work)).Kind;

    public string Sandbox(string pod = "web", uint attempt = 0) =>
        Do(() => Client.RunSandboxAsync(SandboxOf(pod, attempt), default));

    public string Created(string sandbox, string image = "app:1", string pod = "web", uint attempt = 0)
    {
        Do(() => Client.PullImageAsync(image, null, default));
        return Do(() => Client.CreateContainerAsync(
            sandbox, ContainerOf(image, attempt), SandboxOf(pod, 0), default));
    }

    public string Running(string image = "app:1", string pod = "web")
    {
        var id = Created(Sandbox(pod), image, pod);
        Do(() => Client.StartContainerAsync(id, default));
        return id;
    }

    public ContainerRuntimeStatus Status(string id) => Runtime.Containers.Single(c => c.Id == id);

    /// <summary>Ids of a pod's containers that really run.</summary>
    public IEnumerable<string> RunningOf(string uid) =>
        from sandbox in Runtime.Sandboxes
        where sandbox.Uid == uid
        from container in Runtime.Containers
        where container.SandboxId == sandbox.Id && container.State == ContainerRuntimeState.Running
        select container.Id;

    /// <summary>Every event that comes from now on.</summary>
    public List<RuntimeEvent> Listen()
    {
        var heard = new List<RuntimeEvent>();
        Agent.Start(async () =>
        {
            await foreach (var told in Client.EventsAsync(default))
            {
                heard.Add(told);
            }
        });
        Advance(1);
        return heard;
    }

    public static SandboxConfig SandboxOf(string pod, uint attempt) => new()
    {
        Name = pod,
        Namespace = "shop",
        Uid = $"uid-{pod}",
        Attempt = attempt,
        LogDirectory = $"/logs/{pod}",
    };

    public static ContainerConfig ContainerOf(string image, uint attempt) => new()
    {
        Name = "app",
        Attempt = attempt,
        Image = image,
        LogPath = $"app/{attempt}.log",
    };
}
