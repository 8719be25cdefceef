using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Network namespaces as machines, with a containerd each, that became a cluster by the commands of the
/// documentation: members, and machines that only run pods. PostgreSQL is on this machine.</summary>
internal sealed class MachineCluster : IFaultGround
{
    private const int ApiPort = 6443;
    private static readonly TimeSpan ReadyBound = TimeSpan.FromMinutes(3);

    /// <summary>As <see cref="SettingsFile.Unhurried"/>.</summary>
    private static readonly string[] s_unhurried =
    [
        "node.images.high-threshold=100", "node.eviction.memory-available.hard=0B",
        "node.eviction.nodefs-available.hard=0B", "node.eviction.imagefs-available.hard=0B",
        "node.eviction.nodefs-inodes-free.hard=0", "node.eviction.imagefs-inodes-free.hard=0",
    ];

    private readonly string _scratch;
    private readonly IReadOnlyList<string> _images;
    private readonly bool _haveClocks;
    private readonly List<ServerProcess> _machines = [];
    private IMachineNetwork? _network;
    private Postgres? _postgres;

    private MachineCluster(string purpose, IReadOnlyList<string> images, bool haveClocks) =>
        (_scratch, _images, _haveClocks) = (Places.NewScratch(purpose), images, haveClocks);

    public IReadOnlyList<ServerProcess> Machines => _machines;

    public IReadOnlyList<ControlMember> Members => [.. _machines.OfType<ControlMember>()];

    public ControlMember First => Members[0];

    public Segment Segment => _network as Segment ?? throw new InvalidOperationException("these machines are routed");

    public Postgres Postgres => _postgres ?? throw new InvalidOperationException("the database is not started");

    public MachineWorkload? Workload { get; private set; }

    private IMachineNetwork Network => _network ?? throw new InvalidOperationException("the network is not made");

    /// <summary>Starts the first of machines in two networks with a router between them.</summary>
    /// <param name="near">Machines of the first network.</param>
    /// <param name="far">Machines of the other one.</param>
    /// <param name="settings">Of the cluster, each <c>key=value</c>.</param>
    public static Task<MachineCluster> RoutedAsync(int near, int far, params string[] settings) => StartAsync(
        new("routed", ["pause", "busybox"], haveClocks: false),
        async directory => await RoutedNetwork.MakeAsync(directory, near, far), settings);

    /// <summary>Three members and three machines that only run pods, on one network.</summary>
    public static async Task<MachineCluster> SixAsync()
    {
        var cluster = await StartAsync(
            new("six", ["pause", "busybox", "data-tool"], haveClocks: true),
            async directory => await Segment.MakeAsync(6, directory), FaultRounds.KeepRows);
        try
        {
            await cluster.JoinAsync();
            await cluster.JoinAsync();
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => cluster.JoinToRunPodsAsync()));
            await cluster.UntilAllReadyAsync();
            cluster.Workload = new(cluster, cluster._scratch);
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has another machine join the control plane, and waits until it takes pods.</summary>
    public async Task<ControlMember> JoinAsync()
    {
        var member = Add((number, directory, inside) => new ControlMember(number, directory, inside)
        {
            Clock = NewClock(),
        });
        member.Arguments = ["join", .. await TicketAsync(), .. Machine(member), "--listen", Api(member)];
        await LaunchAsync(member);
        member.Arguments = ["server", "--data-dir", member.DataDirectory];
        return member;
    }

    /// <summary>Has another machine join to run pods only, and waits until it does.</summary>
    public async Task<PodMachine> JoinToRunPodsAsync()
    {
        var machine = Add((number, directory, inside) => new PodMachine(
            number, directory, inside, () => IsNodeReadyAsync($"m{number}"))
        {
            Clock = NewClock(),
        });
        machine.Arguments = ["join", .. await TicketAsync("--role", "node"), .. Machine(machine), "--role", "node"];
        await LaunchAsync(machine);
        machine.Arguments = ["node", "run", "--data-dir", machine.DataDirectory];
        return machine;
    }

    public static string NameOf(ServerProcess machine) => $"m{machine.Number}";

    public async Task<string> SubnetOfAsync(ServerProcess machine) => (await First.Kubectl().OkAsync(
        "get", "node", NameOf(machine), "-o", "jsonpath={.spec.podCIDR}")).Text.Trim();

    public Task UntilAllReadyAsync() => Task.WhenAll(_machines.Select(machine => machine.UntilReadyAsync()));

    public async Task PowerOffAsync(ServerProcess machine)
    {
        await MachinePower.OffAsync(machine);
        await Segment.RebootAsync(machine.Number);
    }

    public string Logs() => string.Join(
        '\n', _machines.Select(machine => $"--- {machine.Number}\n{machine.LogTail(15)}"));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_machines.Select(machine => machine.EndAsync()));
        TestContext.Current.TestOutputHelper?.WriteLine(Logs());
        await Task.WhenAll(_machines.Select(machine => machine.DisposeAsync().AsTask()));
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        MembersRun.KeepLogs(Path.GetFileName(_scratch), _machines);
        Directory.Delete(_scratch, recursive: true);
    }

    private static async Task<MachineCluster> StartAsync(
        MachineCluster cluster, Func<string, Task<IMachineNetwork>> network, params string[] settings)
    {
        try
        {
            cluster._network = await network(cluster._scratch);
            cluster._postgres = await Postgres.StartAsync(cluster.Network.Host, FreePort.Next());
            var url = Path.Combine(cluster._scratch, "journal");
            await File.WriteAllTextAsync(
                url, $"postgresql://postgres@{cluster.Network.Host}:{cluster._postgres.Port}/orchestrator\n");
            var first = cluster.Add((number, directory, inside) => new ControlMember(number, directory, inside)
            {
                Clock = cluster.NewClock(),
            });
            first.Arguments =
            [
                "server", "--journal-file", url, .. Machine(first), "--listen", cluster.Api(first),
                .. settings.SelectMany(setting => new[] { "--set", setting }),
            ];
            await cluster.LaunchAsync(first);
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private FalseClock? NewClock() => _haveClocks ? new() : null;

    private T Add<T>(Func<int, string, IReadOnlyList<string>, T> make)
        where T : ServerProcess
    {
        var number = _machines.Count + 1;
        var directory = Directory.CreateDirectory(Path.Combine(_scratch, $"{number}")).FullName;
        var machine = make(number, directory, Network.Inside(number));
        _machines.Add(machine);
        return machine;
    }

    /// <summary>Whom to ask, and a token.</summary>
    private async Task<string[]> TicketAsync(params string[] role)
    {
        var token = (await Tool.RunAsync(
            Places.Orchestrator, ["token", "create", .. role, "--data-dir", First.DataDirectory])).Ok().Text.Trim();
        return [Api(First), "--token", token];
    }

    private string Api(ServerProcess member) => $"{Network.Address(member.Number)}:{ApiPort}";

    private static string[] Machine(ServerProcess machine) =>
    [
        "--data-dir", machine.DataDirectory, "--node-name", NameOf(machine),
        .. s_unhurried.SelectMany(setting => new[] { "--set", setting }),
    ];

    private async Task LaunchAsync(ServerProcess machine)
    {
        await machine.UntilReadyAsync();
        await Task.WhenAll(Members.Select(member => member.UntilReadyAsync()));
        await Eventually.HoldsAsync(
            $"node {NameOf(machine)} to be ready\n{machine.LogTail()}", () => IsNodeReadyAsync(NameOf(machine)),
            ReadyBound);
        var socket = Path.Combine(machine.DataDirectory, "containerd/containerd.sock");
        foreach (var image in _images)
        {
            (await Tool.RunAsync(
                Places.Script("images"), ["--into", socket, "--only", image], timeout: ReadyBound)).Ok();
        }
    }

    /// <summary>As any member says that serves.</summary>
    private async Task<bool> IsNodeReadyAsync(string name)
    {
        foreach (var member in Members.Where(member => member.IsRunning))
        {
            var answer = await member.Kubectl().RunAsync(
                "get", "node", name, "--request-timeout=5s", "-o",
                "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}");
            if (answer.ExitCode == 0)
            {
                return answer.Text == "True";
            }
        }

        return false;
    }
}
