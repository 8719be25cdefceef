using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// A network of a test's own on this machine: a bridge, and for each member a network namespace with one address, whose
/// packets can be dropped.
/// <code>
///   10.77.n.254 (this machine: the tests, PostgreSQL) ── bridge ─┬─ 10.77.n.1 (member 1)
///                                                               ├─ 10.77.n.2 (member 2) …
/// </code>
/// </summary>
internal sealed class Segment : IMachineNetwork
{
    /// <summary>Names what is to be deleted, for whoever comes after a test that was killed
    /// (<c>scripts/lib/leftovers.sh</c>).</summary>
    private const string Note = "segment";

    private static int _last = Random.Shared.Next(0, 200);

    /// <summary>One whose bridge is not there: runs that were killed leave theirs.</summary>
    private readonly int _number = Enumerable.Range(0, 250).Select(_ => Interlocked.Increment(ref _last) % 250)
        .First(number => !Directory.Exists($"/sys/class/net/aobr{number}"));

    private readonly int _size;
    private readonly Dictionary<int, SlowLink> _slow = [];

    private Segment(int size) => _size = size;

    /// <summary>This machine's address in it.</summary>
    public string Host => $"10.77.{_number}.254";

    private IEnumerable<string> Names => Enumerable.Range(1, _size).Select(Name);

    private string Bridge => $"aobr{_number}";

    /// <param name="size">How many members.</param>
    /// <param name="directory">The test's own.</param>
    public static async Task<Segment> MakeAsync(int size, string directory)
    {
        var segment = new Segment(size);
        await File.WriteAllLinesAsync(
            Path.Combine(directory, Note),
            [
                .. segment.Names.Select(name => $"netns {name}"),
                .. Enumerable.Range(1, size).Select(member => $"link {segment.SlowBridge(member)}"),
                $"link {segment.Bridge}",
            ]);
        try
        {
            await segment.BuildAsync();
            return segment;
        }
        catch (Exception)
        {
            await segment.DisposeAsync();
            throw;
        }
    }

    public string Address(int member) => $"10.77.{_number}.{member}";

    /// <summary>The command that runs another one inside a member's namespace, and becomes it.</summary>
    public IReadOnlyList<string> Inside(int member) => ["nsenter", $"--net=/run/netns/{Name(member)}"];

    /// <summary>Drops what a member's machine sends to others, and, unless <paramref name="oneWay"/>, what they send to
    /// it; so for its pods.</summary>
    public Task CutFromPeersAsync(int member, bool oneWay = false) => FilterAsync(
        member,
        [
            .. from peer in Enumerable.Range(1, _size)
               where peer != member
               from rule in oneWay
                   ? [$"output ip daddr {Address(peer)} drop"]
                   : new[] { $"output ip daddr {Address(peer)} drop", $"input ip saddr {Address(peer)} drop" }
               select rule,
            "forward oifname eth0 drop",
            .. oneWay ? (string[])[] : ["forward iifname eth0 drop"],
        ]);

    /// <summary>Drops what a member's connections with others carry, both ways, and nothing else.</summary>
    public Task CutConnectionsAsync(int member) => FilterAsync(
        member,
        from peer in Enumerable.Range(1, _size)
        where peer != member
        from rule in new[]
        {
            $"output ip daddr {Address(peer)} ip protocol tcp drop",
            $"input ip saddr {Address(peer)} ip protocol tcp drop",
        }
        select rule);

    /// <summary>Drops what a member sends to a port of this machine; with <paramref name="refuse"/>, connections are
    /// reset.</summary>
    public Task CutFromHostAsync(int member, int port, bool refuse = false) => FilterAsync(
        member, [$"output ip daddr {Host} tcp dport {port} {(refuse ? "reject with tcp reset" : "drop")}"]);

    /// <summary>Pulls the cable.</summary>
    public Task CutOffAsync(int member) => RunAsync(["ip", "link", "set", Port(member), "nomaster"]);

    /// <summary>Makes the cable a long and bad one.</summary>
    /// <param name="member">Whose.</param>
    /// <param name="delay">What each packet takes, either way.</param>
    /// <param name="loss">The share of packets that do not come, either way.</param>
    public async Task SlowAsync(int member, TimeSpan delay, double loss) =>
        _slow[member] = await SlowLink.PutAsync(Port(member), Bridge, SlowBridge(member), delay, loss);

    /// <summary>Puts everything right that befell a member.</summary>
    public async Task MendAsync(int member)
    {
        if (_slow.Remove(member, out var slow))
        {
            await slow.DisposeAsync();
        }

        await RunAsync(["ip", "link", "set", Port(member), "master", Bridge, "up"]);

        // What a pod network has of its own stays.
        await NftAsync(member, ["table inet cut", "delete table inet cut"]);
    }

    /// <summary>The machine's network as it is after a boot: with nothing that somebody made in it.</summary>
    public async Task RebootAsync(int member)
    {
        await RunAsync(["ip", "link", "del", Port(member)]);
        await RunAsync(["ip", "netns", "del", Name(member)]);
        await AddAsync(member);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slow in _slow.Values)
        {
            await slow.DisposeAsync();
        }

        foreach (var name in Names)
        {
            await Tool.RunAsync("ip", ["netns", "del", name]);
        }

        await Tool.RunAsync("ip", ["link", "del", Bridge]);
    }

    private string Name(int member) => $"ao{_number}m{member}";

    private string Port(int member) => $"{Bridge}p{member}";

    private string SlowBridge(int member) => $"aosl{_number}m{member}";

    private async Task BuildAsync()
    {
        await RunAsync(["ip", "link", "add", Bridge, "type", "bridge"]);
        await RunAsync(["ip", "address", "add", $"{Host}/24", "dev", Bridge]);
        await RunAsync(["ip", "link", "set", Bridge, "up"]);
        foreach (var member in Enumerable.Range(1, _size))
        {
            await AddAsync(member);
        }
    }

    private async Task AddAsync(int member)
    {
        var name = Name(member);
        await RunAsync(["ip", "netns", "add", name]);
        await RunAsync(["ip", "link", "add", Port(member), "type", "veth", "peer", "name", "eth0", "netns", name]);
        await RunAsync(["ip", "link", "set", Port(member), "master", Bridge, "up"]);
        await RunAsync([.. Inside(member), "ip", "link", "set", "lo", "up"]);
        await RunAsync([.. Inside(member), "ip", "address", "add", $"{Address(member)}/24", "dev", "eth0"]);
        await RunAsync([.. Inside(member), "ip", "link", "set", "eth0", "up"]);
    }

    private Task FilterAsync(int member, IEnumerable<string> rules) => NftAsync(
        member,
        [
            "table inet cut {",
            "chain input { type filter hook input priority 0; }",
            "chain output { type filter hook output priority 0; }",
            "chain forward { type filter hook forward priority 0; }",
            "}",
            .. rules.Select(rule => $"add rule inet cut {rule}"),
        ]);

    private async Task NftAsync(int member, IEnumerable<string> lines) => (await Tool.RunAsync(
        "nsenter", [.. Inside(member).Skip(1), "nft", "-f", "-"], input: string.Join('\n', lines) + "\n")).Ok();

    private static async Task RunAsync(IReadOnlyList<string> command) =>
        (await Tool.RunAsync(command[0], command.Skip(1))).Ok();
}
