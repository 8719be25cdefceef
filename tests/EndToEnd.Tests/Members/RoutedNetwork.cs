using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// Two networks of a test's own with a router between them, and machines as network namespaces in either:
/// <code>
///   10.79.n.253 (this machine: the tests, PostgreSQL) ─┐
///   10.79.n.1, .2 … (machines) ────────────────────────┴ near ── router ── far ─── 10.80.n.1, .2 … (machines)
///                                                     10.79.n.254   10.80.n.254
/// </code>
/// </summary>
internal sealed class RoutedNetwork : IMachineNetwork
{
    /// <summary>As in <see cref="Segment"/>.</summary>
    private const string Note = "segment";

    private const int Last = 254;

    private static int _last = Random.Shared.Next(0, 200);

    private readonly int _number = Enumerable.Range(0, 250).Select(_ => Interlocked.Increment(ref _last) % 250)
        .First(number => !File.Exists($"/run/netns/aor{number}"));

    private readonly List<string> _names = [];
    private readonly string _note;
    private readonly int _near;

    private RoutedNetwork(string directory, int near) => (_note, _near) = (Path.Combine(directory, Note), near);

    /// <summary>This machine's address.</summary>
    public string Host => $"10.79.{_number}.253";

    private string Router => $"aor{_number}";

    private string HostPort => $"aor{_number}h";

    /// <param name="directory">The test's own.</param>
    /// <param name="near">How many machines are on this machine's side of the router.</param>
    /// <param name="far">How many behind it, numbered after those.</param>
    public static async Task<RoutedNetwork> MakeAsync(string directory, int near, int far)
    {
        var network = new RoutedNetwork(directory, near);
        try
        {
            await network.BuildAsync();
            foreach (var machine in Enumerable.Range(1, near + far))
            {
                await network.AddAsync(machine);
            }

            return network;
        }
        catch (Exception)
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public string Address(int machine) => Address(machine, IsFar(machine));

    private bool IsFar(int machine) => machine > _near;

    private string Address(int host, bool isFar) => $"10.{(isFar ? 80 : 79)}.{_number}.{host}";

    private string Range(bool isFar) => $"{Address(0, isFar)}/24";

    public IReadOnlyList<string> Inside(int machine) => InNamespace($"{Router}m{machine}");

    private async Task AddAsync(int machine)
    {
        var isFar = IsFar(machine);
        var (name, port) = ($"{Router}m{machine}", $"p{machine}");
        await NamespaceAsync(name);
        await RunAsync(
        [
            .. InNamespace(Router), "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name,
        ]);
        await RunAsync([.. InNamespace(Router), "ip", "link", "set", port, "master", isFar ? "far" : "near", "up"]);
        await RunAsync([.. Inside(machine), "ip", "link", "set", "lo", "up"]);
        await RunAsync([.. Inside(machine), "ip", "address", "add", $"{Address(machine, isFar)}/24", "dev", "eth0"]);
        await RunAsync([.. Inside(machine), "ip", "link", "set", "eth0", "up"]);

        // No default route: what is asked of a name server that nobody reaches waits for an answer.
        await RunAsync(
            [.. Inside(machine), "ip", "route", "add", Range(!isFar), "via", Address(Last, isFar)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _names)
        {
            await Tool.RunAsync("ip", ["netns", "del", name]);
        }

        await Tool.RunAsync("ip", ["link", "del", HostPort]);
    }

    private static IReadOnlyList<string> InNamespace(string name) => ["nsenter", $"--net=/run/netns/{name}"];

    private async Task BuildAsync()
    {
        await NamespaceAsync(Router);
        await RunAsync([.. InNamespace(Router), "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
        foreach (var isFar in (bool[])[false, true])
        {
            var bridge = isFar ? "far" : "near";
            await RunAsync([.. InNamespace(Router), "ip", "link", "add", bridge, "type", "bridge"]);
            await RunAsync(
                [.. InNamespace(Router), "ip", "address", "add", $"{Address(Last, isFar)}/24", "dev", bridge]);
            await RunAsync([.. InNamespace(Router), "ip", "link", "set", bridge, "up"]);
        }

        await File.AppendAllLinesAsync(_note, [$"link {HostPort}"]);
        await RunAsync(["ip", "link", "add", HostPort, "type", "veth", "peer", "name", "host", "netns", Router]);
        await RunAsync([.. InNamespace(Router), "ip", "link", "set", "host", "master", "near", "up"]);
        await RunAsync(["ip", "address", "add", $"{Host}/24", "dev", HostPort]);
        await RunAsync(["ip", "link", "set", HostPort, "up"]);
        await RunAsync(["ip", "route", "add", Range(isFar: true), "via", Address(Last, isFar: false)]);
    }

    private async Task NamespaceAsync(string name)
    {
        await File.AppendAllLinesAsync(_note, [$"netns {name}"]);
        _names.Add(name);
        await RunAsync(["ip", "netns", "add", name]);
    }

    private static async Task RunAsync(IReadOnlyList<string> command) =>
        (await Tool.RunAsync(command[0], command.Skip(1))).Ok();
}
