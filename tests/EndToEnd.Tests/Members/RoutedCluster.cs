using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>Machines in two networks, with a containerd each, that became a cluster by the commands of the
/// documentation.</summary>
internal sealed class RoutedCluster : IAsyncDisposable
{
    private const int ApiPort = 6443;
    private static readonly TimeSpan PurgeBound = TimeSpan.FromMinutes(3);

    /// <summary>As <see cref="SettingsFile.Unhurried"/>.</summary>
    private static readonly string[] s_unhurried =
    [
        "node.images.high-threshold=100", "node.eviction.memory-available.hard=0B",
        "node.eviction.nodefs-available.hard=0B", "node.eviction.imagefs-available.hard=0B",
    ];

    private readonly string _scratch = Places.NewScratch("routed");
    private readonly List<ControlMember> _members = [];
    private RoutedNetwork? _network;
    private Postgres? _postgres;

    private readonly IReadOnlyList<string> _settings;

    private RoutedCluster(IReadOnlyList<string> settings) => _settings = settings;

    public IReadOnlyList<ControlMember> Members => _members;

    public ControlMember First => _members[0];

    public RoutedNetwork Network => _network ?? throw new InvalidOperationException("the network is not made");

    /// <summary>Starts the first machine.</summary>
    /// <param name="settings">Of the cluster, each <c>key=value</c>.</param>
    public static async Task<RoutedCluster> StartAsync(params string[] settings)
    {
        var cluster = new RoutedCluster(settings);
        try
        {
            cluster._network = await RoutedNetwork.MakeAsync(cluster._scratch);
            cluster._postgres = await Postgres.StartAsync(cluster.Network.Host, FreePort.Next());
            var url = Path.Combine(cluster._scratch, "journal");
            await File.WriteAllTextAsync(
                url, $"postgresql://postgres@{cluster.Network.Host}:{cluster._postgres.Port}/orchestrator\n");
            var member = await cluster.NextAsync(isFar: false);
            member.Arguments =
            [
                "server", "--journal-file", url,
                .. cluster.Machine(member, isFar: false),
                .. cluster._settings.SelectMany(setting => (string[])["--set", setting]),
            ];
            await cluster.LaunchAsync(member);
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has another machine join, and waits until it takes pods.</summary>
    public async Task<ControlMember> JoinAsync(bool isFar)
    {
        var token = (await Tool.RunAsync(
            Places.Orchestrator, ["token", "create", "--data-dir", First.DataDirectory])).Ok().Text.Trim();
        var member = await NextAsync(isFar);
        member.Arguments =
        [
            "join", $"{Network.Address(1, isFar: false)}:{ApiPort}", "--token", token,
            .. Machine(member, isFar),
        ];
        await LaunchAsync(member);
        return member;
    }

    /// <summary>Runs a program on a machine.</summary>
    public Task<Output> OnAsync(ControlMember member, params string[] command)
    {
        string[] inside = [.. Network.Inside(member.Number), .. command];
        return Tool.RunAsync(inside[0], inside.Skip(1));
    }

    public static string NameOf(ControlMember member) => $"m{member.Number}";

    public async Task<string> SubnetOfAsync(ControlMember member) => (await First.Kubectl().OkAsync(
        "get", "node", NameOf(member), "-o", "jsonpath={.spec.podCIDR}")).Text.Trim();

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(member => member.EndAsync()));
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', _members.Select(member => $"--- {member.Number}\n{member.LogTail(20)}")));
        await Task.WhenAll(_members.Select(member => member.DisposeAsync().AsTask()));
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }

        Directory.Delete(_scratch, recursive: true);
    }

    private async Task<ControlMember> NextAsync(bool isFar)
    {
        var number = _members.Count + 1;
        await Network.AddAsync(number, isFar);
        var directory = Directory.CreateDirectory(Path.Combine(_scratch, $"{number}")).FullName;
        _members.Add(new ControlMember(number, directory, Network.Inside(number)));
        return _members[^1];
    }

    private string[] Machine(ControlMember member, bool isFar) =>
    [
        "--data-dir", member.DataDirectory, "--node-name", NameOf(member),
        "--listen", $"{Network.Address(member.Number, isFar)}:{ApiPort}",
        .. s_unhurried.SelectMany(setting => new[] { "--set", setting }),
    ];

    private async Task LaunchAsync(ControlMember member)
    {
        member.Launch();
        await member.UntilReadyAsync();
        await Eventually.BecomesAsync(
            $"node {NameOf(member)} to be ready\n{member.LogTail()}",
            async () => (await First.Kubectl().RunAsync(
                "get", "node", NameOf(member), "-o",
                "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")).Text,
            status => status == "True", PurgeBound);
        var socket = Path.Combine(member.DataDirectory, "containerd/containerd.sock");
        (await Tool.RunAsync(
            Places.Script("images"), ["--into", socket, "--only", "pause"], timeout: PurgeBound)).Ok();
        (await Tool.RunAsync(
            Places.Script("images"), ["--into", socket, "--only", "busybox"], timeout: PurgeBound)).Ok();
    }
}
